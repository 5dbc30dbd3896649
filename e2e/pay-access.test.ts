// Who may call Pay, what is refused before anything is looked at, and what queries show (contract 0, 8.5).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

let folder: string;
let programs: PaymentPrograms;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-pay-'));
  programs = await startPaymentPrograms(join(folder, 'pay.db'));
});

afterAll(async () => {
  await programs?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const nothing = saleOf({ token: 'tok_nothing', cvcSession: 'cvc_nothing' });

const post = (body: Record<string, unknown>, headers: Record<string, string>, path = '/cardSale') =>
  programs.call('POST', programs.payUrl + path, body, headers);

const goodKeys = (): Record<string, string> => ({
  'x-api-key': programs.merchant.merchantKey,
  'vault-api-key': programs.merchant.vaultKey,
});

describe('credentials', () => {
  test('both keys of one merchant are needed', async () => {
    const { merchant, other } = programs;
    const tries: [Record<string, string>, string][] = [
      [{}, 'MISSING_CREDENTIALS'],
      [{ 'x-api-key': merchant.merchantKey }, 'MISSING_CREDENTIALS'],
      [{ 'vault-api-key': merchant.vaultKey }, 'MISSING_CREDENTIALS'],
      [{ ...goodKeys(), 'x-api-key': `${merchant.merchantKey}x` }, 'INVALID_CREDENTIALS'],
      [{ ...goodKeys(), 'vault-api-key': `${merchant.vaultKey}x` }, 'INVALID_CREDENTIALS'],
      [{ ...goodKeys(), 'vault-api-key': other.vaultKey }, 'MERCHANT_MISMATCH'],
      [{ ...goodKeys(), 'x-service-key': `svc_${'0'.repeat(43)}` }, 'INVALID_CREDENTIALS'],
    ];
    for (const [headers, errorCode] of tries) {
      const answer = await post(nothing, headers);
      expect([answer.status, answer.body.errorCode]).toEqual([401, errorCode]);
    }
    expect((await post(nothing, goodKeys())).body.errorCode).toBe('TOKEN_NOT_FOUND');
  });

  test('merchantId in the body must be that of the keys', async () => {
    const answer = await post({ ...nothing, merchantId: 'ozu_other' }, goodKeys());
    expect([answer.status, answer.body.errorCode]).toEqual([401, 'MERCHANT_MISMATCH']);
  });

  test('charges are for Checkout only, and each merchant has its own', async () => {
    const path = '/charges/chg_0000000000000000000000';
    expect((await programs.call('GET', programs.payUrl + path, undefined, goodKeys())).status).toBe(401);
    expect((await programs.asCheckout('GET', path)).status).toBe(404);
    await programs.asCheckout('POST', `${path}/abandon`);
    expect((await programs.asCheckout('GET', path)).status).toBe(200);
    const asOther = { 'x-merchant-id': programs.other.merchantId };
    expect((await programs.asCheckout('GET', path, undefined, asOther)).status).toBe(404);
    expect((await programs.asCheckout('GET', path, undefined, { 'x-merchant-id': 'ozu_nobody' })).status).toBe(401);
    expect((await programs.asCheckout('POST', '/charges/anything/abandon')).status).toBe(404);
  });

  test('our own programs learn whose a merchant key is', async () => {
    const { merchantKey, merchantId } = programs.merchant;
    const asked = await programs.asCheckout('GET', '/merchants/key', undefined, { 'x-api-key': merchantKey });
    expect(asked.body).toEqual({ success: true, data: { merchantId, name: 'Blue Kettle', allowedReturnHosts: [] } });
    const wrong = await programs.asCheckout('GET', '/merchants/key', undefined, { 'x-api-key': 'mk_test_x' });
    expect([wrong.status, wrong.body.errorCode]).toEqual([401, 'INVALID_CREDENTIALS']);
    expect((await programs.asMerchant('/merchants/key')).status).toBe(401);
  });

  test('of what is refused nothing is written', async () => {
    const { body } = await programs.asMerchant('/transQuery');
    expect(body.pagination.totalCount).toBe(0);
  });
});

describe('requests', () => {
  test('failing fields come all at once, a single one as the message', async () => {
    const one = await post({ ...nothing, amount: '10.075' }, goodKeys());
    expect(one.body).toMatchObject({ errorCode: 'VALIDATION_FAILED', error: 'amount: USD allows at most 2 decimals' });
    expect(one.body.details).toBeUndefined();
    const two = await post({ ...nothing, amount: undefined, billingCity: 7 }, goodKeys());
    expect(two.body).toMatchObject({
      error: 'Validation failed',
      details: ['amount: is required', 'billingCity: must be a string'],
    });
  });

  test('secrets and card data in a body are refused', async () => {
    const secret = await post({ ...nothing, vaultApiKey: 'key_1' }, goodKeys());
    expect([secret.status, secret.body.errorCode]).toEqual([400, 'SECRET_IN_BODY']);
    const card = await post({ ...nothing, cvv: '123' }, goodKeys());
    expect([card.status, card.body.errorCode]).toEqual([400, 'CARD_DATA_REFUSED']);
  });

  test('an idempotency key is printable', async () => {
    for (const key of ['', 'x'.repeat(256)]) {
      const answer = await post(nothing, { ...goodKeys(), 'idempotency-key': key });
      expect(answer.body.errorCode).toBe('VALIDATION_FAILED');
    }
  });

  test('both prefixes serve the same routes, with their methods only', async () => {
    expect((await post(nothing, goodKeys(), '/api/v1/cardSale')).body.errorCode).toBe('TOKEN_NOT_FOUND');
    expect((await programs.asMerchant('/api/v1/transQuery')).status).toBe(200);
    const wrong = await programs.asMerchant('/cardSale');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await programs.asMerchant('/nothing')).body.errorCode).toBe('NOT_FOUND');
  });

  test('it lives and is ready', async () => {
    expect((await programs.asMerchant('/health')).body.status).toBe('ok');
    expect((await programs.asMerchant('/ready')).body).toEqual({ status: 'ready' });
  });
});

describe('transQuery', () => {
  const ids: string[] = [];

  beforeAll(async () => {
    for (const [index, amount] of ['30.00', '10.00', '20.00'].entries()) {
      const card = await programs.tokenize('4242424242424242');
      const answer = await programs.sell(saleOf(card, { amount, orderId: `order-${index}` }));
      ids.push(answer.body.data.transactionId);
    }
  });

  const query = async (text: string) => (await programs.asMerchant(`/transQuery?${text}`)).body;
  const amounts = async (text: string) => (await query(text)).data.map(({ amount }) => amount);

  test('a row tells everything about a sale but the card', async () => {
    const { data } = await query(`transactionId=${ids[0]}`);
    expect(data).toEqual([
      {
        transactionId: ids[0],
        transactionType: 'CreditCardSale',
        status: 'approved',
        amount: '30.00',
        currency: 'USD',
        ozuraMerchantId: 'ozu_bluekettle',
        transDate: expect.any(String),
        createdAt: expect.any(String),
        processor: 'sandbox',
        orderId: 'order-0',
        firstName: 'Ines',
        lastName: 'Duarte',
        email: 'ines@example.com',
        phone: '+14155550134',
        address1: '9 Pier Road',
        city: 'Oakland',
        state: 'CA',
        zipcode: '94607',
        country: 'US',
        cardLastFour: '4242',
        cardBin: '424242',
        cardExpMonth: '11',
        cardExpYear: '39',
        cardBrand: 'VISA',
        isCreditCard: true,
        authCode: expect.any(String),
        avsResult: 'Y',
        cvvResult: 'M',
      },
    ]);
  });

  test('filters, order, pages and fields', async () => {
    expect(await amounts('')).toEqual(['20.00', '10.00', '30.00']);
    expect(await amounts('sortBy=amount&sortOrder=asc')).toEqual(['10.00', '20.00', '30.00']);
    expect(await amounts('orderId=order-1')).toEqual(['10.00']);
    expect(await amounts(`attemptId=${ids[2]}`)).toEqual(['20.00']);
    expect(await amounts('transactionType=CreditCardVoid')).toEqual([]);
    expect(await amounts('dateTo=2020-01-01')).toEqual([]);
    expect((await query('fields=amount,cardBrand&limit=1')).data).toEqual([{ amount: '20.00', cardBrand: 'VISA' }]);
    expect((await query('page=2&limit=2')).pagination).toEqual({
      currentPage: 2,
      totalPages: 2,
      totalCount: 3,
      limit: 2,
      hasNextPage: false,
      hasPrevPage: true,
    });
    expect((await query('dateFrom=2024-11-25 09:30:00&dateTo=2025-11-26 09:30:00')).data).toEqual([]);
    const longer = await query('dateFrom=2024-11-25 09:29:59&dateTo=2025-11-26 09:30:00');
    expect(longer.error).toBe('dateTo: range must be at most 366 days');
    expect((await query('dateFrom=2020-01-01')).error).toBe('dateTo: range must be at most 366 days');
  });

  test('an attempt is told only to its merchant', async () => {
    expect((await query(`attemptId=${ids[0]}`)).attempt).toEqual({
      attemptId: ids[0],
      state: 'approved',
      transactionId: ids[0],
    });
    const headers = { 'x-api-key': programs.other.merchantKey };
    const asOther = await programs.call('GET', `${programs.payUrl}/transQuery?attemptId=${ids[0]}`, undefined, headers);
    expect(asOther.body).toMatchObject({ data: [], pagination: { totalCount: 0 } });
    expect(asOther.body.attempt).toBeUndefined();
  });
});

test('more than twenty wrong keys a minute are held back, a service key is not', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => post(nothing, { ...goodKeys(), 'x-api-key': 'mk_test_no' })),
  );
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  const held = await post(nothing, goodKeys());
  expect([held.status, held.body.errorCode]).toEqual([429, 'RATE_LIMITED']);
  expect((await programs.asCheckout('GET', '/charges/chg_1')).status).toBe(404);
});
