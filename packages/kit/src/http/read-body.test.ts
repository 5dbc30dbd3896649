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
