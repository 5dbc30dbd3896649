// Authenticated encryption of one value (contract 13.2): version, key version, nonce, ciphertext, tag.
// AES-256-GCM as in NIST SP 800-38D, with a random 96-bit nonce for every value.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '@ozura/core/ids';

const ALGORITHM = 'aes-256-gcm';
const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + 4 + nonceBytes;

export const keyBytes = 32;

export interface VersionedKey {
  readonly version: number;
  /** Outside of the JavaScript heap, and several times as fast as plain bytes. */
  readonly key: KeyObject;
}

/** Takes the bytes over: they are wiped here. */
export function keyOf(bytes: Uint8Array): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/** Where the value belongs. Moved anywhere else it does not decrypt. */
export interface Place {
  readonly merchantId: string;
  /** The row: a token, or the purpose of a key. */
  readonly row: string;
  readonly field: string;
}

export function seal(key: VersionedKey, plaintext: Uint8Array, place: Place, random: RandomBytes): Uint8Array {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(formatVersion, 0);
  head.writeUInt32BE(key.version, 1);
  head.set(random(nonceBytes), 5);
  const cipher = createCipheriv(ALGORITHM, key.key, head.subarray(5), { authTagLength: tagBytes });
  cipher.setAAD(boundTo(place, key.version));
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Throws unless `sealed` was made by `seal` with this key for this very place. The caller wipes what it gets. */
export function unseal(key: VersionedKey, sealed: Uint8Array, place: Place): Buffer {
  const record = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (record.length < headBytes + tagBytes || record[0] !== formatVersion || keyVersionOf(record) !== key.version) {
    throw new Error('A sealed value has the wrong format or key version');
  }
  const decipher = createDecipheriv(ALGORITHM, key.key, record.subarray(5, headBytes), { authTagLength: tagBytes });
  decipher.setAAD(boundTo(place, key.version));
  decipher.setAuthTag(record.subarray(-tagBytes));
  const opened = decipher.update(record.subarray(headBytes, -tagBytes));
  // This mode keeps nothing back for the end, which proves it: so there is no second copy to wipe.
  decipher.final();
  return opened;
}

/** As bytes the text is nowhere afterwards. */
export function sealText(key: VersionedKey, text: string, place: Place, random: RandomBytes): Uint8Array {
  const bytes = Buffer.from(text);
  const sealed = seal(key, bytes, place, random);
  bytes.fill(0);
  return sealed;
}

export function unsealText(key: VersionedKey, sealed: Uint8Array, place: Place): string {
  const bytes = unseal(key, sealed, place);
  const text = bytes.toString();
  bytes.fill(0);
  return text;
}

export const keyVersionOf = (sealed: Uint8Array): number =>
  new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength).getUint32(1);

// JSON keeps the parts apart: no two places share one text.
const boundTo = ({ merchantId, row, field }: Place, version: number): Buffer =>
  Buffer.from(JSON.stringify([merchantId, row, field, version, formatVersion]));
