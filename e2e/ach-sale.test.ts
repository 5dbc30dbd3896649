// Bank debits through real programs (contract 8.6): accepted, and days later paid or returned.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { ageDebits, eventTypes } from './pay-ledger.ts';
import { type Answer, type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const dayMs = 24 * 60 * 60_000;

forEachEngine((_engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  type Body = Record<string, unknown>;
  const account = (accountNumber = '000123456789') => programs.tokenizeBank(accountNumber);
  const debit = async (token: string, changes: Body = {}, headers: Record<string, string> = {}): Promise<Answer> => {
    const { ozuraCardToken: _card, ozuraCvcSession: _code, ...sale } = saleOf({ token: '', cvcSession: '' });
    const body = { ...sale, ozuraBankToken: token, ...changes };
    return programs.asCheckout('POST', '/achSale', body, headers);
  };
  const idOf = ({ body }: Answer): string => body.data.transactionId;
  const rowOf = async (transactionId: string) =>
    (await programs.asMerchant(`/api/v1/transQuery?transactionId=${transactionId}`)).body.data[0];

  test('a debit is pending, and says of the account what may be known', async () => {
    const answer = await debit(await account(), { secCode: 'PPD', orderId: 'rent-1', clientIpAddress: '203.0.113.9' });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({
      transactionType: 'AchSale',
      status: 'pending',
      amount: '18.40',
      currency: 'USD',
      routingNumber: '110000000',
      accountLastFour: '6789',
      accountType: 'checking',
      secCode: 'PPD',
      processor: 'sandbox',
      orderId: 'rent-1',
      billingState: 'CA',
    });
    for (const member of ['cardLastFour', 'cardBrand', 'avsResult', 'authCode', 'surchargeAmount']) {
      expect(answer.body.data).not.toHaveProperty(member);
    }
    const row = await rowOf(idOf(answer));
    expect(row).toMatchObject({ transactionType: 'AchSale', status: 'pending', accountLastFour: '6789' });
    expect(row).not.toHaveProperty('cardLastFour');
    expect(row).not.toHaveProperty('avsResult');
    expect(await eventTypes(programs.ledger, idOf(answer))).toEqual([]);
  });

  test('days later a debit is paid, or comes back with its code', async () => {
    const paid = await debit(await account());
    const returned = await debit(await account('10178101'));
    const late = await debit(await account('10178129'), {
      ozuraBankToken: undefined,
      ozuraVaultToken: await account('10178129'),
    });
    await ageDebits(programs.ledger, dayMs);
    await programs.asCheckout('POST', '/sandbox/settlements');
    await ageDebits(programs.ledger, 2 * dayMs);
    await expect.poll(async () => (await rowOf(idOf(late)))?.status).toBe('returned');
    expect(await rowOf(idOf(paid))).toMatchObject({ status: 'approved' });
    expect(await rowOf(idOf(returned))).toMatchObject({ status: 'returned', returnCode: 'R01' });
    expect(await eventTypes(programs.ledger, idOf(paid))).toEqual(['payment.approved']);
    expect(await eventTypes(programs.ledger, idOf(returned))).toEqual(['payment.returned']);
    const rows = (await programs.asMerchant('/transQuery?transactionType=AchReturn&sortOrder=asc')).body.data;
    expect(rows).toMatchObject([
      { originalTransactionId: idOf(returned), returnCode: 'R01', amount: '18.40', accountLastFour: '8101' },
      { originalTransactionId: idOf(late), returnCode: 'R29' },
    ]);
  });

  test('the same key debits once; without a key two calls are two debits', async () => {
    const token = await account();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await debit(token, {}, headers);
    const again = await debit(token, { secCode: 'WEB' }, headers);
    expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([200, 'true', first.body]);
    expect((await debit(token, { amount: '1' }, headers)).body.errorCode).toBe('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
    expect(idOf(await debit(token))).not.toBe(idOf(await debit(token)));
    // A card sale's keys are others.
    const card = saleOf(await programs.tokenize('4242424242424242'));
    expect((await programs.asCheckout('POST', '/cardSale', card, headers)).status).toBe(200);
  });

  test('what cannot be debited is refused with the reason', async () => {
    const token = await account();
    const { token: card } = await programs.tokenize('4242424242424242');
    const tries: [Body, number, string, string?][] = [
      [{ currency: 'EUR' }, 400, 'VALIDATION_FAILED', 'currency: must be USD'],
      [{ secCode: 'ARC' }, 400, 'VALIDATION_FAILED', 'secCode: must be one of WEB, PPD, CCD, TEL'],
      [{ ozuraBankToken: null }, 400, 'VALIDATION_FAILED', 'ozuraBankToken: is required'],
      [{ ozuraBankToken: card }, 404, 'TOKEN_NOT_FOUND'],
      [{ processor: 'elavon' }, 400, 'PROCESSOR_NOT_CONFIGURED'],
      [{ merchantId: 'ozu_other' }, 401, 'MERCHANT_MISMATCH'],
      [{ expectedTotal: '18.39' }, 409, 'PRICE_CHANGED'],
    ];
    for (const [changes, status, errorCode, error] of tries) {
      const answer = await debit(token, changes);
      expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
      if (error !== undefined) expect(answer.body.error).toBe(error);
    }
    const cardSale = saleOf({ token, cvcSession: 'cvc_x' });
    expect((await programs.asCheckout('POST', '/cardSale', cardSale)).body.errorCode).toBe('TOKEN_NOT_FOUND');
    const refund = { merchantId: 'ozu_bluekettle', transactionId: idOf(await debit(token)) };
    expect((await programs.asCheckout('POST', '/cardRefund', refund)).body.errorCode).toBe('NOT_REFUNDABLE');
  });

  test('a lost answer is found by its reference', async () => {
    const orderId = randomUUID();
    await programs.program({ orderId }, ['timeout_after_accept']);
    const lost = await debit(await account(), { orderId });
    expect([lost.status, lost.body.errorCode]).toEqual([504, 'PAYMENT_UNKNOWN']);
    await programs.age(5_000);
    await expect.poll(async () => (await rowOf(lost.body.attemptId))?.status).toBe('pending');
  });
});
