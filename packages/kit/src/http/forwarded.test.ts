import { fastify } from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { readForwarded } from './forwarded.ts';

const proxy = '10.0.0.1';
const app = fastify({ trustProxy: [proxy, '10.0.0.2'] });
readForwarded(app);
app.get('/', async ({ ip }) => ip);
afterAll(() => app.close());

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:51234', '203.0.113.7'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['2001:db8::1, 10.0.0.2:8080', '2001:db8::1'],
  ['::ffff:203.0.113.9', '::ffff:203.0.113.9'],
  ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['198.51.100.1, unknown, 203.0.113.7', '203.0.113.7'],
  ['198.51.100.1, unknown, 10.0.0.2', '10.0.0.2'],
  ['203.0.113.7, _hidden', proxy],
  ['203.0.113.700', proxy],
  ['4242424242424242', proxy],
  ['', proxy],
])('behind a proxy that says "%s" the client is %s', async (forwarded, client) => {
  const answer = await app.inject({ url: '/', remoteAddress: proxy, headers: { 'x-forwarded-for': forwarded } });
  expect(answer.body).toBe(client);
});
