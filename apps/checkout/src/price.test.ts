// Prices through HTTP: what the page is quoted is what is charged, and nothing is charged above what was shown.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PagePay, pageCall, preparePay } from '@ozura/e2e/browserless';
import { createSession, getSession } from '@ozura/e2e/merchant';
import { standingBookings } from '@ozura/e2e/processor';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const CREDIT = '4242424242424242';
const DEBIT = '4000056655665556';
const OAKLAND = { country: 'US', state: 'CA', zip: '94607' };
const HARTFORD = { country: 'US', state: 'CT', zip: '06103' };
const rules = [{ country: 'US', state: 'CT', capPercent: '0', source: 'https://law.example/', date: '2026-03-04' }];

interface AnswerBody {
  readonly error: string;
  readonly errorCode: string;
  readonly pricing: Record<string, unknown>;
  readonly data: {
    readonly redirectUrl: string;
    readonly pricing: Record<string, unknown>;
    readonly surchargePercent: string;
    readonly paymentData: Record<string, unknown>;
  };
}

let folder: string;
let provider: Server;
/** What the tax provider answers, one after another; the last one again and again. */
let taxes: (string | 'fails')[];
let system: System;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-rules-'));
  writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules));
  provider = createServer((_request, response) => {
    const tax = taxes.length > 1 ? taxes.shift() : taxes[0];
    response.writeHead(tax === 'fails' ? 500 : 200).end(JSON.stringify({ tax }));
  });
  await once(provider.listen(0, '127.0.0.1'), 'listening');
  const { port } = provider.address() as AddressInfo;
  system = await startSystem({
    TAX_PROVIDER_URL: `http://127.0.0.1:${port}/`,
    SURCHARGE_RULES: join(folder, 'rules.json'),
  });
});
afterAll(async () => {
  await system?.stop();
  provider?.close();
  rmSync(folder, { recursive: true });
});

const prepare = async (more: Record<string, unknown> = {}, number = CREDIT): Promise<PagePay> => {
  const { sessionId } = await createSession(system.dev, { amount: '100.00', surchargePercent: 3, ...more });
  return preparePay(system.dev, sessionId, number);
};
const call = async (page: PagePay, route: string, body: object) => {
  const answer = await pageCall(system.dev, { ...page, body: { ...body } }, route);
  return { status: answer.status, body: answer.body as unknown as AnswerBody };
};
const pay = (page: PagePay, more: object) => call(page, 'pay', { ...page.body, ...more });
const quote = (page: PagePay, more: object = {}) => call(page, 'quote', { billing: OAKLAND, ...more });
const view = ({ sessionId }: PagePay) => getSession(system.dev, sessionId);
const booked = ({ sessionId }: PagePay): number[] =>
  standingBookings(system.dataDir)
    .filter((booking) => booking.sessionId === sessionId)
    .map(({ amountMinor }) => amountMinor);

describe('a payment with tax and surcharge', () => {
  test('is quoted with both, and paid with what was quoted', async () => {
    taxes = ['8.88'];
    const page = await prepare();
    const { status, body } = await quote(page);
    expect(status).toBe(200);
    expect(body.data).toEqual({
      pricing: { subtotal: 100, tax: 8.88, shipping: 0, surcharge: 3, total: 111.88, currency: 'USD' },
      surchargePercent: '3.00',
    });
    const paid = await pay(page, { expectedTotal: '111.88' });
    expect(paid.status).toBe(200);
    expect(paid.body.data.paymentData).toMatchObject({ amount: '111.88', surchargeAmount: '3.00' });
    expect(await view(page)).toMatchObject({
      amount: '100.00',
      payment: { amount: '111.88', salesTaxAmount: '8.88', surchargeAmount: '3.00' },
    });
    expect(booked(page)).toEqual([11_188]);
  });

  test('is refused when it would cost more than was shown, with the new price, and nothing is charged', async () => {
    taxes = ['8.88'];
    const page = await prepare();
    const refused = await pay(page, { expectedTotal: '103.00' });
    expect([refused.status, refused.body.errorCode]).toEqual([409, 'PRICE_CHANGED']);
    expect(refused.body.pricing).toMatchObject({ tax: 8.88, total: 111.88 });
    expect((await view(page)).status).toBe('pending');
    expect(booked(page)).toEqual([]);
  });

  test('is not charged when the tax rises between our question and the charge', async () => {
    taxes = ['1.00', '2.00'];
    const page = await prepare();
    const refused = await pay(page, { expectedTotal: '104.00' });
    expect([refused.status, refused.body.errorCode]).toEqual([409, 'PRICE_CHANGED']);
    expect(refused.body.pricing).toMatchObject({ tax: 2, total: 105 });
    expect((await pay(page, { expectedTotal: '104.00' })).body.pricing).toMatchObject({ total: 105 });
    expect((await view(page)).status).toBe('pending');
    const again = await preparePay(system.dev, page.sessionId, CREDIT);
    expect((await pay(again, { expectedTotal: '105.00' })).status).toBe(200);
    expect(booked(page)).toEqual([10_500]);
  });

  test('costs a debit card less than was shown, without asking', async () => {
    taxes = ['8.88'];
    const page = await prepare({}, DEBIT);
    expect((await quote(page, { bin: '400005' })).body.data.pricing).toMatchObject({ total: 108.88 });
    expect((await quote(page, { bin: '424242' })).body.data.pricing).toMatchObject({ total: 111.88 });
    const paid = await pay(page, { expectedTotal: '111.88' });
    expect(paid.body.data.paymentData).toMatchObject({ amount: '108.88' });
    expect(paid.body.data.paymentData).not.toHaveProperty('surchargeAmount');
    expect(booked(page)).toEqual([10_888]);
  });

  test('has no surcharge where a rule forbids it', async () => {
    taxes = ['0'];
    const page = await prepare();
    const { data } = (await quote(page, { billing: HARTFORD })).body;
    expect(data).toEqual({
      pricing: { subtotal: 100, tax: 0, shipping: 0, total: 100, currency: 'USD' },
      surchargePercent: '0.00',
    });
    const { billing } = page.body as { billing: { address: object } };
    const there = { ...billing, address: { ...billing.address, ...HARTFORD } };
    const paid = await pay(page, { billing: there, expectedTotal: '103.00' });
    expect(paid.body.data.paymentData).toMatchObject({ amount: '100.00' });
  });

  test('has no tax when it is exempt, and the provider is not asked', async () => {
    taxes = ['fails'];
    const page = await prepare({ taxExempt: true });
    expect((await quote(page)).body.data.pricing).toMatchObject({ tax: 0, total: 103 });
    expect((await pay(page, { expectedTotal: '103.00' })).status).toBe(200);
    expect((await view(page)).payment).not.toHaveProperty('salesTaxAmount');
  });

  test('waits for a tax that is not known: nothing is charged or counted, and the same page pays later', async () => {
    taxes = ['fails'];
    const page = await prepare();
    for (const { status, body } of [await quote(page), await pay(page, { expectedTotal: '111.88' })]) {
      expect([status, body.errorCode, body.error]).toEqual([503, 'TAX_UNAVAILABLE', 'Tax could not be calculated']);
    }
    expect(await view(page)).toMatchObject({ status: 'pending', paymentState: null });
    // Known when we ask, unknown when Pay charges: after C1.
    taxes = ['8.88', 'fails'];
    const late = { ...page, body: { ...page.body, attemptKey: randomUUID() } };
    expect(await pay(late, { expectedTotal: '111.88' })).toMatchObject({
      status: 503,
      body: { errorCode: 'TAX_UNAVAILABLE' },
    });
    expect(await view(page)).toMatchObject({ status: 'pending', paymentState: null });
    taxes = ['8.88'];
    const again = { ...page, body: { ...page.body, attemptKey: randomUUID() } };
    expect((await pay(again, { expectedTotal: '111.88' })).status).toBe(200);
    expect(booked(page)).toEqual([11_188]);
  });
});

describe('a donation', () => {
  const donation = (donationConfig: object): Record<string, unknown> => ({
    amount: undefined,
    checkoutMode: 'donation',
    donationConfig,
  });
  const limits = { presets: ['5', '50'], minAmount: '5', maxAmount: '500' };

  test.each([
    [limits, undefined, 'donationAmount: is required'],
    [limits, '4.99', 'donationAmount: must be between 5.00 and 500.00'],
    [limits, 500.01, 'donationAmount: must be between 5.00 and 500.00'],
    [limits, '5.001', 'donationAmount: USD allows at most 2 decimals'],
    [limits, '0', 'donationAmount: must be greater than 0'],
    [{ ...limits, allowCustomAmount: false }, '6', 'donationAmount: must be one of the offered amounts'],
  ])('of %j refuses %j in quote and pay', async (config, donationAmount, error) => {
    const page = await prepare(donation(config));
    for (const { status, body } of [
      await quote(page, { donationAmount }),
      await pay(page, { expectedTotal: '515', donationAmount }),
    ]) {
      expect([status, body.errorCode, body.error]).toEqual([400, 'VALIDATION_FAILED', error]);
    }
  });

  test('has no amount until it is given, then the donor’s, without tax and with the surcharge', async () => {
    taxes = ['fails'];
    const page = await prepare(donation({ ...limits, allowCustomAmount: true }));
    expect((await view(page)).amount).toBeNull();
    expect((await quote(page, { donationAmount: '50' })).body.data.pricing).toMatchObject({ total: 51.5, tax: 0 });
    const paid = await pay(page, { expectedTotal: '51.50', donationAmount: '50' });
    expect(paid.status).toBe(200);
    expect(new URL(paid.body.data.redirectUrl).searchParams.get('amount')).toBe('51.50');
    expect(new URL(paid.body.data.redirectUrl).searchParams.get('checkoutMode')).toBe('donation');
    const session = await view(page);
    expect(session).toMatchObject({ amount: '50.00', payment: { amount: '51.50', surchargeAmount: '1.50' } });
    expect(session.payment).not.toHaveProperty('salesTaxAmount');
    expect(booked(page)).toEqual([5_150]);
  });

  test('takes any amount within the standard limits when nothing is configured', async () => {
    const page = await prepare({ amount: undefined, checkoutMode: 'donation', surchargePercent: undefined });
    expect((await quote(page, { donationAmount: '0.99' })).body.error).toBe(
      'donationAmount: must be between 1.00 and 10000.00',
    );
    expect((await pay(page, { expectedTotal: '7.77', donationAmount: 7.77 })).status).toBe(200);
    expect(booked(page)).toEqual([777]);
  });
});
