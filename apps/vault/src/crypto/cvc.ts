// The security code between tokenizing and paying (PCI DSS 3.3.1, contract 13.3). The handle is the key: whoever has
// every disk and every persistent key but not the handle cannot read the code.
import { createHmac, createSecretKey, type Hmac, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '@ozura/core/ids';
import { keyBytes, keyOf, type Place, sealText, unsealText } from '@ozura/kit/envelope';

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
  const derive = openDerivation(Buffer.from(handle.slice(PREFIX.length), 'base64url'));
  return { lookupId: derive('ozura-cvc-lookup-v1').digest('hex'), key: keyOf(derive('ozura-cvc-key-v1').digest()) };
}

const noSalt = createSecretKey(Buffer.alloc(keyBytes));

/**
 * HKDF-SHA-256 (RFC 5869) without salt, 32 bytes for each label; takes the secret over. Node's own would extract anew for
 * each label, which is most of its work.
 */
function openDerivation(secret: Uint8Array): (label: string) => Hmac {
  const extracted = keyOf(createHmac('sha256', noSalt).update(secret).digest());
  secret.fill(0);
  return (label) => createHmac('sha256', extracted).update(`${label}\x01`);
}

/** A handle's key seals one code and is never kept, so it has no versions. */
const versioned = (key: KeyObject) => ({ version: 0, key });
const placeOf = (merchantId: string, token: string): Place => ({ merchantId, row: token, field: 'cvc' });

export interface CvcOwner {
  readonly merchantId: string;
  readonly token: string;
}

export const sealCvc = (keys: CvcKeys, digits: string, owner: CvcOwner, random: RandomBytes): Uint8Array =>
  sealText(versioned(keys.key), digits, placeOf(owner.merchantId, owner.token), random);

export const unsealCvc = (keys: CvcKeys, sealed: Uint8Array, { merchantId, token }: CvcOwner): string =>
  unsealText(versioned(keys.key), sealed, placeOf(merchantId, token));
