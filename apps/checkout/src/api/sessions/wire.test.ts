// The wire around the create request (contract 0.2, 0.4, 0.10, 2.7): what is looked at first, which headers every answer
// has, and what is never accepted, answered or logged.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, expect, test } from 'vitest';

let system: System;
beforeAll(async () => {
  system = await startSystem({ RATE_LIMITS: 'createSession=150,failedAuthentications=1000' });
});
afterAll(() => system?.stop());

interface Body {
  readonly success: boolean;
  readonly error: string;
  readonly errorCode: string;
  readonly details?: readonly string[];
  readonly requestId: string;
}

const url = () => `${system.dev.checkoutUrl}/api/sessions/create`;
const good = (more: Record<string, unknown> = {}) => JSON.stringify(sessionFields(system.dev, more));
const jsonType = { 'content-type': 'application/json' };
const noKeys = jsonType;

async function send(init: RequestInit, to = url()) {
  const answer = await fetch(to, { method: 'POST', ...init });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as Body };
}

const log = (): string => readFileSync(join(system.dataDir, 'log', 'checkout.log'), 'utf8');

/** Lines reach the file in groups. */
async function untilLogged(text: string): Promise<string> {
  for (let tries = 0; tries < 600 && !log().includes(text); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return log();
}

test('each check comes before the next', async () => {
  const keys = keysOf(system.dev);
  const large = 'x'.repeat(65_537);
  const twice = { idempotencyKey: 'order-of-checks' };
  await send({ headers: keys, body: good(twice) });
  const cases: [string, Promise<{ status: number; body: Body }>, number, string][] = [
    ['path before all else', send({ body: large }, `${system.dev.checkoutUrl}/api/nothing`), 404, 'NOT_FOUND'],
    ['method before size', send({ method: 'PUT', body: large }), 405, 'METHOD_NOT_ALLOWED'],
    ['size before type', send({ headers: { 'content-type': 'text/plain' }, body: large }), 413, 'BODY_TOO_LARGE'],
    ['type before keys', send({ headers: { 'content-type': 'text/plain' }, body: '{' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['keys before JSON', send({ headers: noKeys, body: '{' }), 401, 'MISSING_CREDENTIALS'],
    ['JSON before names', send({ headers: keys, body: '{"apiKey":1' }), 400, 'INVALID_JSON'],
    ['names before fields', send({ headers: keys, body: '{"apiKey":1}' }), 400, 'SECRET_IN_BODY'],
    ['fields before merchant', send({ headers: keys, body: '{"merchantId":"other"}' }), 400, 'VALIDATION_FAILED'],
    [
      'merchant before key',
      send({ headers: keys, body: good({ ...twice, merchantId: 'other' }) }),
      401,
      'MERCHANT_MISMATCH',
    ],
    ['fields before key', send({ headers: keys, body: good({ ...twice, amount: 0 }) }), 400, 'VALIDATION_FAILED'],
    [
      'key before work',
      send({ headers: keys, body: good({ ...twice, amount: 1 }) }),
      409,
      'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH',
    ],
  ];
  for (const [what, answer, status, code] of cases) {
    const { status: got, body } = await answer;
    expect([what, got, body.errorCode]).toEqual([what, status, code]);
  }
});

test.each([
  ['200', () => send({ headers: keysOf(system.dev), body: good() })],
  ['400', () => send({ headers: keysOf(system.dev), body: '{}' })],
  ['401', () => send({ headers: noKeys, body: '{}' })],
  ['404', () => send({}, `${system.dev.checkoutUrl}/nothing`)],
  ['405', () => send({ method: 'OPTIONS', headers: { origin: 'https://shop.example' } })],
  ['413', () => send({ headers: jsonType, body: 'x'.repeat(70_000) })],
  ['415', () => send({ body: 'a=b' })],
])('an answer %s has every header that it should have, and none of another kind', async (status, ask) => {
  const { status: got, headers, body } = await ask();
  expect(got).toBe(Number(status));
  expect(Object.fromEntries(headers)).toMatchObject({
    'request-id': expect.stringMatching(/^req_[0-9A-Za-z]{22}$/),
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  for (const name of headers.keys()) expect(name).not.toMatch(/^(access-control|server$|x-powered-by|set-cookie)/);
  if (got !== 200) expect(body.requestId).toBe(headers.get('request-id'));
});

test.each([
  ['nothing', undefined],
  ['an array', '[]'],
  ['a text', '"x"'],
  ['a number', '1e400'],
  ['null', 'null'],
  ['half of it', '{"amount":'],
  ['two of them', '{}{}'],
  ['a byte order mark', '\uFEFF{}'],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
])('a body of %s is refused', async (what, body) => {
  const init = body === undefined ? {} : { body: body as BodyInit };
  const answer = await send({ headers: keysOf(system.dev), ...init });
  expect(answer.status).toBe(400);
  if (what === 'nothing') expect(answer.body.details?.[0]).toBe('merchantId: is required');
  else expect(answer.body).toMatchObject({ error: 'Request body must be a JSON object', errorCode: 'INVALID_JSON' });
});

test.each([
  ['application/json', 200],
  ['application/json; charset=utf-8', 200],
  ['Application/JSON;charset="UTF-8"', 200],
  ['application/json; charset=latin1', 415],
  ['application/jsonp', 415],
  ['text/json', 415],
  ['application/x-www-form-urlencoded', 415],
])('the type %s is answered with %i', async (type, status) => {
  const answer = await send({ headers: { ...keysOf(system.dev), 'content-type': type }, body: good() });
  expect(answer.status).toBe(status);
});

test('a body may have 64 KB and not a byte more', async () => {
  const padded = (bytes: number) => good({ x: 'p'.repeat(bytes - good({ x: '' }).length) });
  expect((await send({ headers: keysOf(system.dev), body: padded(65_536) })).status).toBe(200);
  expect((await send({ headers: keysOf(system.dev), body: padded(65_537) })).status).toBe(413);
});

test.each([
  ['{"__proto__":{}}', '__proto__: name not allowed'],
  ['{"metadata":{"a":[{"constructor":1}]}}', 'metadata.a[0].constructor: name not allowed'],
  ['{"items":[{"prototype":null}]}', 'items[0].prototype: name not allowed'],
])('%s is refused by the path of its name, beside what else is wrong', async (body, error) => {
  const answer = await send({ headers: keysOf(system.dev), body });
  expect(answer.body).toMatchObject({ error: 'Validation failed', errorCode: 'VALIDATION_FAILED' });
  expect(answer.body.details).toEqual(expect.arrayContaining([error, 'merchantId: is required']));
});

test.each([
  ['far below', (names: string) => `{"metadata":${'['.repeat(28_000)}${names}${']'.repeat(28_000)}}`],
  ['under a long name', (names: string) => `{"${'m'.repeat(32_000)}":[${names}]}`],
])('names that are not allowed %s are refused without telling the whole way to each', async (_where, around) => {
  const names = Array.from({ length: 500 }, () => '{"prototype":1}').join();
  const { status, body } = await send({ headers: keysOf(system.dev), body: around(names) });
  expect([status, body.errorCode]).toEqual([400, 'VALIDATION_FAILED']);
  expect(body.details).toContainEqual(expect.stringMatching(/^….{100,200}\.prototype: name not allowed$/));
  expect(JSON.stringify(body).length).toBeLessThan(200_000);
});

test('a card number in the place of a name is not told back', async () => {
  const card = '4242 4242 4242 4242';
  const ignored = await send({ headers: keysOf(system.dev), body: good({ [card]: 1, [`x${'1'.repeat(300)}`]: 1 }) });
  expect([ignored.status, JSON.stringify(ignored.body)]).toEqual([
    200,
    expect.stringContaining('…: unknown field ign'),
  ]);
  const refused = await send({ headers: keysOf(system.dev), body: `{"metadata":{"${card}":{"prototype":1}}}` });
  expect(refused.body.details).toContain('…prototype: name not allowed');
  expect(JSON.stringify([ignored.body, refused.body])).not.toContain('4242');
});

test('secrets and cards are refused wherever they are, and stand in no log', async () => {
  const secret = 'key_of_mine_that_should_not_be_here';
  const card = '4242424242424242';
  const refused: [object, string][] = [
    [{ apiKey: secret }, 'SECRET_IN_BODY'],
    [{ vaultApiKey: secret }, 'SECRET_IN_BODY'],
    [{ ozuraApiKey: secret }, 'SECRET_IN_BODY'],
    [{ metadata: { a: [{ cardNumber: card }] } }, 'CARD_DATA_REFUSED'],
    [{ items: [{ cvv2: '123' }] }, 'CARD_DATA_REFUSED'],
    [{ pan: '4242 4242-4242 4242' }, 'CARD_DATA_REFUSED'],
    [{ unknown: { track2: card } }, 'CARD_DATA_REFUSED'],
  ];
  for (const [more, code] of refused) {
    const { status, body } = await send({ headers: keysOf(system.dev), body: good(more as Record<string, unknown>) });
    expect([status, body.errorCode]).toEqual([400, code]);
    expect(JSON.stringify(body)).not.toContain('4242');
  }
  expect((await send({ headers: keysOf(system.dev), body: good({ pan: '42' }) })).status).toBe(200);
  const { body } = await send({ headers: noKeys, body: '{}' }, `${url()}?X-API-KEY=${system.dev.vaultKey}`);
  expect(body.errorCode).toBe('MISSING_CREDENTIALS');
  const lines = await untilLogged(body.requestId);
  for (const value of [secret, card, '4242 4242', system.dev.vaultKey, system.dev.merchantKey]) {
    expect(lines).not.toContain(value);
  }
});

test('a secret key that comes from a browser is served, and told to the operator', async () => {
  const headers = { ...keysOf(system.dev), origin: 'https://shop.example', 'x-request-id': 'my-own.id_1' };
  await send({ headers, body: '{}' });
  const answer = await send({ headers, body: good() });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('request-id')).not.toBe('my-own.id_1');
  // The line of the second request: both carry the caller's own id.
  const lines = await untilLogged(answer.headers.get('request-id') ?? '');
  const told = lines.split('\n').filter((line) => line.includes('a secret key came from a browser'));
  expect(told.map((line) => (JSON.parse(line) as { total: number }).total)).toEqual([1, 2]);
  expect(lines).toContain('"callerRequestId":"my-own.id_1"');
});

// Last: it uses up the limit.
test('the limit comes after the keys and before the body', async () => {
  const keys = keysOf(system.dev);
  const statuses = await Promise.all(Array.from({ length: 160 }, () => send({ headers: keys, body: '{' })));
  expect(statuses.some(({ status }) => status === 429)).toBe(true);
  const over = await send({ headers: keys, body: '{' });
  expect([over.status, over.body.error, over.body.errorCode]).toEqual([429, 'Too many requests', 'RATE_LIMITED']);
  expect(over.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
  expect((await send({ headers: noKeys, body: '{' })).status).toBe(401);
});
