// Checks the result that a customer comes back with (contract 2.4): the installation's signature, offline once its keys
// are known.
import { ERROR_PARAMETERS, listedParameters, redirectMessage, SUCCESS_PARAMETERS } from '@ozura/core/redirect-message';
import { urlOf } from '../url.ts';
import { loadKeys, type RedirectKey, type RedirectKeys } from './redirect-keys.ts';
import { openCrypto } from './web-crypto.ts';

export interface VerifyRedirectOptions {
  /** Your own: other merchants of the installation get genuine signatures too. */
  readonly merchantId: string;
  /** Where the keys are fetched. Default `http://localhost:4000`. */
  readonly checkoutUrl?: string;
  /** The JWK Set of `/.well-known/ozura-keys.json`, for offline use. */
  readonly keys?: RedirectKeys;
  /** Default 3600. */
  readonly maxAgeSeconds?: number;
}

export type RedirectProblem = 'missing' | 'repeated' | 'unknown_key' | 'too_old' | 'bad_signature' | 'wrong_merchant';

export type VerifiedRedirect =
  | { readonly valid: true; readonly params: Readonly<Record<string, string>> }
  | { readonly valid: false; readonly reason: RedirectProblem };

const maxAgeDefaultSeconds = 3_600;
const aheadMaxSeconds = 60;
/** For what has a path only. */
const anyBase = 'http://localhost';
const ALWAYS = ['success', 'sessionId', 'checkoutMode', 'transactionType'];
const SIGNED_WITH = ['keyId', 'signedAt', 'signature'];

/** `url`: absolute, or path and query as a framework hands them over. Throws only when the keys cannot be fetched. */
export async function verifyRedirect(url: string | URL, options: VerifyRedirectOptions): Promise<VerifiedRedirect> {
  const all = [...(urlOf(url, anyBase)?.searchParams ?? [])];
  const listed = listedParameters(all);
  const ours = all.filter(([name]) => listed.includes(name));
  const params = Object.fromEntries(ours);
  const isSuccess = listed === SUCCESS_PARAMETERS;
  if ([...SIGNED_WITH, ...(isSuccess ? ALWAYS : ['success'])].some((name) => !params[name])) return refused('missing');
  if (isRepeated(all)) return refused('repeated');
  const key = await keyOf(params.keyId ?? '', options);
  if (key === undefined) return refused('unknown_key');
  if (!isFresh(params.signedAt ?? '', options.maxAgeSeconds ?? maxAgeDefaultSeconds)) return refused('too_old');
  if (!(await isSigned(redirectMessage(ours), params.signature ?? '', key))) return refused('bad_signature');
  if (isSuccess && params.ozuraMerchantId !== options.merchantId) return refused('wrong_merchant');
  return { valid: true, params };
}

const refused = (reason: RedirectProblem): VerifiedRedirect => ({ valid: false, reason });

/** Of either list: a second `success` could make a reader take one list for the other. */
function isRepeated(all: readonly (readonly [string, string])[]): boolean {
  const ours = new Set<string>([...SUCCESS_PARAMETERS, ...ERROR_PARAMETERS]);
  const names = all.map(([name]) => name).filter((name) => ours.has(name));
  return new Set(names).size < names.length;
}

function isFresh(signedAt: string, maxAgeSeconds: number): boolean {
  if (!/^[0-9]{1,15}$/.test(signedAt)) return false;
  const ageSeconds = Date.now() / 1000 - Number(signedAt);
  return ageSeconds <= maxAgeSeconds && ageSeconds >= -aheadMaxSeconds;
}

async function keyOf(keyId: string, { keys, checkoutUrl }: VerifyRedirectOptions): Promise<RedirectKey | undefined> {
  const known = keys ?? (await loadKeys(checkoutUrl ?? 'http://localhost:4000', keyId));
  return known.keys.find(({ kid }) => kid === keyId);
}

async function isSigned(message: string, signature: string, { x }: RedirectKey): Promise<boolean> {
  const bytes = bytesOf(signature);
  if (bytes === undefined) return false;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x };
  const { subtle } = await openCrypto();
  const key = await subtle.importKey('jwk', jwk, { name: 'Ed25519' }, false, ['verify']);
  return subtle.verify('Ed25519', key, bytes, new TextEncoder().encode(message));
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]{86}$/.test(base64url)) return undefined;
  const base64 = base64url.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
