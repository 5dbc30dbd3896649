// Sales tax through real programs (contract 6.4): what Pay quotes is what it charges, and a tax that nobody knows stops
// the sale before anything is written.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newChargeId } from '@ozura/core/ids';
import { sql } from '@ozura/kit/db/handle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const CREDIT = '4242424242424242';
const DEBIT = '4000056655665556';
const inNewYork = { billingState: 'NY', billingCity: 'New York', billingZipcode: '10001-0001' };

forEachEngine((engine, _open, create) => {
  let programs: PaymentPrograms;
  let provider: Server;
  let answer: (response: ServerResponse, body: Record<string, string>) => void;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
    provider = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      answer(response, JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>);
    });
    await once(provider.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    provider?.close();
    provider?.closeAllConnections();
    await programs?.stop();
  });

  const operator = (method: string, body?: Record<string, unknown>) =>
    programs.asOperator(method, `/admin/merchants/${programs.merchant.merchantId}/tax-rows`, body);
  const setRate = (row: Record<string, unknown>) => operator('POST', { row, by: 'ines' });
  const newSale = async (changes: Record<string, unknown> = {}, number = CREDIT) =>
    saleOf(await programs.tokenize(number), { amount: '100', surchargePercent: '3.00', ...inNewYork, ...changes });
  const sell = async (changes: Record<string, unknown> = {}, number = CREDIT) => {
    const chargeId = newChargeId(randomBytes);
    const key = { 'idempotency-key': chargeId };
    const { status, body } = await programs.asCheckout('POST', '/cardSale', await newSale(changes, number), key);
    return { status, body, chargeId };
  };
  const quote = async (changes: Record<string, unknown> = {}) => {
    const billing = { country: 'US', state: 'NY', zip: '10001' };
    const asked = { amount: '100', surchargePercent: '3.00', funding: 'credit', billing, ...changes };
    const { status, body } = await programs.asCheckout('POST', '/quotes', asked);
    return { status, body: body as unknown as { data: Record<string, string>; errorCode: string; error: string } };
  };
  const chargesWritten = async (): Promise<number> =>
    (await programs.ledger.one<{ n: number }>(sql`SELECT count(*) AS n FROM charges`))?.n ?? -1;

  describe('the tax table', () => {
    test('a merchant without rows collects no tax, and says nothing of it', async () => {
      const { body } = await sell();
      expect(body.data.amount).toBe('103.00');
      expect(body.data).not.toHaveProperty('salesTaxAmount');
      expect((await quote()).body.data).toEqual({
        amount: '103.00',
        currency: 'USD',
        surchargeAmount: '3.00',
        surchargePercent: '3.00',
      });
    });

    test('the rate of the billing address is charged, and quoted before', async () => {
      await setRate({ country: 'US', ratePercent: '1' });
      await setRate({ country: 'US', state: 'NY', ratePercent: '4' });
      await setRate({ country: 'US', state: 'NY', postalPrefix: '100', ratePercent: '8.875' });
      const { status, body } = await sell({ tipAmount: '5' });
      expect(status).toBe(200);
      expect(body.data).toMatchObject({
        amount: '116.88',
        salesTaxAmount: '8.88',
        surchargeAmount: '3.00',
        tipAmount: '5.00',
      });
      const booked = (await programs.bookings()).find(({ reference }) => reference === body.data.transactionId);
      expect(booked).toMatchObject({ amount: 11_688, status: 'approved' });
      const { data } = (await programs.asMerchant(`/transQuery?transactionId=${body.data.transactionId}`)).body;
      expect(data[0]).toMatchObject({ amount: '116.88', salesTaxAmount: '8.88' });
      expect((await quote()).body.data).toMatchObject({ amount: '111.88', salesTaxAmount: '8.88' });
      const { body: debit } = await sell({}, DEBIT);
      expect(debit.data.amount).toBe((await quote({ funding: 'debit' })).body.data.amount);
      expect(debit.data.amount).toBe('108.88');
    });

    // Contract 6.6: rate, amount, percentage, place; what Pay answers.
    test.each([
      { name: 'G10', price: 'JPY 1050.00', place: 'JP  100-0001', tax: '10', surcharge: '3.00', total: '105 32 1187' },
      { name: 'G19', price: 'ISK 1999', place: 'IS  101', tax: '24', surcharge: '0', total: '480 0 2479' },
      { name: 'G20', price: 'BHD 4.715', place: 'BH  317', tax: '10', surcharge: '1.50', total: '0.472 0.071 5.258' },
      {
        name: 'G21',
        price: 'CAD 43.40',
        place: 'CA ON K1A0B1',
        tax: '13',
        surcharge: '1.50',
        total: '5.64 0.65 49.69',
      },
    ])('golden vector $name is quoted as written', async ({ price, place, tax, surcharge, total }) => {
      const [currency, amount] = price.split(' ');
      const [country, state, zip] = place.split(' ');
      await setRate({ country, ratePercent: tax });
      const asked = { currency, amount, surchargePercent: surcharge, billing: { country, state, zip } };
      const { data } = (await quote(asked)).body;
      expect([data.salesTaxAmount, data.surchargeAmount ?? '0', data.amount].join(' ')).toBe(total);
    });

    test('an exempt sale has no tax line, a place without a row has one of nothing', async () => {
      const exempt = (await sell({ salesTaxExempt: true })).body.data;
      expect(exempt.amount).toBe('103.00');
      expect(exempt).not.toHaveProperty('salesTaxAmount');
      const { data } = (await quote({ billing: { country: 'FR', state: '', zip: '75001' } })).body;
      expect(data).toMatchObject({ amount: '103.00', salesTaxAmount: '0.00' });
    });

    test('a total above the expected one is refused before anything is written', async () => {
      const before = await chargesWritten();
      const { status, body } = await sell({ expectedTotal: '111.87' });
      expect([status, body.errorCode]).toEqual([409, 'PRICE_CHANGED']);
      expect(await chargesWritten()).toBe(before);
      expect((await sell({ expectedTotal: '111.88' })).status).toBe(200);
    });
  });

  test('a large table is put in place of the old one, and a place that is there twice changes nothing', async () => {
    const zips = Array.from({ length: 1_200 }, (_none, i) => String(10_001 + i));
    const rows = zips.map((postalPrefix) => ({ country: 'US', state: 'NY', postalPrefix, ratePercent: '4.5' }));
    const replaced = await operator('PUT', { rows, by: 'ines' });
    expect([replaced.status, replaced.body.data.length]).toEqual([200, 1_200]);
    expect((await quote()).body.data.salesTaxAmount).toBe('4.50');
    const twice = [...rows.slice(0, 2), { ...rows[0], state: 'New York', ratePercent: '9' }];
    const refused = await operator('PUT', { rows: twice, by: 'ines' });
    expect([refused.status, refused.body.error]).toEqual([400, 'rows[2]: US/NY/10001 is there twice']);
    expect((await operator('GET')).body.data.length).toBe(1_200);
  });

  describe('a tax provider over HTTP', () => {
    beforeAll(async () => {
      const { port } = provider.address() as AddressInfo;
      await programs.restartPay({ taxProviderUrl: `http://127.0.0.1:${port}/tax` });
    });

    test('is asked with the base and the place, and its tax is charged', async () => {
      const asked: Record<string, string>[] = [];
      answer = (response, body) => {
        asked.push(body);
        response.end('{"tax":"4.50"}');
      };
      expect((await sell({}, DEBIT)).body.data).toMatchObject({ amount: '104.50', salesTaxAmount: '4.50' });
      expect(asked).toEqual([
        {
          merchantId: programs.merchant.merchantId,
          currency: 'USD',
          amount: '100.00',
          country: 'US',
          state: 'NY',
          postalCode: '10001-0001',
        },
      ]);
    });

    const troubles: Record<string, typeof answer> = {
      'a server error': (response) => response.writeHead(500).end('{"tax":"4.50"}'),
      'no JSON': (response) => response.end('<html>'),
      'no tax': (response) => response.end('{}'),
      'a negative tax': (response) => response.end('{"tax":"-1"}'),
      'more tax than price': (response) => response.end('{"tax":"100.01"}'),
      'a broken connection': (response) => response.destroy(),
      // Four seconds each: one engine is enough.
      ...(engine === 'sqlite' ? { 'no answer within three seconds': () => undefined } : {}),
    };

    test.each(Object.entries(troubles))('%s stops quote and sale, and nothing is written', async (_name, trouble) => {
      answer = trouble;
      const before = await chargesWritten();
      const [sale, quoted] = await Promise.all([sell(), quote()]);
      for (const { status, body } of [sale, quoted]) {
        expect([status, body.errorCode, body.error]).toEqual([503, 'TAX_UNAVAILABLE', 'Tax could not be calculated']);
      }
      expect(await chargesWritten()).toBe(before);
    });

    test('the same call succeeds once the tax is known again', async () => {
      const sale = await newSale();
      const key = { 'idempotency-key': newChargeId(randomBytes) };
      answer = troubles['a server error'] as typeof answer;
      expect((await programs.asCheckout('POST', '/cardSale', sale, key)).status).toBe(503);
      answer = (response) => response.end('{"tax":"4.50"}');
      expect((await programs.asCheckout('POST', '/cardSale', sale, key)).status).toBe(200);
    });
  });

  test('quotes are for Checkout alone', async () => {
    const { merchant, payUrl } = programs;
    const keys = { 'x-api-key': merchant.merchantKey, 'vault-api-key': merchant.vaultKey };
    const { status } = await programs.call('POST', `${payUrl}/quotes`, { amount: '1' }, keys);
    expect(status).toBe(401);
  });
});
