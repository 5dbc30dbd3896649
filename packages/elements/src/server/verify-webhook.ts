// Signatures of webhooks, as Standard Webhooks 1.0 has them (contract 14.1): HMAC-SHA-256 over `id.timestamp.body`.
import type { OzuraEvent } from './events.ts';
import { badInput } from './ozura-error.ts';
import { openCrypto } from './web-crypto.ts';

export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** How far its time may be from ours. Default 300. */
  readonly toleranceSeconds?: number;
}

const toleranceDefaultSeconds = 300;
const encoder = new TextEncoder();

/**
 * The event, once it is proven to come from who knows the secret. `rawBody` is the text as it arrived, not parsed and
 * written again. During a rotation pass both secrets. Throws an `OzuraError` with status 400.
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = toleranceDefaultSeconds }: VerifyWebhookOptions = {},
): Promise<OzuraEvent> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature').split(' ');
  if (!/^[0-9]{1,15}$/.test(timestamp)) throw badInput('webhook-timestamp: must be Unix seconds');
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds)
    throw badInput('webhook-timestamp: too far from now');
  const body = textOf(rawBody);
  const signed = encoder.encode(`${id}.${timestamp}.${body}`);
  const given = signatures
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => bytesOf(signature.slice(3)));
  for (const one of [secret].flat()) {
    if (await isSignedWith(one, signed, given)) return parseEvent(body);
  }
  throw badInput('webhook-signature: does not match');
}

function textOf(rawBody: string | Uint8Array): string {
  if (typeof rawBody === 'string') return rawBody;
  // What `arrayBuffer()` of a request gives is as good, whatever its type says.
  if (ArrayBuffer.isView(rawBody) || (rawBody as unknown) instanceof ArrayBuffer)
    return new TextDecoder().decode(rawBody);
  throw badInput('rawBody: must be the text or bytes as they arrived, before a parser has had them');
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = typeof headers?.get === 'function' ? headers.get(name) : memberOf(headers ?? {}, name);
  const text = Array.isArray(value) ? value[0] : value;
  if (typeof text !== 'string' || text === '') throw badInput(`${name}: header is missing`);
  return text;
}

/** Node writes names in lower case, gateways in front of functions as they please. */
const memberOf = (headers: object, name: string): unknown =>
  Object.entries(headers).find(([written]) => written.toLowerCase() === name)?.[1];

async function isSignedWith(
  secret: string,
  signed: BufferSource,
  given: readonly (BufferSource | undefined)[],
): Promise<boolean> {
  const bytes = typeof secret === 'string' ? bytesOf(secret.replace(/^whsec_/, '')) : undefined;
  // With an empty one, of a variable that is not set, anybody can sign.
  if (bytes === undefined || bytes.length === 0) throw badInput('secret: must be whsec_ and base64');
  const { subtle } = await openCrypto();
  const key = await subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  let found = false;
  for (const signature of given) {
    // In constant time, and all of them: how many matched is nobody's business.
    if (signature !== undefined && (await subtle.verify('HMAC', key, signature, signed))) found = true;
  }
  return found;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function parseEvent(body: string): OzuraEvent {
  try {
    return JSON.parse(body) as OzuraEvent;
  } catch {
    throw badInput('body: must be JSON');
  }
}
