// `POST /test-tokens` (contract 7.2): test cards only, in test mode only; their codes may be used again and again.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestVault, type TestApplication, type TestVault } from '@ozura/e2e/vault';
import { afterAll, beforeAll, expect, it } from 'vitest';

const merchantId = 'ozu_bluekettle';
const card = { cardNumber: '4242 4242 4242 4242', expirationMonth: '11', expirationYear: '2035', cvc: '739' };
let processor: Server;
let at: string;
const received: string[] = [];
let vault: TestVault;
let shop: TestApplication;

beforeAll(async () => {
  processor = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push(text);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(processor, 'listening');
  at = `http://127.0.0.1:${(processor.address() as AddressInfo).port}`;
  vault = await startTestVault({ processorDestinations: [at] });
  shop = await vault.createApplication(merchantId);
});
afterAll(async () => {
  await vault.stop();
  processor.closeAllConnections();
  processor.close();
});

/** A placeholder. */
const slot = ['$', '{cvv}'].join('');

const create = (body: object, headers = {}) =>
  vault.call('POST', '/test-tokens', { 'x-api-key': shop.key, 'x-pub-key': shop.pubKey, ...headers }, body);

const proxy = (token: string, code: string, as = merchantId) =>
  vault.call(
    'POST',
    '/proxy/transaction',
    { 'x-service-key': vault.keys.pay, 'x-merchant-id': as },
    { token, cvc_session_id: code, proxy_url: `${at}/sale`, request_data: { code: slot } },
  );

it('answers a token and a security code for a year', async () => {
  const { status, body } = await create({ ...card, firstName: 'Ada', lastName: 'Lovelace' });
  expect(status).toBe(201);
  expect(body).toEqual({
    success: true,
    token: expect.stringMatching(/^tok_\w{30}$/),
    cvc_session_id: expect.stringMatching(/^cvc_test_[\w-]{43}$/),
    mask: { card_number: '424242******4242' },
    bin: '424242',
    test_mode: true,
    expires_in: '1 year (test session)',
  });
});

it('the code is sent as often as it is asked for, with its own token only', async () => {
  const { body } = await create(card);
  for (let i = 0; i < 3; i += 1) {
    expect((await proxy(body.token, body.cvc_session_id)).status).toBe(200);
    expect(received.at(-1)).toBe('{"code":"739"}');
  }
  const { body: other } = await create(card);
  expect((await proxy(other.token, body.cvc_session_id)).body.errorCode).toBe('CVC_SESSION_EXPIRED');
});

it('is stored under a key of its own, and goes with its token', async () => {
  const { body } = await create(card);
  expect(await vault.ask("SELECT purpose AS line FROM wrapped_keys WHERE purpose = 'test-code'")).toEqual([
    'test-code',
  ]);
  const left = () => vault.ask(`SELECT token AS line FROM test_codes WHERE token = '${body.token}'`);
  expect(await left()).toHaveLength(1);
  await vault.call('DELETE', `/tokens/${body.token}`, { 'x-api-key': shop.key });
  expect(await left()).toEqual([]);
});

it.each([
  [{ cardNumber: undefined }, 'VALIDATION_FAILED', 'Missing required field: cardNumber'],
  [{ cardNumber: '4242424242424241' }, 'INVALID_CARD_NUMBER', 'Invalid card number'],
  [{ cardNumber: '4929000000006' }, 'TEST_CARD_REQUIRED', 'Test mode accepts test cards only'],
  [{ expirationMonth: '13' }, 'INVALID_EXPIRY', 'Invalid value for expirationMonth'],
  [{ expirationYear: '2020' }, 'EXPIRED_CARD', 'Card has expired'],
  [{ cvc: '' }, 'VALIDATION_FAILED', 'Missing required field: cvc'],
  [{ cvc: '12345' }, 'INVALID_CVV', 'Invalid value for cvv'],
  [{ firstName: 7 }, 'VALIDATION_FAILED', 'Invalid value for firstName'],
])('%j is refused: %s', async (change, code, message) => {
  const { status, body } = await create({ ...card, ...change });
  expect([status, body.errorCode, body.message]).toEqual([400, code, message]);
});

it('needs a vault key, and a pub key of the same project where one is sent', async () => {
  const other = await vault.createApplication('ozu_other');
  expect((await create(card, { 'x-api-key': '' })).body.errorCode).toBe('MISSING_CREDENTIALS');
  expect((await create(card, { 'x-pub-key': other.pubKey })).body.errorCode).toBe('MERCHANT_MISMATCH');
  expect((await create(card, { 'x-pub-key': '' })).status).toBe(201);
});
