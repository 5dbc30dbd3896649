// Programs of the sandbox (contract 14.6), set and read through Pay, and what payments come to under them.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const folder = mkdtempSync(join(tmpdir(), 'ozura-sandbox-programs-'));
const APPROVED = '4242424242424242';
const DECLINED = '4000000000000002';
let programs: PaymentPrograms;

beforeAll(async () => {
  programs = await startPaymentPrograms(join(folder, 'pay.db'));
});
afterAll(async () => {
  await programs?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => programs.asCheckout('DELETE', '/sandbox/programs'));

type Json = Record<string, unknown>;

const sell = async (changes: Json = {}, number = APPROVED) => {
  const sale = saleOf(await programs.tokenize(number), changes);
  return programs.asCheckout('POST', '/cardSale', sale, { 'idempotency-key': randomUUID() });
};
const statuses = async (times: number, changes: Json = {}): Promise<number[]> => {
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) all.push((await sell(changes)).status);
  return all;
};
const inquire = async (reference: string): Promise<{ status: number; body: Json }> => {
  const query = new URLSearchParams({ reference, merchant: 'ozu_bluekettle' });
  const answer = await fetch(`${programs.sandboxUrl}/transactions?${query}`);
  return { status: answer.status, body: (await answer.json()) as Json };
};

test('each matching call takes the next step, and the last one repeats', async () => {
  const orderId = randomUUID();
  const made = await programs.program({ orderId }, ['decline:insufficient_funds', 'not_processed', 'approve']);
  expect(made.body.data).toMatchObject({ match: { orderId }, stepsTaken: 0 });
  expect(await statuses(4, { orderId })).toEqual([402, 503, 200, 200]);
  expect((await sell()).status).toBe(200);
  const { body } = await programs.asCheckout('GET', '/api/v1/sandbox/programs');
  expect(body.data).toMatchObject([
    { steps: ['decline:insufficient_funds', 'not_processed', 'approve'], stepsTaken: 4 },
  ]);
});

test('calls are matched by card, order, amount and kind; the newest program is asked first', async () => {
  await programs.program({ cardLastFour: '4242' }, ['decline:do_not_honor']);
  await programs.program({ amount: '18.95' }, ['approve']);
  expect((await sell()).status).toBe(402);
  expect((await sell({ surchargePercent: '3' })).status).toBe(200);
  expect((await sell({}, '5555555555554444')).status).toBe(200);
  await programs.program({ operation: 'refund' }, ['decline:do_not_honor']);
  const { body } = await sell({ surchargePercent: '3' });
  const refund = { merchantId: 'ozu_bluekettle', transactionId: body.data.transactionId, amount: '1' };
  expect((await programs.asCheckout('POST', '/cardRefund', refund)).status).toBe(402);
});

test('a program wins over the card, a last name over both', async () => {
  await programs.program({}, ['approve']);
  expect((await sell({}, DECLINED)).status).toBe(200);
  expect((await sell({ billingLastName: 'TEST decline:lost_card' })).status).toBe(402);
});

test.each([
  ['approve', 200, undefined],
  ['decline:limit_exceeded', 402, 'LIMIT_EXCEEDED'],
  ['not_processed', 503, 'PROCESSOR_UNAVAILABLE'],
  ['unreachable', 503, 'PROCESSOR_UNAVAILABLE'],
  ['refuse_credentials', 502, 'PROCESSOR_AUTH_FAILED'],
  ['timeout_after_accept', 504, 'PAYMENT_UNKNOWN'],
  ['timeout_before_accept', 504, 'PAYMENT_UNKNOWN'],
  ['slow:1', 200, undefined],
  ['cut_after:20', 504, 'PAYMENT_UNKNOWN'],
  ['garbage', 504, 'PAYMENT_UNKNOWN'],
  ['http_500_after_accept', 504, 'PAYMENT_UNKNOWN'],
  ['wrong_amount', 503, 'PROCESSOR_UNAVAILABLE'],
  ['wrong_currency', 503, 'PROCESSOR_UNAVAILABLE'],
  ['wrong_reference', 504, 'PAYMENT_UNKNOWN'],
  ['duplicate_answer', 504, 'PAYMENT_UNKNOWN'],
  ['review', 504, 'PAYMENT_UNKNOWN'],
  ['cvv:N', 402, 'INVALID_CVV'],
  ['avs:N', 402, 'AVS_MISMATCH'],
  ['settled', 200, undefined],
  ['not_settled', 200, undefined],
])('the step %s ends in %i %s', async (step, status, errorCode) => {
  await programs.program({}, [step]);
  const answer = await sell();
  expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
});

test('what is under review is decided by the next step', async () => {
  const orderId = randomUUID();
  const { body } = await sell({ orderId }, '5163613613613613');
  expect(body.errorCode).toBe('PAYMENT_UNKNOWN');
  expect((await inquire(body.attemptId)).body).toMatchObject({ transaction: { status: 'review' } });
  await programs.program({ orderId }, ['decline:do_not_honor']);
  await programs.age(5_000);
  const state = async () => (await programs.asMerchant(`/transQuery?attemptId=${body.attemptId}`)).body.attempt.state;
  await expect.poll(state).toBe('declined');
});

test('a booking may be late in inquiries', async () => {
  await programs.program({}, ['timeout_after_accept'], { inquiryLagSeconds: 600 });
  const { body } = await sell();
  expect((await inquire(body.attemptId)).body).toEqual({ found: false });
  expect((await programs.journal()).filter(({ reference }) => reference === body.attemptId)).toHaveLength(1);
});

test('a processor of class 3 knows no references, one of class 1 books each only once', async () => {
  await programs.program({}, ['approve'], { processorClass: 3 });
  const sold = (await sell()).body.data.transactionId;
  expect((await inquire(sold)).status).toBe(501);
  await programs.program({}, ['approve'], { processorClass: 1 });
  expect((await inquire(sold)).body).toMatchObject({ found: true });
  const reference = `R${randomUUID()}`;
  const card = { number: APPROVED, cvc: '123' };
  const sale = { reference, merchant: 'ozu_bluekettle', amount: 5, currency: 'USD', card };
  const send = () => programs.call('POST', `${programs.sandboxUrl}/sales`, sale, {});
  expect((await send()).body).toEqual((await send()).body);
  expect((await programs.journal()).filter((one) => one.reference === reference)).toHaveLength(1);
});

test('the journal tells what was booked, in amounts of its currency', async () => {
  const before = (await programs.journal()).length;
  const { transactionId } = (await sell({ orderId: 'cups-1' })).body.data;
  const [entry, ...rest] = (await programs.journal()).slice(before);
  expect(rest).toEqual([]);
  expect(entry).toMatchObject({
    kind: 'sale',
    reference: transactionId,
    status: 'approved',
    amount: '18.40',
    currency: 'USD',
    orderId: 'cups-1',
    cardLastFour: '4242',
    voided: false,
    refundedAmount: '0.00',
    settled: false,
    bookedAt: expect.stringMatching(/Z$/),
  });
  const { body } = await programs.asCheckout('GET', `/sandbox/journal?limit=1&after=${before}`);
  expect(body.data).toHaveLength(1);
});

test('bad programs are refused with the field named, and others have programs of their own', async () => {
  const bad = async (body: Json) => {
    const headers = { 'x-api-key': programs.merchant.merchantKey };
    const answer = await programs.call('POST', `${programs.payUrl}/sandbox/programs`, body, headers);
    return [answer.status, answer.body.error, answer.body.details];
  };
  const { merchantId } = programs.merchant;
  expect(await bad({ merchantId, match: {}, steps: ['4242424242424242', 'explode'] })).toEqual([
    400,
    'Validation failed',
    ['steps[0]: unknown step …', 'steps[1]: unknown step explode'],
  ]);
  expect(await bad({ merchantId, match: { cardLastFour: '42' }, steps: [], processorClass: 4 })).toEqual([
    400,
    'Validation failed',
    [
      'match.cardLastFour: must be 4 digits',
      'steps: must have 1-100 entries',
      'processorClass: must be between 1 and 3',
    ],
  ]);
  expect(await bad({ match: {}, steps: ['approve'] })).toEqual([400, 'merchantId: is required', undefined]);
  expect((await bad({ merchantId: 'ozu_other', match: {}, steps: ['approve'] }))[0]).toBe(401);
  const { body } = await programs.asCheckout('POST', '/sandbox/programs', { merchantId, steps: ['approve'] });
  expect(body.data).toMatchObject({ match: {} });
  const theirs = { 'x-api-key': programs.other.merchantKey };
  const listed = await programs.call('GET', `${programs.payUrl}/sandbox/programs`, undefined, theirs);
  expect(listed.body.data).toEqual([]);
  const deleted = await programs.asCheckout('DELETE', '/sandbox/programs');
  expect(deleted.body).toEqual({ success: true, data: { deleted: 1 } });
});
