// `POST /tokenize` as a frame and as a merchant's server see it (contract 7.1).
import {
  elementsOrigin,
  fromFrame,
  type Headers,
  startTestVault,
  type TestApplication,
  type TestVault,
  visa,
} from '@ozura/e2e/vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const merchantId = 'ozu_bluekettle';
let vault: TestVault;
let shop: TestApplication;

beforeAll(async () => {
  vault = await startTestVault();
  shop = await vault.createApplication(merchantId);
});
afterAll(() => vault.stop());

const byKey = (body: unknown, headers = {}) =>
  vault.call('POST', '/tokenize', { 'x-api-key': shop.key, ...headers }, body);
const card = (more: object = {}) => ({ type: 'card', data: { ...visa, ...more } });
const bank = (more: object = {}) => ({
  type: 'bank',
  data: {
    accountNumber: '000-1234 56789',
    routingNumber: '110000000',
    firstName: 'Ada',
    lastName: 'Lovelace',
    accountType: 'checking',
    ...more,
  },
});

describe('a card', () => {
  it('becomes a token, shown by its mask and its facts', async () => {
    const session = await vault.mintSession(merchantId);
    const { status, body } = await vault.call('POST', '/tokenize', fromFrame(session), card({ expirationYear: '35' }));
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      token: expect.stringMatching(/^tok_\w{30}$/),
      data: { number: '424242******4242', expiration_month: '11', expiration_year: '2035' },
      mask: { card_number: '424242******4242' },
      cvc_session_id: expect.stringMatching(/^cvc_[\w-]{43}$/),
      bin: '424242',
      card: { brand: 'VISA', last4: '4242', funding: 'credit' },
    });
  });

  it('has a fingerprint for its merchant only, the same for the same number', async () => {
    const [first, second] = [await byKey(card()), await byKey(card({ cardNumber: '4242 4242-4242 4242' }))];
    expect(first.body).toMatchObject({ fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/), deduplicated: false });
    expect(second.body.fingerprint).toBe(first.body.fingerprint);
    expect(second.body.token).not.toBe(first.body.token);
    const other = await vault.createApplication('ozu_other');
    const elsewhere = await vault.call('POST', '/tokenize', { 'x-api-key': other.key }, card());
    expect(elsewhere.body.fingerprint).not.toBe(first.body.fingerprint);
  });

  it('that is known answers its token, where the merchant wants that, and keeps the later expiry', async () => {
    const wanting = await startTestVault({ deduplicatedMerchants: [merchantId] });
    const { key } = await wanting.createApplication(merchantId);
    const ask = (more: object, headers: Headers = { 'x-api-key': key }) =>
      wanting.call('POST', '/tokenize', headers, card(more));
    const first = (await ask({ expirationYear: '2034' })).body;
    const later = (await ask({ expirationMonth: '02', expirationYear: '2036' })).body;
    const earlier = (await ask({ expirationYear: '2033' })).body;
    expect([first, later, earlier].map(({ token, deduplicated, data }) => [token, deduplicated, data])).toEqual([
      [first.token, false, { number: '424242******4242', expiration_month: '11', expiration_year: '2034' }],
      [first.token, true, { number: '424242******4242', expiration_month: '02', expiration_year: '2036' }],
      [first.token, true, { number: '424242******4242', expiration_month: '02', expiration_year: '2036' }],
    ]);
    // Each has a security code of its own, and a browser a token of its own.
    expect(new Set([first, later, earlier].map(({ cvc_session_id }) => cvc_session_id)).size).toBe(3);
    const browser = (await ask({}, fromFrame(await wanting.mintSession(merchantId)))).body;
    expect(browser.token).not.toBe(first.token);
    expect(browser).not.toHaveProperty('deduplicated');
    await wanting.call('DELETE', `/tokens/${first.token}`, { 'x-api-key': key });
    await wanting.call('DELETE', `/tokens/${browser.token}`, { 'x-api-key': key });
    expect((await ask({})).body).toMatchObject({ deduplicated: false });
    await wanting.stop();
  });

  it('is masked as the caller asks, and never shows more than six and four', async () => {
    const { body } = await byKey({
      ...card(),
      maskingConfig: { cardNumber: { showFirst: 0, showLast: 2, maskChar: '•' } },
    });
    expect(body.mask.card_number).toBe('••••••••••••••42');
    const more = await byKey({ ...card(), maskingConfig: { cardNumber: { showFirst: 8 } } });
    expect([more.status, more.body.message]).toEqual([400, 'Invalid value for maskingConfig']);
  });

  it('of fifteen digits shows the last four only, and has a code of four', async () => {
    const amex = await byKey(card({ cardNumber: '378282246310005', cvv: '7391' }));
    expect(amex.body.data.number).toBe('***********0005');
    expect((await byKey(card({ cardNumber: '378282246310005' }))).body.errorCode).toBe('INVALID_CVV');
  });

  it('needs no code, and then has no CVC session', async () => {
    const { cvv: _without, ...data } = visa;
    const { status, body } = await byKey({ type: 'card', data });
    expect([status, body.cvc_session_id]).toEqual([201, undefined]);
  });

  it.each([
    [{}, 'Missing required field: type', 'VALIDATION_FAILED'],
    [{ type: 'cash', data: {} }, 'Invalid value for type', 'VALIDATION_FAILED'],
    [{ type: 'card' }, 'Missing required field: data', 'VALIDATION_FAILED'],
    [{ type: 'card', data: [] }, 'Invalid value for data', 'VALIDATION_FAILED'],
    [card({ cardNumber: null }), 'Missing required field: cardNumber', 'VALIDATION_FAILED'],
    [card({ cardNumber: '4242424242424241' }), 'Invalid card number', 'INVALID_CARD_NUMBER'],
    [card({ cardNumber: '42424242' }), 'Invalid card number', 'INVALID_CARD_NUMBER'],
    [card({ cardNumber: 4242424242424242 }), 'Invalid card number', 'INVALID_CARD_NUMBER'],
    [
      card({ cardNumber: '4242424242424242', expirationMonth: '13' }),
      'Invalid value for expirationMonth',
      'INVALID_EXPIRY',
    ],
    [card({ expirationMonth: undefined }), 'Missing required field: expirationMonth', 'VALIDATION_FAILED'],
    [card({ expirationMonth: '13', expirationYear: undefined }), 'Invalid value for expirationMonth', 'INVALID_EXPIRY'],
    [card({ expirationYear: '' }), 'Missing required field: expirationYear', 'VALIDATION_FAILED'],
    [card({ expirationYear: '2020' }), 'Card has expired', 'EXPIRED_CARD'],
    [card({ expirationYear: '2095' }), 'Card has expired', 'EXPIRED_CARD'],
    [card({ cvv: '12' }), 'Invalid value for cvv', 'INVALID_CVV'],
    [card({ cvv: '1234' }), 'Invalid value for cvv', 'INVALID_CVV'],
    [card({ cvv: undefined, cvc: '12x' }), 'Invalid value for cvv', 'INVALID_CVV'],
    // A real number, which only a live installation may hold.
    [card({ cardNumber: '4539578763621486' }), 'Test mode accepts test cards only', 'TEST_CARD_REQUIRED'],
  ])('like %j is refused: %s', async (body, message, errorCode) => {
    const answer = await byKey(body);
    expect([answer.status, answer.body.message, answer.body.errorCode]).toEqual([400, message, errorCode]);
    expect(answer.body).toMatchObject({ success: false, data: null, requestId: expect.stringMatching(/^req_/) });
  });

  it('of the published test cards is refused in live mode, which needs the pub key too', async () => {
    const live = await startTestVault({ mode: 'live', rootKeyFile: vault.config.rootKeyFile });
    try {
      const { key, pubKey } = await live.createApplication(merchantId);
      expect([key, pubKey]).toEqual([expect.stringContaining('_live_pvt_'), expect.stringMatching(/^pk_prod_/)]);
      const without = await live.call('POST', '/tokenize', { 'x-api-key': key }, card());
      expect([without.status, without.body.errorCode]).toEqual([401, 'MISSING_CREDENTIALS']);
      const headers = { 'x-api-key': key, 'x-pub-key': pubKey };
      expect((await live.call('POST', '/tokenize', headers, card())).body.errorCode).toBe('TEST_CARD_REFUSED');
      const real = await live.call('POST', '/tokenize', headers, card({ cardNumber: '4539578763621486' }));
      expect([real.status, real.body.card.funding]).toEqual([201, 'unknown']);
    } finally {
      await live.stop();
    }
  });
});

describe('a bank account', () => {
  it('becomes a token with its last four digits', async () => {
    const { status, body } = await byKey(bank());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      data: { account_number: '********6789', routing_number: '110000000' },
      mask: { account_number: '********6789' },
      bank: { last4: '6789' },
    });
    for (const absent of ['bin', 'card', 'cvc_session_id']) expect(body).not.toHaveProperty(absent);
  });

  it('shows no more than half of a short number, and keeps no more in clear', async () => {
    const { body } = await byKey(bank({ accountNumber: '8642' }));
    expect(body).toMatchObject({ mask: { account_number: '**42' }, bank: { last4: '42' } });
    const kept = await vault.ask(`SELECT mask || last4 AS line FROM tokens WHERE token = '${body.token}'`);
    expect(kept).toEqual(['**4242']);
  });

  it.each([
    [{ accountNumber: '123' }, 'Invalid account number', 'INVALID_ACCOUNT_NUMBER'],
    [{ accountNumber: '' }, 'Missing required field: accountNumber', 'VALIDATION_FAILED'],
    [{ routingNumber: '110000001' }, 'Invalid routing number', 'INVALID_ROUTING_NUMBER'],
    [{ firstName: ' ' }, 'Missing required field: firstName', 'VALIDATION_FAILED'],
    [{ lastName: 'x'.repeat(51) }, 'Invalid value for lastName', 'VALIDATION_FAILED'],
    [{ accountType: 'credit' }, 'Invalid value for accountType', 'VALIDATION_FAILED'],
  ])('with %j is refused: %s', async (more, message, errorCode) => {
    const answer = await byKey(bank(more));
    expect([answer.status, answer.body.message, answer.body.errorCode]).toEqual([400, message, errorCode]);
  });
});

describe('who may tokenize', () => {
  it.each([
    [{}, 401, 'MISSING_CREDENTIALS'],
    [{ 'x-api-key': 'key_x_test_pvt_nobody' }, 401, 'INVALID_CREDENTIALS'],
    [{ 'x-session-key': 'vs_nobody', origin: elementsOrigin }, 401, 'SESSION_KEY_INVALID'],
    [{ 'x-service-key': 'svc_nobody' }, 401, 'MISSING_CREDENTIALS'],
  ])('not %j', async (headers, status, errorCode) => {
    const answer = await vault.call('POST', '/tokenize', headers as Record<string, string>, card());
    expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
  });

  it('a session key from the frames only', async () => {
    const session = await vault.mintSession(merchantId);
    for (const origin of ['http://shop.test', undefined]) {
      const headers = { 'x-session-key': session, ...(origin === undefined ? {} : { origin }) };
      expect((await vault.call('POST', '/tokenize', headers, card())).status).toBe(403);
    }
  });

  it('a pub key of the same project, when it is sent', async () => {
    const other = await vault.createApplication('ozu_other');
    expect((await byKey(card(), { 'x-pub-key': shop.pubKey })).status).toBe(201);
    expect((await byKey(card(), { 'x-pub-key': other.pubKey })).body.errorCode).toBe('MERCHANT_MISMATCH');
    expect((await byKey(card(), { 'x-pub-key': 'pk_test_nobody' })).body.errorCode).toBe('INVALID_CREDENTIALS');
  });

  it('an application without the permission may not', async () => {
    const permissions = { tokenization: { allowed: false } };
    const { key } = await vault.createApplication(merchantId, { permissions });
    for (const path of ['/tokenize', '/sessions']) {
      const answer = await vault.call('POST', path, { 'x-api-key': key }, path === '/tokenize' ? card() : {});
      expect([answer.status, answer.body.errorCode]).toEqual([403, 'PERMISSION_DENIED']);
    }
  });
});

describe('the browser', () => {
  const preflight = (origin: string) =>
    fetch(`${vault.url}/tokenize`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-session-key' },
    });

  it('lets the Elements origin call, and reads its failures', async () => {
    const answer = await preflight(elementsOrigin);
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': elementsOrigin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, x-session-key, x-pub-key',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
    const refused = await vault.call('POST', '/tokenize', fromFrame('vs_nobody'), card());
    expect(refused.headers.get('access-control-allow-origin')).toBe(elementsOrigin);
  });

  it('lets no other page call, and nobody call anything else', async () => {
    expect((await preflight('http://shop.test')).headers.has('access-control-allow-origin')).toBe(false);
    const headers = { origin: elementsOrigin, 'x-api-key': shop.key };
    const answer = await vault.call('GET', '/tokens', headers);
    expect([answer.status, answer.headers.has('access-control-allow-origin')]).toEqual([200, false]);
    expect((await fetch(`${vault.url}/sessions`, { method: 'OPTIONS' })).status).toBe(405);
    const allowed = async (path: string) => (await fetch(vault.url + path, { method: 'PUT' })).headers.get('allow');
    expect([await allowed('/tokenize'), await allowed('/sessions')]).toEqual(['POST, OPTIONS', 'POST']);
  });
});
