// A key service for tests that speaks the wire protocol of AWS KMS: JSON 1.1, signatures of version 4 (checked by the
// published algorithm), encryption contexts that are part of what is encrypted.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestKms {
  readonly endpoint: string;
  readonly region: string;
  readonly keyId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What it was asked, and with what context. */
  readonly calls: { readonly operation: string; readonly context: Readonly<Record<string, string>> }[];
  stop(): Promise<void>;
}

type Json = Record<string, unknown>;

class KmsError extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

const nonceBytes = 12;
const tagBytes = 16;
const skewMaxMs = 5 * 60_000;

export async function startKms(): Promise<TestKms> {
  const master = randomBytes(32);
  const account = {
    region: 'eu-central-1',
    keyId: 'alias/ozura-vault',
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  const calls: TestKms['calls'] = [];
  const server = createServer(async (request, reply) => {
    try {
      const body = await textOf(request);
      checkSignature(request, body, account);
      const operation = String(request.headers['x-amz-target']).replace(/^TrentService\./, '');
      const asked = JSON.parse(body) as Json;
      const context = (asked.EncryptionContext ?? {}) as Record<string, string>;
      if (asked.KeyId !== account.keyId) throw new KmsError('NotFoundException');
      if (Object.values(context).some((value) => value === '')) throw new KmsError('ValidationException');
      calls.push({ operation, context });
      const answered = JSON.stringify(answer(operation, asked, master, context));
      reply.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      reply.end(answered);
    } catch (error) {
      reply.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      reply.end(JSON.stringify({ __type: (error as Error).name, message: 'refused' }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...account,
    calls,
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(operation: string, asked: Json, master: Uint8Array, context: Readonly<Record<string, string>>): Json {
  const bound = Buffer.from(JSON.stringify(Object.entries(context).sort()));
  if (operation === 'Encrypt') {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', master, nonce).setAAD(bound);
    const sealed = [cipher.update(String(asked.Plaintext), 'base64'), cipher.final()];
    const blob = Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]);
    return { CiphertextBlob: blob.toString('base64'), KeyId: asked.KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  }
  if (operation !== 'Decrypt') throw new KmsError('UnknownOperationException');
  const blob = Buffer.from(String(asked.CiphertextBlob), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', master, blob.subarray(0, nonceBytes)).setAAD(bound);
  decipher.setAuthTag(blob.subarray(-tagBytes));
  try {
    const plain = Buffer.concat([decipher.update(blob.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return { Plaintext: plain.toString('base64'), KeyId: asked.KeyId };
  } catch {
    throw new KmsError('com.amazonaws.kms#InvalidCiphertextException');
  }
}

interface Account {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function checkSignature({ headers, method, url }: IncomingMessage, body: string, account: Account): void {
  const { authorization = '' } = headers;
  const [, credential = '', signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(authorization) ?? [];
  const time = String(headers['x-amz-date']);
  const [accessKeyId, date = '', region = '', service = '', end = ''] = credential.split('/');
  const isExpected = region === account.region && service === 'kms' && end === 'aws4_request' && time.startsWith(date);
  if (accessKeyId !== account.accessKeyId || !isExpected) throw new KmsError('UnrecognizedClientException');
  const at = Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(Date.now() - at) > skewMaxMs) throw new KmsError('InvalidSignatureException');
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => names.includes(name))) {
    throw new KmsError('InvalidSignatureException');
  }
  const canonical = [
    method,
    url,
    '',
    ...names.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, `${date}/${region}/kms/aws4_request`, sha256(canonical)].join('\n');
  const key = [date, region, 'kms', 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${account.secretAccessKey}`,
  );
  if (createHmac('sha256', key).update(text).digest('hex') !== signature) {
    throw new KmsError('InvalidSignatureException');
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
