// What of a request stays in the memory of the Vault: of its bytes nothing.
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { fastify } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wipeBodies } from './own-memory.ts';

const app = fastify();
const pieces: Uint8Array[] = [];
let port = 0;

beforeAll(async () => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('preParsing', (_request, _reply, body, done) => {
    body.on('data', (piece: Uint8Array) => pieces.push(piece));
    done(null, body);
  });
  wipeBodies(app);
  app.post('/', async ({ body }) => String(body));
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

const isWiped = (): boolean => pieces.length > 0 && pieces.every((piece) => piece.every((byte) => byte === 0));

test('the pieces of a body that was read are wiped, however many they are', async () => {
  // More than one read brings.
  const body = '4242424242424242'.repeat(8_000);
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
  expect(await answer.text()).toBe(body);
  await expect.poll(isWiped).toBe(true);
  expect(pieces.length).toBeGreaterThan(1);
});

test('and those of one that broke off', async () => {
  pieces.length = 0;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n4242424242424242');
  await expect.poll(() => pieces.length).toBe(1);
  expect(isWiped()).toBe(false);
  socket.destroy();
  await expect.poll(isWiped).toBe(true);
});
