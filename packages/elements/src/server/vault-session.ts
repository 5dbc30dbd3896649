// `createSession` (contract 7.3 and 10.3): options as the Vault wants them. A bad one is refused before it is sent.
import type { Json } from './exchange.ts';
import { badInput } from './ozura-error.ts';

export interface CreateSessionOptions {
  /** The UUID that the browser SDK sends to the session route. */
  readonly sessionId?: string | undefined;
  /** Default 3; null: no cap. Must equal the browser's. */
  readonly sessionLimit?: number | null | undefined;
  /** Default: no cap. */
  readonly maxProxyCalls?: number | null | undefined;
  readonly orderId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly cartId?: string | undefined;
  /** At most 16 members, names of 64 and values of 256 characters. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** 60-1800, the default. */
  readonly ttlSeconds?: number | undefined;
}

export interface CreateSessionResult {
  readonly sessionKey: string;
  readonly expiresInSeconds: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function sessionBody(options: CreateSessionOptions): Json {
  const { sessionId, sessionLimit, maxProxyCalls, metadata, ttlSeconds } = options;
  if (sessionId != null && !(typeof sessionId === 'string' && UUID.test(sessionId)))
    throw badInput('sessionId: must be a UUID');
  checkNumber('sessionLimit', sessionLimit, 1, 1000);
  checkNumber('maxProxyCalls', maxProxyCalls, 1, 100_000);
  checkNumber('ttlSeconds', ttlSeconds, 60, 1800);
  for (const name of ['orderId', 'customerId', 'cartId'] as const) checkText(name, options[name]);
  checkMetadata(metadata);
  return {
    ...member('session_id', sessionId ?? undefined),
    ...member('session_limit', sessionLimit),
    ...member('max_proxy_calls', maxProxyCalls),
    ...member('order_id', options.orderId ?? undefined),
    ...member('customer_id', options.customerId ?? undefined),
    ...member('cart_id', options.cartId ?? undefined),
    ...member('metadata', metadata ?? undefined),
    ...member('ttl_seconds', ttlSeconds ?? undefined),
  };
}

/** `null` is a value of its own: no cap. */
const member = (name: string, value: unknown): Json => (value === undefined ? {} : { [name]: value });

function checkNumber(name: string, value: number | null | undefined, min: number, max: number): void {
  if (value == null || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw badInput(`${name}: must be an integer between ${min} and ${max}`);
}

function checkText(name: string, value: string | undefined): void {
  if (value == null || (typeof value === 'string' && value.trim() !== '' && [...value].length <= 255)) return;
  throw badInput(`${name}: must be 1-255 characters`);
}

function checkMetadata(metadata: Readonly<Record<string, string>> | undefined): void {
  if (metadata == null) return;
  if (typeof metadata !== 'object' || Array.isArray(metadata)) throw badInput('metadata: must be an object');
  const members = Object.entries(metadata);
  if (members.length > 16) throw badInput('metadata: must have at most 16 members');
  for (const [name, value] of members) {
    if ([...name].length > 64) throw badInput('metadata: names must be at most 64 characters');
    if (typeof value !== 'string' || [...value].length > 256) {
      throw badInput(`metadata.${name}: must be a string of at most 256 characters`);
    }
  }
}
