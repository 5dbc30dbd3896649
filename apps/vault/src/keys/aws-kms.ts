// The root key in AWS KMS, or in anything that speaks its protocol: it wraps and unwraps there and never comes here.
// The place of a wrapped key goes along as encryption context, which the service binds and writes into its own log.
import { NoAnswer, type Send } from '@ozura/contract/client';
import type { Place } from '@ozura/kit/envelope';
import { RootKeyUnusable } from '@ozura/kit/root-key';
import aws4 from 'aws4';
import { readKmsCredentials } from './kms-credentials.ts';
import type { RootKey } from './root-key.ts';

export interface KmsSettings {
  /** Id, ARN or alias of a symmetric key. */
  readonly keyId: string;
  readonly region: string;
  /** `https://kms.{region}.amazonaws.com`, or an endpoint of the own network. */
  readonly endpoint: string;
  /** In the format of `~/.aws/credentials`; read for every call, so that whatever renews it may replace it. */
  readonly credentialsFile: string;
}

const timeoutMs = 5_000;

export function openKmsRoot(settings: KmsSettings, send: Send): RootKey {
  const call = (operation: 'Encrypt' | 'Decrypt', body: object): Promise<Record<string, unknown>> =>
    callKms(settings, send, operation, { ...body, KeyId: settings.keyId });
  return {
    async wrap(plain, place) {
      const Plaintext = Buffer.from(plain).toString('base64');
      const { CiphertextBlob } = await call('Encrypt', { Plaintext, EncryptionContext: contextOf(place) });
      return bytesOf(CiphertextBlob);
    },
    async unwrap(wrapped, place) {
      const CiphertextBlob = Buffer.from(wrapped).toString('base64');
      const { Plaintext } = await call('Decrypt', { CiphertextBlob, EncryptionContext: contextOf(place) });
      return bytesOf(Plaintext);
    },
  };
}

/** No value may be empty: the keys of the installation belong to no merchant. */
const contextOf = ({ merchantId, row, field }: Place) => ({
  application: 'ozura-vault',
  merchant: merchantId === '' ? 'none' : merchantId,
  purpose: row,
  field,
});

async function callKms(
  { region, endpoint, credentialsFile }: KmsSettings,
  send: Send,
  operation: string,
  body: object,
): Promise<Record<string, unknown>> {
  const { host } = new URL(endpoint);
  const text = JSON.stringify(body);
  const headers = {
    'Content-Type': 'application/x-amz-json-1.1',
    'X-Amz-Target': `TrentService.${operation}`,
  };
  const request = { service: 'kms', region, host, method: 'POST', path: '/', headers, body: text };
  const { headers: signed = {} } = aws4.sign(request, readKmsCredentials(credentialsFile));
  // These two are the transport's own.
  const { Host: _host, 'Content-Length': _length, ...sent } = signed as Record<string, string>;
  try {
    const answer = await send({ method: 'POST', url: endpoint, headers: sent, body: text, timeoutMs });
    const read = JSON.parse(answer.text) as Record<string, unknown>;
    if (answer.status === 200) return read;
    throw new RootKeyUnusable(`the key service refuses to ${operation.toLowerCase()}: ${nameOf(read.__type)}`);
  } catch (error) {
    if (error instanceof RootKeyUnusable) throw error;
    const why = error instanceof NoAnswer ? 'does not answer' : 'answers something else than JSON';
    throw new RootKeyUnusable(`the key service at ${host} ${why}`);
  }
}

/** Of an error; a namespace may stand before it. */
const nameOf = (type: unknown): string =>
  typeof type === 'string' ? (type.split('#').at(-1) ?? type) : 'unknown error';

function bytesOf(base64: unknown): Uint8Array {
  if (typeof base64 !== 'string') throw new RootKeyUnusable('the key service answers without a value');
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}
