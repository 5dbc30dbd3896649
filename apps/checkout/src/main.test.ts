// Checkout alone: Vault and Pay do not answer. What needs them is refused, what does not need them works.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@ozura/core/secret';
import { openLog } from '@ozura/kit/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCheckout, startCheckout } from './main.ts';

/** The discard port: nothing listens there. */
const nowhere = 'http://127.0.0.1:9';
const folder = mkdtempSync(join(tmpdir(), 'ozura-checkout-'));
let checkout: RunningCheckout;

const start = (mode: 'test' | 'live' = 'test', file = 'checkout.db') =>
  startCheckout({
    mode,
    host: '127.0.0.1',
    port: 0,
    urls: { checkoutUrl: 'http://127.0.0.1', vaultUrl: nowhere, payUrl: nowhere, elementsUrl: nowhere },
    databaseUrl: join(folder, file),
    log: openLog({ program: 'checkout', level: 'silent' }),
    trustedProxies: [],
    pepper: new Secret(new Uint8Array(randomBytes(32))),
    serviceKey: new Secret('svc_test'),
    sessionLifetimeSeconds: 1800,
    maxFailedAttempts: 5,
    publicSessionBilling: false,
  });

beforeAll(async () => {
  checkout = await start();
});
afterAll(async () => {
  await checkout?.stop();
  rmSync(folder, { recursive: true });
});

test('keys that nobody can check are not called wrong', async () => {
  const answer = await fetch(`${checkout.url}/api/sessions/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'key_a', 'x-ozura-api-key': 'mk_a' },
    body: '{}',
  });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toMatchObject({ errorCode: 'OVERLOADED', error: 'Service temporarily unavailable' });
});

test('the program lives, and says what it is not ready for', async () => {
  expect((await fetch(`${checkout.url}/health`)).status).toBe(200);
  const ready = await fetch(`${checkout.url}/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not_ready', checks: { database: 'ok', vault: 'failed', pay: 'failed' } },
  ]);
});

test('a database whose keys were sealed with another pepper is refused', async () => {
  await expect(start()).rejects.toThrow();
});

test('in live mode there is no test clock, and nothing of the sandbox', async () => {
  const live = await start('live', 'live.db');
  const ask = async (url: string) => {
    const { status } = await fetch(`${url}/api/test/clock`);
    const advanced = await fetch(`${url}/api/test/clock/advance`, { method: 'POST' });
    const page = await fetch(`${url}/sandbox`);
    const watched = await fetch(`${url}/api/test/sandbox`);
    return [status, advanced.status, page.status, watched.status];
  };
  expect([await ask(live.url), await ask(checkout.url)]).toEqual([
    [404, 404, 404, 404],
    [401, 401, 200, 401],
  ]);
  await live.stop();
});
