// Keys are stored as keyed hashes and compared in constant time (contract 0.2).
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Secret } from '@ozura/core/secret';

/** Importing the pepper for every hash would cost several times the hash itself. */
const imported = new WeakMap<Secret<Uint8Array>, KeyObject>();

function keyOf(pepper: Secret<Uint8Array>): KeyObject {
  const known = imported.get(pepper);
  if (known !== undefined) return known;
  const key = createSecretKey(pepper.open());
  imported.set(pepper, key);
  return key;
}

/** HMAC-SHA-256 of a key under the installation's pepper, hex: what a database holds in place of the key. */
export const hashKey = (pepper: Secret<Uint8Array>, key: string): string =>
  createHmac('sha256', keyOf(pepper)).update(key).digest('hex');

/** Compares two hashes (equal length by construction) without telling where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** One non-empty value of a header, as a secret; `undefined` when it was not sent. */
export function secretHeader(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): Secret<string> | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? new Secret(value) : undefined;
}
