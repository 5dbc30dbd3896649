// What is left of a body that was read.
import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { readBody } from './read-body.ts';

test.each([['{"type":"card","data":{"cardNumber":"4242424242424242"}}'], ['{"cardNumber":"4242424242424242"']])(
  'of %s no byte is left, read or refused',
  (text) => {
    const body = Buffer.from(text);
    try {
      readBody({ body } as unknown as FastifyRequest, true);
    } catch {
      // Half of one is no JSON.
    }
    expect(body.every((byte) => byte === 0)).toBe(true);
  },
);

const readOf = (bytes: Uint8Array) => readBody({ body: bytes } as unknown as FastifyRequest, true);

test.each([
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
  ['a byte that begins nothing', [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]],
  ['half a character', [0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d]],
  ['half a surrogate pair', [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]],
  ['an overlong form', [0x7b, 0x22, 0xc0, 0xa2, 0x22, 0x3a, 0x31, 0x7d]],
])('%s is no JSON', (_what, bytes) => {
  expect(() => readOf(Uint8Array.from(bytes))).toThrowError(expect.objectContaining({ code: 'INVALID_JSON' }));
});

test('a text of any alphabet is read as it was sent, from wherever it lies in memory', () => {
  const sent = { name: 'Tée 🫖 茶', note: 'a\ufeffb\u2028' };
  const bytes = Buffer.from(JSON.stringify(sent));
  const around = Buffer.concat([Buffer.from('{"x'), bytes, Buffer.from('"}')]);
  expect(readOf(around.subarray(3, 3 + bytes.length))).toEqual(sent);
});
