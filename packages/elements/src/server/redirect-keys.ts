// The public keys of an installation: kept for an hour, and asked for again when a signature names one that is not among
// them, at most once a minute.
import { exchange } from './exchange.ts';

export interface RedirectKey {
  readonly kid: string;
  /** Base64url of the 32 bytes of an Ed25519 public key. */
  readonly x: string;
}

/** A JWK Set. */
export interface RedirectKeys {
  readonly keys: readonly RedirectKey[];
}

const keptMs = 60 * 60 * 1000;
const askAgainMs = 60 * 1000;
const timeoutMs = 10_000;

interface Loaded {
  readonly keys: RedirectKeys;
  readonly atMs: number;
}

const loaded = new Map<string, Loaded>();

export async function loadKeys(checkoutUrl: string, keyId: string): Promise<RedirectKeys> {
  const base = checkoutUrl.replace(/\/+$/, '');
  const known = loaded.get(base);
  const ageMs = known === undefined ? Number.POSITIVE_INFINITY : Date.now() - known.atMs;
  const isThere = known?.keys.keys.some(({ kid }) => kid === keyId) === true;
  if (known !== undefined && ageMs < (isThere ? keptMs : askAgainMs)) return known.keys;
  const url = `${base}/.well-known/ozura-keys.json`;
  const answer = await exchange({
    method: 'GET',
    url,
    headers: {},
    timeoutMs,
    fetch: (at, init) => fetch(at, init),
    secrets: [],
  });
  const keys: RedirectKeys = { keys: Array.isArray(answer.keys) ? (answer.keys as RedirectKey[]) : [] };
  loaded.set(base, { keys, atMs: Date.now() });
  return keys;
}
