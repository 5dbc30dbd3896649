// Requests a minute (contract 0.9), with the contract's own numbers.
import { createSession, keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, expect, test } from 'vitest';

let system: System;
beforeAll(async () => {
  system = await startSystem({ RATE_LIMITS: 'on' });
});
afterAll(() => system?.stop());

const statuses = async (times: number, call: () => Promise<Response>): Promise<number[]> => {
  const found: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const answer = await call();
    await answer.text();
    found.push(answer.status);
  }
  return found;
};

test('an address reads three hundred sessions a minute without keys; with keys it goes on', async () => {
  const { sessionId } = await createSession(system.dev);
  const url = `${system.dev.checkoutUrl}/api/sessions/${sessionId}`;
  expect(new Set(await statuses(300, () => fetch(url)))).toEqual(new Set([200]));
  const over = await fetch(url);
  expect([over.status, (await over.json()).errorCode]).toEqual([429, 'RATE_LIMITED']);
  expect(Number(over.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  const withKeys = await fetch(url, { headers: keysOf(system.dev) });
  expect([withKeys.status, withKeys.headers.get('ratelimit-policy')]).toEqual([200, '"default";q=1200;w=60']);
});

test('a pair of keys creates six hundred sessions a minute', async () => {
  const create = () =>
    fetch(`${system.dev.checkoutUrl}/api/sessions/create`, {
      method: 'POST',
      headers: keysOf(system.dev),
      body: JSON.stringify(sessionFields(system.dev)),
    });
  const found = await statuses(601, create);
  expect(found.at(-1)).toBe(429);
  expect(found.filter((status) => status === 200).length).toBeGreaterThan(590);
});

test('after twenty wrong keys an address is not even looked at, also with good ones', async () => {
  const url = `${system.dev.checkoutUrl}/api/sessions/x`;
  const wrong = { 'x-api-key': 'key_wrong', 'x-ozura-api-key': 'mk_wrong' };
  const found = await statuses(22, () => fetch(url, { headers: wrong }));
  expect(found.slice(0, 20)).toEqual(new Array(20).fill(401));
  expect(found.at(-1)).toBe(429);
  expect((await fetch(url, { headers: keysOf(system.dev) })).status).toBe(429);
});
