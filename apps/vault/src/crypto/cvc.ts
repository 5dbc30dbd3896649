// The security code between tokenizing and paying (PCI DSS 3.3.1, contract 13.3). The handle is the key: whoever has
// every disk and every persistent key but not the handle cannot read the code.
import { hkdfSync, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '@ozura/core/ids';
import { keyBytes, keyOf, type Place, seal, unseal } from '@ozura/kit/envelope';

const PREFIX = 'cvc_';
const SHAPE = /^cvc_[A-Za-z0-9_-]{43}$/;
const secretBytes = 32;

export interface CvcKeys {
  /** What the database knows the entry by. Tells nothing about the key. */
  readonly lookupId: string;
  readonly key: KeyObject;
}

export const newCvcHandle = (random: RandomBytes): string =>
  PREFIX + Buffer.from(random(secretBytes)).toString('base64url');

/** `undefined` for what cannot be a handle. */
export function deriveCvcKeys(handle: string): CvcKeys | undefined {
  if (!SHAPE.test(handle)) return undefined;
  const secret = keyOf(Buffer.from(handle.slice(PREFIX.length), 'base64url'));
  const derive = (label: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', label, keyBytes));
  return { lookupId: derive('ozura-cvc-lookup-v1').toString('hex'), key: keyOf(derive('ozura-cvc-key-v1')) };
}

/** A handle's key seals one code and is never kept, so it has no versions. */
const versioned = (key: KeyObject) => ({ version: 0, key });
const placeOf = (merchantId: string, token: string): Place => ({ merchantId, row: token, field: 'cvc' });

export interface CvcOwner {
  readonly merchantId: string;
  readonly token: string;
}

export const sealCvc = (keys: CvcKeys, digits: string, owner: CvcOwner, random: RandomBytes): Uint8Array =>
  seal(versioned(keys.key), Buffer.from(digits), placeOf(owner.merchantId, owner.token), random);

export function unsealCvc(keys: CvcKeys, sealed: Uint8Array, { merchantId, token }: CvcOwner): string {
  const bytes = unseal(versioned(keys.key), sealed, placeOf(merchantId, token));
  const digits = bytes.toString();
  bytes.fill(0);
  return digits;
}
