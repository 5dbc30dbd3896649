// From bytes to a JSON object, or a refusal (contract 0.4).
import { isUtf8 } from 'node:buffer';
import { inspectBody } from '@ozura/core/body';
import { Refusal } from '@ozura/core/errors';
import { isObject } from '@ozura/core/validation';
import type { FastifyRequest } from 'fastify';

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Size and type, before credentials are looked at. A request without a body needs no type. */
export function checkBodyHead(request: FastifyRequest, maxBytes: number): void {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > maxBytes) throw new Refusal('BODY_TOO_LARGE');
  const hasBody = length > 0 || request.headers['transfer-encoding'] !== undefined;
  if (!hasBody) return;
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!JSON_TYPE.test(type) || encoding !== 'identity') throw new Refusal('UNSUPPORTED_MEDIA_TYPE');
}

/** `cardDataAllowed` only in the Vault. */
export function readBody(request: FastifyRequest, cardDataAllowed: boolean): Record<string, unknown> {
  const bytes = request.body;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return {};
  const body = parseJson(bytes);
  if (!isObject(body)) throw new Refusal('INVALID_JSON');
  inspectBody(body, cardDataAllowed);
  return body;
}

function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new Refusal('INVALID_JSON');
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw new Refusal('INVALID_JSON');
  }
}
