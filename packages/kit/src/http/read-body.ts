// From bytes to a JSON object, or a refusal (contract 0.4).
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { inspectBody } from '@ozura/core/body';
import { Refusal } from '@ozura/core/errors';
import { Intake, isObject, refuseFailures } from '@ozura/core/validation';
import type { FastifyRequest } from 'fastify';

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Size and type, before credentials are looked at. A request without a body needs no type. */
export function isJsonHead({ headers }: FastifyRequest, maxBytes: number): boolean {
  const length = Number(headers['content-length'] ?? 0);
  if (length > maxBytes) throw new Refusal('BODY_TOO_LARGE');
  if (length === 0 && headers['transfer-encoding'] === undefined) return true;
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  return JSON_TYPE.test(type) && encoding === 'identity';
}

/** Refuses another type of body, unless it turns out to be none. */
export async function requireNoBody({ headers, raw }: FastifyRequest): Promise<void> {
  if (headers['transfer-encoding'] === undefined || !(await endsAtOnce(raw))) {
    throw new Refusal('UNSUPPORTED_MEDIA_TYPE');
  }
  // Its end has been heard here, and would be waited for in vain.
  delete headers['transfer-encoding'];
  delete headers['content-type'];
}

/** Whether a body of unknown length turns out to be none. */
async function endsAtOnce(body: IncomingMessage): Promise<boolean> {
  // A connection that breaks meanwhile is answered like a wrong type: nobody is there to hear it.
  if (!body.complete && body.readableLength === 0) await once(body, 'readable').catch(() => undefined);
  return body.complete && body.readableLength === 0;
}

/**
 * `cardDataAllowed` only in the Vault. Names that are not allowed are noted in `intake`, to be told with the failures of
 * the fields; without one they are refused at once.
 */
export function readBody(request: FastifyRequest, cardDataAllowed: boolean, intake?: Intake): Record<string, unknown> {
  const bytes = request.body;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return {};
  const body = parseJson(bytes);
  if (!isObject(body)) throw new Refusal('INVALID_JSON');
  const names = intake ?? new Intake();
  inspectBody(body, cardDataAllowed, names);
  if (intake === undefined) refuseFailures(names);
  return body;
}

/** Strict: bytes that are no UTF-8 are refused, and a mark of byte order is no JSON. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Wipes the bytes, in which a card or a key may be; how long the text that is read of them stays is the runtime's affair. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Refusal('INVALID_JSON');
  } finally {
    bytes.fill(0);
  }
}
