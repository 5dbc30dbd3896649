// What an operator may set for the create request: numbers of one's own, proxies that are believed, hosts of a merchant.
import { randomUUID } from 'node:crypto';
import { preparePay } from '@ozura/e2e/browserless';
import { createSession, keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, expect, test } from 'vitest';

let system: System;
beforeAll(async () => {
  system = await startSystem({
    RATE_LIMITS: 'getSessionAnonymous=3,failedAuthentications=2,payPerAddress=1',
    TRUSTED_PROXIES: '127.0.0.1',
    CURRENCIES: 'usd,EUR',
  });
});
afterAll(() => system?.stop());

const get = (from: string, headers: Record<string, string> = {}) =>
  fetch(`${system.dev.checkoutUrl}/api/sessions/x`, { headers: { 'x-forwarded-for': from, ...headers } });

const create = (fields: Record<string, unknown>) =>
  fetch(`${system.dev.checkoutUrl}/api/sessions/create`, {
    method: 'POST',
    headers: keysOf(system.dev),
    body: JSON.stringify(sessionFields(system.dev, fields)),
  });

test('numbers are settings, and an address is the one that a trusted proxy saw', async () => {
  const statuses = [];
  // Some proxies write the port of the connection behind it.
  for (let i = 0; i < 5; i += 1) statuses.push((await get(i < 3 ? '203.0.113.1' : `203.0.113.1:${50_000 + i}`)).status);
  expect(statuses).toEqual([404, 404, 404, 429, 429]);
  const other = await get('203.0.113.1, 203.0.113.2');
  expect([other.status, other.headers.get('ratelimit-policy')]).toEqual([404, '"default";q=3;w=60']);
  expect(other.headers.get('ratelimit')).toMatch(/^"default";r=2;t=(60|59)$/);
});

test('who pays too often from one address hears which limit that is', async () => {
  const { sessionId } = await createSession(system.dev);
  const page = await preparePay(system.dev, sessionId, '4242424242424242');
  const pay = async () => {
    const answer = await fetch(`${system.dev.checkoutUrl}/api/sessions/${sessionId}/pay`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-checkout-token': page.credential,
        'sec-fetch-site': 'same-origin',
        'x-forwarded-for': '203.0.113.3',
      },
      body: JSON.stringify({ ...page.body, expectedTotal: '0.01', attemptKey: randomUUID() }),
    });
    return [answer.status, answer.headers.get('ratelimit-policy'), answer.headers.has('retry-after')];
  };
  expect([await pay(), await pay()]).toEqual([
    [409, '"default";q=10;w=60', false],
    [429, '"default";q=1;w=60', true],
  ]);
});

test('who guesses keys is stopped, and nobody else', async () => {
  const wrong = { 'x-api-key': 'key_wrong', 'x-ozura-api-key': 'mk_wrong' };
  const statuses = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await get('203.0.113.7', wrong)).status);
  expect(statuses.slice(0, 2)).toEqual([401, 401]);
  expect(statuses.at(-1)).toBe(429);
  expect((await get('203.0.113.8', keysOf(system.dev))).status).toBe(404);
});

test('currencies are those that are offered', async () => {
  const statuses = [];
  for (const currency of ['USD', 'eur', 'GBP']) statuses.push((await create({ currency })).status);
  expect(statuses).toEqual([200, 200, 400]);
});

test('customers of a merchant go to the hosts that he has named, and to our error page', async () => {
  const { dev } = system;
  const changed = await fetch(`${dev.payUrl}/admin/merchants/${dev.merchantId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${dev.adminToken}` },
    body: JSON.stringify({ allowedReturnHosts: ['shop.example', new URL(dev.storeUrl).host], by: 'a test' }),
  });
  expect(changed.status).toBe(200);
  // What was known of the keys is forgotten within a minute; a new start does not know them at all.
  await system.restart();
  const refused = await create({
    successUrl: 'https://shop.example/thanks',
    cancelUrl: 'https://evil.example/cart',
    errorUrl: `${dev.checkoutUrl}/error`,
  });
  expect([refused.status, (await refused.json()).error]).toEqual([
    400,
    'cancelUrl: host is not allowed for this merchant',
  ]);
  const accepted = await create({
    successUrl: 'https://shop.example/thanks',
    cancelUrl: `${dev.storeUrl}/cart`,
    errorUrl: `${dev.checkoutUrl}/error`,
  });
  expect(accepted.status).toBe(200);
});
