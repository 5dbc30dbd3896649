// Public keys that an export may be encrypted to, and the key that this Vault is a recipient with (RFC 7516, 7517).
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { invalidValue } from '@ozura/contract/vault/reader';
import { CompactEncrypt, calculateJwkThumbprint, compactDecrypt } from 'jose';

export interface Recipient {
  /** Thumbprint of the public key (RFC 7638): the audit log names the recipient by it. */
  readonly id: string;
  encrypt(text: string): Promise<string>;
}

const CURVES = new Set(['X25519', 'P-256', 'P-384', 'P-521']);
const rsaMinBits = 2048;
const contentEncryption = 'A256GCM';

/** Refuses private and symmetric keys, and public ones that are too weak. */
export async function openRecipient(jwk: Readonly<Record<string, string>>): Promise<Recipient> {
  if (jwk.d !== undefined || jwk.k !== undefined) throw invalidValue('recipient');
  const key = readPublicKey(jwk);
  const alg = algorithmOf(jwk, key);
  const id = await calculateJwkThumbprint(key.export({ format: 'jwk' }));
  const encrypt = (text: string): Promise<string> =>
    new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg, enc: contentEncryption, kid: id, cty: 'application/json' })
      .encrypt(key);
  // Some points are on their curve and yet no key (RFC 7748 6.1); the first try finds out, before anything is recorded.
  await encrypt('').catch(() => {
    throw invalidValue('recipient');
  });
  return { id, encrypt };
}

function readPublicKey(jwk: Readonly<Record<string, string>>): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' });
  } catch {
    throw invalidValue('recipient');
  }
}

function algorithmOf({ kty, crv }: Readonly<Record<string, string>>, key: KeyObject): string {
  if (kty === 'RSA' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= rsaMinBits) return 'RSA-OAEP-256';
  if ((kty === 'EC' || kty === 'OKP') && crv !== undefined && CURVES.has(crv)) return 'ECDH-ES';
  throw invalidValue('recipient');
}

export interface ImportKey {
  readonly publicJwk: Readonly<Record<string, string>>;
  /** The clear text of a part that was encrypted to this key. */
  decrypt(jwe: string): Promise<string>;
}

/** PKCS #8 of an X25519 key, up to the key itself (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** 32 bytes of any key are a private key of X25519. */
export async function openImportKey(key: KeyObject): Promise<ImportKey> {
  const der = Buffer.concat([PKCS8_HEAD, key.export()]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const { kty = '', crv = '', x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty, crv, x });
  return {
    publicJwk: { kty, crv, x, kid, use: 'enc', alg: 'ECDH-ES' },
    async decrypt(jwe) {
      const options = { keyManagementAlgorithms: ['ECDH-ES'], contentEncryptionAlgorithms: [contentEncryption] };
      try {
        const { plaintext } = await compactDecrypt(jwe, privateKey, options);
        // A view: a copy would stay.
        const text = Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length).toString();
        plaintext.fill(0);
        return text;
      } catch {
        throw invalidValue('jwe');
      }
    },
  };
}
