// The store against a Checkout API that answers whatever a test wants.
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningStore, startStore } from './main.ts';

type Json = Record<string, unknown>;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

// Stands where the Checkout API is, to answer what a genuine one never would.
let checkout: Server;
let created: Json[];
let headers: Json[];
let session: Json;
let reachable: boolean;
let store: RunningStore;
const problems: string[] = [];

beforeAll(async () => {
  checkout = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    headers.push(request.headers);
    if (!reachable) {
      response.destroy();
      return;
    }
    if (request.url === '/.well-known/ozura-keys.json') {
      response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] }));
      return;
    }
    const create = request.url === '/api/sessions/create';
    if (create) created.push(JSON.parse(Buffer.concat(chunks).toString()));
    const data = create
      ? { sessionId: 'session_1', checkoutUrl: 'http://checkout.test/checkout/session_1' }
      : { session };
    response.end(JSON.stringify({ success: true, data }));
  });
  checkout.listen(0, '127.0.0.1');
  await once(checkout, 'listening');
  const { port } = checkout.address() as AddressInfo;
  store = await startStore({
    host: '127.0.0.1',
    port: 0,
    checkoutUrl: `http://127.0.0.1:${port}`,
    merchantId: 'ozu_sandbox',
    merchantKey: 'mk_test_1',
    vaultKey: 'key_store_test_pvt_1',
    report: (problem) => problems.push(problem),
  });
});

afterAll(async () => {
  await store.stop();
  checkout.close();
});

beforeEach(() => {
  created = [];
  headers = [];
  reachable = true;
  session = { id: 'session_1', status: 'pending', paymentState: null, amount: '46.00', currency: 'USD' };
});

const buy = (form: Record<string, string>): Promise<Response> =>
  fetch(`${store.url}/buy`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

/** Buys one kettle and comes back to the success page. */
async function thanks(outcome: Json): Promise<string> {
  await buy({ quantity: '1' });
  session = { ...session, ...outcome };
  const { successUrl } = created.at(-1) as { successUrl: string };
  return (await fetch(`${successUrl}&success=true&sessionId=session_1&amount=46.00`)).text();
}

const completed = {
  status: 'completed',
  payment: { amount: '46.00', currency: 'USD', cardBrand: 'VISA', cardLastFour: '4242' },
};

test('the button creates a session with the price of the shop and sends the customer to it', async () => {
  const answer = await buy({ quantity: '3', amount: '0.01' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('http://checkout.test/checkout/session_1');
  expect(created).toMatchObject([{ merchantId: 'ozu_sandbox', amount: '138.00', items: [{ quantity: 3 }] }]);
  expect(headers[0]).toMatchObject({ 'x-api-key': 'key_store_test_pvt_1', 'x-ozura-api-key': 'mk_test_1' });
});

test('an odd quantity is one kettle', async () => {
  for (const quantity of ['0', '-1', '1.5', '99', 'x']) await buy({ quantity });
  expect(created.map(({ amount }) => amount)).toEqual(Array(5).fill('46.00'));
});

test('an order is paid when the checkout says so', async () => {
  const html = await thanks(completed);
  expect(html).toContain('your order is paid');
  expect(html).toContain('VISA ···· 4242');
});

test.each([
  ['nobody paid', {}],
  ['the session was cancelled', { status: 'cancelled' }],
  ['the session was over less', { ...completed, amount: '1.00' }],
  ['the session was in another currency', { ...completed, currency: 'JPY' }],
])('a success URL pays for nothing when %s', async (_why, outcome) => {
  const html = await thanks(outcome);
  expect(html).toContain('This order is not paid');
});

test('a payment in doubt asks for patience', async () => {
  expect(await thanks({ paymentState: 'review' })).toContain('do not pay again');
});

/** What a customer of a payment link comes back with, signed as the contract says. */
function signedVisit(more: Record<string, string> = {}, signedAt = Math.floor(Date.now() / 1000)): URLSearchParams {
  const always = { success: 'true', sessionId: 'session_1', checkoutMode: 'payment', transactionType: 'sale' };
  const params = { ...always, amount: '46.00', currency: 'USD', ozuraMerchantId: 'ozu_sandbox', ...more };
  const signed = { ...params, keyId: 'k1', signedAt: String(signedAt) };
  const lines = Object.entries(signed).map(([name, value]) => `${name}=${value}`);
  const message = ['ozura-redirect-v1', ...lines.toSorted()].join('\n');
  return new URLSearchParams({
    ...signed,
    signature: sign(null, Buffer.from(message), privateKey).toString('base64url'),
  });
}

test('whoever paid this shop without an order, by a payment link, is thanked, and nobody else', async () => {
  const paid = { ...completed, merchantId: 'ozu_sandbox' };
  const visit = async (outcome: Json, query = signedVisit()) => {
    session = { ...session, ...outcome };
    return fetch(`${store.url}/thanks?${query}`);
  };
  expect(await (await visit(paid)).text()).toContain('$46.00');
  const lastWeek = Math.floor(Date.now() / 1000) - 7 * 86_400;
  expect(await (await visit(paid, signedVisit({}, lastWeek))).text()).toContain('$46.00');
  for (const other of [{ merchantId: 'ozu_other' }, { status: 'pending' }]) {
    expect((await visit({ ...paid, ...other })).status).toBe(404);
  }
});

test('a result that the installation did not sign, or signed for another shop, is not believed', async () => {
  session = { ...session, ...completed, merchantId: 'ozu_sandbox' };
  const forged = signedVisit();
  forged.set('amount', '1.00');
  const unsigned = new URLSearchParams({ success: 'true', sessionId: 'session_1' });
  for (const query of [forged, unsigned, signedVisit({ ozuraMerchantId: 'ozu_other' })]) {
    expect((await fetch(`${store.url}/thanks?${query}`)).status).toBe(404);
  }
});

test('an unknown order is not found', async () => {
  expect((await fetch(`${store.url}/thanks?order=other&success=true`)).status).toBe(404);
});

test('the problem page never shows text from its address', async () => {
  const html = await (await fetch(`${store.url}/problem?errorCode=<b>x&error=Call+555-0100`)).text();
  expect(html).not.toContain('555-0100');
  expect(html).not.toContain('<b>x');
  expect(await (await fetch(`${store.url}/problem?errorCode=MANUAL_REVIEW`)).text()).not.toContain('Try again');
});

test('no key of the merchant is on any page', async () => {
  for (const path of ['/', '/cart', '/problem', '/nothing']) {
    expect(await (await fetch(store.url + path)).text()).not.toMatch(/mk_test|key_store/);
  }
});

test('an unreachable checkout is said plainly', async () => {
  reachable = false;
  const answer = await buy({ quantity: '1' });
  expect(answer.status).toBe(502);
  expect(await answer.text()).toContain('Nothing was charged');
  expect(problems).toHaveLength(1);
});
