// The root key as three shares of which any two make it (Shamir's scheme over the whole key): nobody has it alone, and
// who has one share knows nothing of it. A share is text that a person can copy.
import { createHash } from 'node:crypto';
import type { RandomBytes } from '@ozura/core/ids';
import { keyBytes, keyOf, type Place, seal, unseal } from '@ozura/kit/envelope';
import { RootKeyUnusable } from '@ozura/kit/root-key';
import { combine, split } from 'shamir-secret-sharing';
import type { RootKey } from './root-key.ts';

const PREFIX = 'ozs_';
const SHAPE = /^ozs_[A-Za-z0-9_-]{50}$/;
const shareCount = 3;
export const sharesNeeded = 2;
/** The key's length, and one byte that tells the shares apart. */
const shareBytes = keyBytes + 1;
const checkBytes = 4;
const rootVersion = 1;

export interface NewRoot {
  readonly root: RootKey;
  readonly shares: readonly string[];
}

export async function newRoot(random: RandomBytes): Promise<NewRoot> {
  const bytes = Uint8Array.from(random(keyBytes));
  const shares = (await split(bytes, shareCount, sharesNeeded)).map(shareText);
  return { root: rootOf(bytes, random), shares };
}

/**
 * The root key of two shares. Whether it is the right one shows when it opens something. Shares at one place are of
 * two keys (by chance 1 of 255 pairs is): throws `RootKeyUnusable`.
 */
export async function rootOfShares(shares: readonly Uint8Array[], random: RandomBytes): Promise<RootKey> {
  if (new Set(shares.map(placeOf)).size < shares.length) throw new RootKeyUnusable('two of the shares have one place');
  return rootOf(await combine([...shares]), random);
}

/** Where on the curve a share lies, 1 to 255: no two of a key have one place. */
const placeOf = (share: Uint8Array): number | undefined => share[keyBytes];

/** Takes the bytes over. */
function rootOf(bytes: Uint8Array, random: RandomBytes): RootKey {
  const key = { version: rootVersion, key: keyOf(bytes) };
  return {
    wrap: async (plain: Uint8Array, place: Place) => seal(key, plain, place, random),
    unwrap: async (wrapped: Uint8Array, place: Place) => unseal(key, wrapped, place),
  };
}

function shareText(share: Uint8Array): string {
  const text = PREFIX + Buffer.concat([share, checkOf(share)]).toString('base64url');
  share.fill(0);
  return text;
}

/** `undefined` for what is no share, a share with a typing error included. */
export function readShare(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (!SHAPE.test(trimmed)) return undefined;
  const bytes = Buffer.from(trimmed.slice(PREFIX.length), 'base64url');
  const share = Uint8Array.from(bytes.subarray(0, shareBytes));
  return checkOf(share).equals(bytes.subarray(shareBytes)) ? share : undefined;
}

const checkOf = (share: Uint8Array): Buffer => createHash('sha256').update(share).digest().subarray(0, checkBytes);
