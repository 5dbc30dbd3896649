// The Ed25519 keys of this installation (contract 2.4). The first is made at the first start; they are kept in the database, the private
// half is sealed with a key derived from the pepper, so a copy of the database alone signs nothing.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { type RandomBytes, randomText } from '@ozura/core/ids';
import type { Signer } from '@ozura/core/redirect';
import type { Secret } from '@ozura/core/secret';
import { isKeyOld, keysAt } from '@ozura/core/signing-keys';
import type { Handle } from '@ozura/kit/db/handle';
import { insertSigningKey, listSigningKeys, type StoredSigningKey } from './store/signing-keys.ts';

/** A member of the published JWK Set. */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly use: 'sig';
  readonly alg: 'EdDSA';
  readonly kid: string;
  readonly x: string;
}

export interface Signing {
  signer(nowMs: number): Signer;
  /** That are published now. */
  readonly publicKeys: readonly PublicKey[];
}

export interface LastingSigning extends Signing {
  /** Makes the next key when the newest is so many days old (0: never), and takes up the one whose time has come. */
  renew(keptDays: number): Promise<void>;
}

/** The pepper of this start is not the one of the database. */
class PepperUnusable extends Error {
  constructor(cause: unknown) {
    super("the pepper does not open Checkout's signing key: it is not the one of this database", { cause });
    this.name = 'PepperUnusable';
  }
}

export interface SigningOptions {
  readonly db: Handle;
  readonly pepper: Secret<Uint8Array>;
  readonly random: RandomBytes;
}

const nonceBytes = 12;
const tagBytes = 16;

export async function openSigning({ db, pepper, random }: SigningOptions): Promise<LastingSigning> {
  const sealKey = new Uint8Array(hkdfSync('sha256', pepper.open(), '', 'ozura-signing-keys', 32));
  // Another process may take the slot first; then its key is the one that is read back.
  const make = (slot: number, createdAtMs: number): Promise<number> =>
    insertSigningKey(db, { ...makeKey(sealKey, random), slot, createdAtMs });
  const look = async (): Promise<Keys> => {
    const { signing, published } = keysAt(await listSigningKeys(db), await db.now());
    if (signing === undefined) throw new Error('the database keeps no signing key');
    return { keyId: signing.keyId, privateKey: openSealed(sealKey, signing), publicKeys: published.map(publicKeyOf) };
  };
  if ((await listSigningKeys(db)).length === 0) await make(1, await db.now());
  let keys = await look();
  return {
    get publicKeys() {
      return keys.publicKeys;
    },
    signer: (nowMs) => {
      const { keyId, privateKey } = keys;
      return {
        keyId,
        signedAtSeconds: Math.floor(nowMs / 1000),
        sign: (message) => sign(null, Buffer.from(message), privateKey).toString('base64url'),
      };
    },
    async renew(keptDays) {
      const newest = (await listSigningKeys(db)).at(-1);
      const nowMs = await db.now();
      if (newest !== undefined && isKeyOld(newest, keptDays, nowMs)) await make(newest.slot + 1, nowMs);
      keys = await look();
    },
  };
}

/** Of a moment. */
interface Keys {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKeys: readonly PublicKey[];
}

const publicKeyOf = ({ keyId, publicKey }: StoredSigningKey): PublicKey => ({
  kty: 'OKP',
  crv: 'Ed25519',
  use: 'sig',
  alg: 'EdDSA',
  kid: keyId,
  x: publicKey,
});

function makeKey(sealKey: Uint8Array, random: RandomBytes): Omit<StoredSigningKey, 'slot' | 'createdAtMs'> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyId = `sig_${randomText(random, 22)}`;
  const nonce = random(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(Buffer.from(keyId));
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' });
  const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  return {
    keyId,
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
    sealedPrivateKey: sealed.toString('base64'),
  };
}

function openSealed(sealKey: Uint8Array, { keyId, sealedPrivateKey }: StoredSigningKey): KeyObject {
  const sealed = Buffer.from(sealedPrivateKey, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(0, nonceBytes))
    .setAAD(Buffer.from(keyId))
    .setAuthTag(sealed.subarray(-tagBytes));
  try {
    const secret = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return createPrivateKey({ key: secret, type: 'pkcs8', format: 'der' });
  } catch (error) {
    throw new PepperUnusable(error);
  }
}
