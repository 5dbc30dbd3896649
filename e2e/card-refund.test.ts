// Refunds and voids through real programs (contract 8.4), with Pay's ledger on each engine.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { eventTypes, refundsOf, salesOutOfBalance, untilAllAsked } from './pay-ledger.ts';
import { type Answer, type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const minuteMs = 60_000;
const id = expect.stringMatching(/^[0-9]{6}[0-9A-HJKMNP-TV-Z]{20}$/);
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

interface RefundAnswer {
  readonly transactionId: string;
  readonly amount: string;
  readonly surchargeAmount?: string;
  readonly remainingAmount: string;
  readonly transactionType: string;
}

forEachEngine((_engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  const merchantId = 'ozu_bluekettle';
  type Body = Record<string, unknown>;
  const refund = (transactionId: string, changes: Body = {}, headers: Record<string, string> = {}) =>
    programs.asCheckout('POST', '/cardRefund', { merchantId, transactionId, ...changes }, headers);
  const undo = (transactionId: string, headers: Record<string, string> = {}) =>
    programs.asCheckout('POST', '/api/v1/cardVoid', { merchantId, transactionId }, headers);
  const refunded = ({ body }: Answer) => body.data as unknown as RefundAnswer;

  /** 25.00 and a surcharge of 0.75 (golden vector G3), under an order of its own. */
  const sell = async (changes: Body = {}) => {
    const orderId = randomUUID();
    const card = await programs.tokenize('4242424242424242');
    const sale = saleOf(card, { amount: '25.00', surchargePercent: '3.00', orderId, ...changes });
    const { status, body } = await programs.asCheckout('POST', '/cardSale', sale, { 'idempotency-key': randomUUID() });
    expect(status).toBe(200);
    return { saleId: body.data.transactionId, orderId };
  };
  const sellSettled = async () => {
    const orderId = randomUUID();
    await programs.program({ orderId, operation: 'sale' }, ['settled']);
    return sell({ orderId }).then(({ saleId }) => ({ saleId, orderId }));
  };
  /** Programs the refunds and voids of an order. */
  const tell = (orderId: string, ...steps: string[]) => programs.program({ orderId }, steps);
  const booked = async (reference: string) => (await programs.journal()).filter((one) => one.reference === reference);
  const rowsOf = async (orderId: string) =>
    (await programs.asMerchant(`/transQuery?orderId=${orderId}&sortOrder=asc`)).body.data;
  const stateOf = async (attemptId: string) =>
    (await programs.asMerchant(`/transQuery?attemptId=${attemptId}`)).body.attempt;

  describe('a refund', () => {
    test('of a part is a return, with its part of the surcharge; the last one returns the rest', async () => {
      const { saleId, orderId } = await sell();
      const first = await refund(saleId, { amount: '10.00', reason: 'one cup was broken' });
      expect(first.status).toBe(200);
      expect(first.body).toEqual({
        success: true,
        data: {
          transactionId: id,
          originalTransactionId: saleId,
          amount: '10.00',
          currency: 'USD',
          surchargeAmount: '0.29',
          transDate: moment,
          transactionType: 'CreditCardReturn',
          status: 'approved',
          remainingAmount: '15.75',
        },
      });
      expect(await booked(refunded(first).transactionId)).toMatchObject([{ kind: 'refund', amount: '10.00' }]);
      expect(await eventTypes(programs.ledger, refunded(first).transactionId)).toEqual(['refund.succeeded']);
      const rest = await refund(saleId);
      expect(refunded(rest)).toMatchObject({ amount: '15.75', surchargeAmount: '0.46', remainingAmount: '0.00' });
      const more = await refund(saleId, { amount: 0.01 });
      expect([more.status, more.body.errorCode]).toEqual([409, 'REFUND_EXCEEDS_BALANCE']);
      const [sale, ...returns] = await rowsOf(orderId);
      expect(sale).toMatchObject({ transactionType: 'CreditCardSale', status: 'approved', refundedAmount: '25.75' });
      expect(returns).toMatchObject([
        {
          transactionType: 'CreditCardReturn',
          originalTransactionId: saleId,
          amount: '10.00',
          surchargeAmount: '0.29',
          status: 'approved',
          cardLastFour: '4242',
          firstName: 'Ines',
          orderId,
        },
        { amount: '15.75', surchargeAmount: '0.46' },
      ]);
      for (const row of returns) expect(row).not.toHaveProperty('authCode');
    });

    test('of a whole sale that is not settled is a void', async () => {
      const { saleId, orderId } = await sell();
      const answer = await refund(saleId);
      expect(refunded(answer)).toMatchObject({
        transactionType: 'CreditCardVoid',
        amount: '25.75',
        remainingAmount: '0.00',
      });
      expect(await eventTypes(programs.ledger, refunded(answer).transactionId)).toEqual([
        'payment.voided',
        'refund.succeeded',
      ]);
      expect((await booked(saleId))[0]).toMatchObject({ voided: true });
      expect((await rowsOf(orderId)).map((row) => row.transactionType)).toEqual(['CreditCardSale', 'CreditCardVoid']);
      expect((await refund(saleId)).body.errorCode).toBe('REFUND_EXCEEDS_BALANCE');
      const voided = await undo(saleId);
      expect([voided.status, refunded(voided).transactionId]).toEqual([200, refunded(answer).transactionId]);
    });

    test('of a whole sale that is settled is a return', async () => {
      const { saleId } = await sellSettled();
      const answer = await refund(saleId, { amount: '25.75' });
      expect(refunded(answer)).toMatchObject({ transactionType: 'CreditCardReturn', surchargeAmount: '0.75' });
      expect(await refundsOf(programs.ledger, saleId)).toMatchObject([
        { means: 'void', state: 'REFUSED' },
        { means: 'refund', state: 'APPROVED', amountMinor: 2575 },
      ]);
      expect((await booked(saleId))[0]).toMatchObject({ voided: false });
    });

    test('a part of what is not settled is refused where the processor does not do it', async () => {
      const { saleId, orderId } = await sell();
      await tell(orderId, 'not_settled', 'approve');
      const headers = { 'idempotency-key': randomUUID() };
      const early = await refund(saleId, { amount: '1' }, headers);
      expect([early.status, early.body.errorCode, early.body.error]).toEqual([
        409,
        'NOT_SETTLED',
        'This transaction is not settled yet',
      ]);
      // The same call may come again later; under its key still only this one.
      expect((await refund(saleId, { amount: '2' }, headers)).body.errorCode).toBe('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
      const later = await refund(saleId, { amount: '1' }, headers);
      expect(refunded(later).remainingAmount).toBe('24.75');
      expect((await refund(saleId, { amount: '1' }, headers)).body).toEqual(later.body);
      expect(await refundsOf(programs.ledger, saleId)).toMatchObject([{ state: 'REFUSED' }, { state: 'APPROVED' }]);
    });

    test('is told why not', async () => {
      const { saleId } = await sell();
      const declined = await programs.sell(saleOf(await programs.tokenize('4000000000000002')));
      const returned = refunded(await refund(saleId, { amount: '1' })).transactionId;
      const tries: [Body, number, string, string?][] = [
        [{ transactionId: 'nothing' }, 404, 'TRANSACTION_NOT_FOUND'],
        [{ transactionId: declined.body.attemptId }, 409, 'NOT_REFUNDABLE'],
        [{ transactionId: returned }, 409, 'NOT_REFUNDABLE'],
        [{ amount: '24.76' }, 409, 'REFUND_EXCEEDS_BALANCE'],
        [{ amount: '1.005' }, 400, 'VALIDATION_FAILED', 'amount: USD allows at most 2 decimals'],
        [{ amount: '0.00' }, 400, 'VALIDATION_FAILED', 'amount: must be greater than 0'],
        [{ amount: '-1' }, 400, 'VALIDATION_FAILED', 'amount: must be a decimal number such as "25.00"'],
        [{ currency: 'EUR' }, 400, 'VALIDATION_FAILED', 'currency: must be USD, the currency of the sale'],
        [{ reason: 'x'.repeat(256) }, 400, 'VALIDATION_FAILED', 'reason: must be at most 255 characters'],
        [{ transactionId: null }, 400, 'VALIDATION_FAILED', 'transactionId: is required'],
        [{ merchantId: 'ozu_other' }, 401, 'MERCHANT_MISMATCH'],
      ];
      for (const [changes, status, errorCode, error] of tries) {
        const answer = await refund(saleId, changes);
        expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
        if (error !== undefined) expect(answer.body.error).toBe(error);
      }
      expect(await refundsOf(programs.ledger, saleId)).toHaveLength(1);
    });

    test('of another merchant does not exist', async () => {
      const { saleId } = await sell();
      const { merchantKey } = programs.other;
      for (const path of ['/cardRefund', '/cardVoid']) {
        const body = { merchantId: 'ozu_other', transactionId: saleId };
        const answer = await programs.call('POST', programs.payUrl + path, body, { 'x-api-key': merchantKey });
        expect([answer.status, answer.body.errorCode]).toEqual([404, 'TRANSACTION_NOT_FOUND']);
      }
    });

    test('of fifty at once no more are accepted than the sale is worth', async () => {
      const { saleId } = await sell();
      const answers = await Promise.all(Array.from({ length: 50 }, () => refund(saleId, { amount: '1.00' })));
      const codes = answers.map(({ status, body }) => (status === 200 ? 'refunded' : body.errorCode));
      expect(codes.filter((code) => code === 'refunded')).toHaveLength(25);
      expect(new Set(codes)).toEqual(new Set(['refunded', 'REFUND_EXCEEDS_BALANCE']));
      const sale = (await booked(saleId))[0];
      const standing = (await programs.journal()).filter((one) => one.originalTransactionId === sale?.transactionId);
      expect(standing).toHaveLength(25);
    });

    test('the processor may decline it, and then nothing is refunded', async () => {
      const { saleId, orderId } = await sell();
      await tell(orderId, 'decline:insufficient_funds');
      const answer = await refund(saleId, { amount: '1' });
      expect([answer.status, answer.body.errorCode]).toEqual([402, 'INSUFFICIENT_FUNDS']);
      expect(await stateOf(answer.body.attemptId)).toMatchObject({
        state: 'declined',
        errorCode: 'INSUFFICIENT_FUNDS',
      });
      expect(await eventTypes(programs.ledger, answer.body.attemptId)).toEqual(['refund.failed']);
      expect((await rowsOf(orderId))[0]).not.toHaveProperty('refundedAmount');
    });

    test('without an Idempotency-Key two calls are two refunds; with one they are the same', async () => {
      const { saleId } = await sell();
      const headers = { 'idempotency-key': randomUUID() };
      const first = await refund(saleId, { amount: '2' }, headers);
      const again = await refund(saleId, { amount: 2.0, reason: '' }, headers);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.body).toEqual(first.body);
      const other = await refund(saleId, { amount: '3' }, headers);
      expect([other.status, other.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']);
      // The key comes before the sale: it is taken, whatever else is wrong.
      for (const other of [(await sell()).saleId, 'nothing']) {
        expect((await refund(other, { amount: '2' }, headers)).body.errorCode).toBe('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
      }
      await refund(saleId, { amount: '2' });
      await refund(saleId, { amount: '2' });
      expect(await refundsOf(programs.ledger, saleId)).toHaveLength(3);
      const many = { 'idempotency-key': randomUUID() };
      const answers = await Promise.all(Array.from({ length: 20 }, () => refund(saleId, { amount: '1' }, many)));
      expect(await refundsOf(programs.ledger, saleId)).toHaveLength(4);
      // The others hear of the key, though the first has left nothing for a refund of their own.
      const { saleId: whole } = await sell();
      const all = await Promise.all(
        Array.from({ length: 20 }, () => refund(whole, {}, { 'idempotency-key': 'whole' })),
      );
      expect(all.map(({ status }) => status)).toContain(200);
      for (const { status, body } of [...answers, ...all]) {
        if (status !== 200) expect(body.errorCode).toBe('IDEMPOTENCY_KEY_IN_PROGRESS');
      }
    });
  });

  describe('a void', () => {
    test('undoes a whole sale, and a second call answers the same', async () => {
      const { saleId, orderId } = await sell();
      const first = await undo(saleId);
      expect(first.body).toEqual({
        success: true,
        data: {
          transactionId: id,
          originalTransactionId: saleId,
          amount: '25.75',
          currency: 'USD',
          transDate: moment,
          transactionType: 'CreditCardVoid',
        },
      });
      expect((await undo(saleId)).body).toEqual(first.body);
      expect((await undo(saleId, { 'idempotency-key': 'again' })).body).toEqual(first.body);
      expect(await booked(refunded(first).transactionId)).toMatchObject([{ kind: 'void', amount: '25.75' }]);
      expect(await eventTypes(programs.ledger, refunded(first).transactionId)).toEqual(['payment.voided']);
      expect((await rowsOf(orderId))[1]).toMatchObject({ transactionType: 'CreditCardVoid', surchargeAmount: '0.75' });
      const late = await refund(saleId, { amount: '1' });
      expect([late.status, late.body.errorCode]).toEqual([409, 'NOT_REFUNDABLE']);
    });

    test('that stands already takes each further key with its answer', async () => {
      const { saleId } = await sell();
      const first = await undo(saleId, { 'idempotency-key': randomUUID() });
      const headers = { 'idempotency-key': randomUUID() };
      expect((await undo(saleId, headers)).body).toEqual(first.body);
      const again = await undo(saleId, headers);
      expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', first.body]);
      for (const other of [(await sell()).saleId, 'nothing']) {
        const refused = await undo(other, headers);
        expect([refused.status, refused.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']);
      }
      expect(await refundsOf(programs.ledger, saleId)).toHaveLength(1);
    });

    test('that did not happen leaves the keys that joined it free for one that does', async () => {
      const { saleId, orderId } = await sell();
      await tell(orderId, 'timeout_before_accept');
      expect((await undo(saleId, { 'idempotency-key': randomUUID() })).status).toBe(504);
      const headers = { 'idempotency-key': randomUUID() };
      expect((await undo(saleId, headers)).body.errorCode).toBe('PAYMENT_UNKNOWN');
      expect((await undo((await sell()).saleId, headers)).body.errorCode).toBe('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
      await programs.asCheckout('POST', '/sandbox/settlements');
      await tell(orderId, 'approve');
      await programs.age(30_000);
      await expect.poll(async () => (await undo(saleId, headers)).body.errorCode).toBe('ALREADY_SETTLED');
    });

    test('counts once under its key, whatever became of it', async () => {
      const { saleId, orderId } = await sell();
      const headers = { 'idempotency-key': randomUUID() };
      await tell(orderId, 'timeout_after_accept');
      const lost = await undo(saleId, headers);
      expect([lost.status, lost.body.retryable]).toEqual([504, 'same-key']);
      expect((await undo(saleId, headers)).body.attemptId).toBe(lost.body.attemptId);
      for (const other of [(await sell()).saleId, 'nothing']) {
        expect((await undo(other, headers)).body.errorCode).toBe('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
      }
      await programs.age(30_000);
      await expect.poll(async () => (await undo(saleId, headers)).status).toBe(200);
      const told = await undo(saleId, headers);
      expect([told.headers.get('idempotent-replayed'), refunded(told).transactionId]).toEqual([
        'true',
        lost.body.attemptId,
      ]);
      // A key belongs to its operation: under the same one a refund is another call.
      expect((await refund(saleId, {}, headers)).body.errorCode).toBe('NOT_REFUNDABLE');
    });

    test('comes too late after settlement', async () => {
      const { saleId } = await sell();
      await programs.asCheckout('POST', '/sandbox/settlements');
      for (const _time of [1, 2]) {
        const late = await undo(saleId);
        expect([late.status, late.body.errorCode, late.body.error]).toEqual([
          409,
          'ALREADY_SETTLED',
          'This transaction is already settled',
        ]);
      }
      expect(await refundsOf(programs.ledger, saleId)).toHaveLength(1);
      expect(refunded(await refund(saleId)).transactionType).toBe('CreditCardReturn');
    });

    test('is for whole sales', async () => {
      const { saleId } = await sell();
      await refund(saleId, { amount: '1' });
      expect((await undo(saleId)).body.errorCode).toBe('REFUND_EXCEEDS_BALANCE');
      expect((await undo('nothing')).body.errorCode).toBe('TRANSACTION_NOT_FOUND');
    });

    test('of ten at once one is booked', async () => {
      const { saleId } = await sell();
      const answers = await Promise.all(Array.from({ length: 10 }, () => undo(saleId)));
      for (const { status, body } of answers) {
        if (status !== 200) expect(body.errorCode).toBe('IDEMPOTENCY_KEY_IN_PROGRESS');
      }
      expect(await refundsOf(programs.ledger, saleId)).toMatchObject([{ state: 'APPROVED' }]);
    });
  });

  describe('an unknown outcome', () => {
    const settled = (attemptId: string, state: string) =>
      expect.poll(async () => (await stateOf(attemptId)).state, { interval: 100 }).toBe(state);

    test('of a refund counts as refunded until the inquiry finds it', async () => {
      const steps = ['timeout_after_accept', 'http_500_after_accept', 'garbage', 'cut_after:60', 'wrong_reference'];
      const lost = await Promise.all(steps.map(loseRefund));
      await programs.age(5_000);
      for (const { attemptId, again } of lost) {
        await settled(attemptId, 'approved');
        expect(refunded(await again())).toMatchObject({ transactionId: attemptId, remainingAmount: '5.75' });
        expect(await eventTypes(programs.ledger, attemptId)).toEqual(['refund.succeeded']);
      }
    });

    const loseRefund = async (step: string) => {
      const { saleId, orderId } = await sell();
      await tell(orderId, step, 'approve');
      const headers = { 'idempotency-key': randomUUID() };
      const again = () => refund(saleId, { amount: '20.00' }, headers);
      const lost = await again();
      expect([lost.status, lost.body.errorCode, lost.body.retryable]).toEqual([504, 'PAYMENT_UNKNOWN', 'same-key']);
      expect((await again()).body.attemptId).toBe(lost.body.attemptId);
      expect((await refund(saleId, { amount: '20.00' })).body.errorCode).toBe('REFUND_EXCEEDS_BALANCE');
      expect((await stateOf(lost.body.attemptId)).state).toBe('processing');
      return { saleId, attemptId: lost.body.attemptId, again };
    };

    test('of a void is settled by asking for it again', async () => {
      const steps = ['timeout_after_accept', 'timeout_before_accept'];
      const sales = await Promise.all(steps.map(async (step) => ({ step, ...(await sell()) })));
      for (const { saleId, orderId, step } of sales) {
        await tell(orderId, step, 'approve');
        const lost = await undo(saleId);
        expect([lost.status, lost.body.errorCode]).toEqual([504, 'PAYMENT_UNKNOWN']);
        expect((await undo(saleId)).body.attemptId).toBe(lost.body.attemptId);
      }
      await programs.age(5_000);
      for (const { saleId } of sales) {
        await expect.poll(async () => (await undo(saleId)).status, { interval: 100 }).toBe(200);
      }
    });

    test('of a void that never came is followed by a refund once the sale has settled', async () => {
      const { saleId, orderId } = await sell();
      await tell(orderId, 'timeout_before_accept', 'approve');
      const lost = await refund(saleId);
      expect(lost.status).toBe(504);
      await programs.asCheckout('POST', '/sandbox/settlements');
      await programs.age(5_000);
      await expect
        .poll(() => refundsOf(programs.ledger, saleId), { interval: 100 })
        .toMatchObject([
          { means: 'void', state: 'REFUSED' },
          { means: 'refund', state: 'APPROVED' },
        ]);
      const { attemptId } = lost.body;
      // Whoever asks by the id that the 504 named hears that the money went back.
      expect(await stateOf(attemptId)).toEqual({ attemptId, state: 'approved', transactionId: id });
      expect((await refund(saleId)).body.errorCode).toBe('REFUND_EXCEEDS_BALANCE');
    });

    test('of a refund that was never booked is proven so, and the amount is free again', async () => {
      const { saleId, attemptId, again } = await loseRefund('timeout_before_accept');
      for (const minutes of [1, 16, 60]) {
        expect((await refund(saleId, { amount: '20.00' })).body.errorCode).toBe('REFUND_EXCEEDS_BALANCE');
        await programs.age(minutes * minuteMs);
        await untilAllAsked(programs.ledger);
      }
      await settled(attemptId, 'not_processed');
      expect(await eventTypes(programs.ledger, attemptId)).toEqual(['refund.failed']);
      expect((await again()).body.errorCode).toBe('PROCESSOR_UNAVAILABLE');
      expect(refunded(await refund(saleId, { amount: '20.00' })).remainingAmount).toBe('5.75');
    });

    test('a refund over another amount stays open and goes to a person after a day', async () => {
      const { saleId, orderId } = await sell();
      await tell(orderId, 'wrong_amount');
      const wrong = await refund(saleId, { amount: '5.00' });
      expect(wrong.status).toBe(504);
      const { attemptId } = wrong.body;
      await programs.age(24 * 60 * minuteMs);
      await settled(attemptId, 'review');
      const waiting = (await programs.asOperator('GET', '/admin/reviews')).body.data as unknown as Body[];
      expect(waiting).toMatchObject([{ kind: 'refund', attemptId, amount: '5.00' }]);
      const decide = (changes: Body) =>
        programs.asOperator('POST', `/admin/reviews/${attemptId}/resolve`, {
          reason: 'the processor corrected the amount',
          evidence: 'case 4711',
          by: 'ines',
          ...changes,
        });
      expect((await decide({ outcome: 'reversed' })).body.error).toBe('outcome: a refund is never REVERSED');
      const approved = await decide({ outcome: 'approved', processorTransactionId: 'corrected-1' });
      expect(approved.body.data).toMatchObject({ attemptId, status: 'resolved' });
      expect((await stateOf(attemptId)).state).toBe('approved');
      expect(await eventTypes(programs.ledger, attemptId)).toEqual(['refund.succeeded']);
      expect((await decide({ outcome: 'declined' })).body.error).toBe('attemptId: is not in review');
    });
  });

  test('twenty refunds and voids a minute, then 429', async () => {
    const headers = { 'x-api-key': programs.merchant.merchantKey };
    const statuses: number[] = [];
    for (let times = 0; times < 21; times += 1) {
      const path = times % 2 === 0 ? '/cardRefund' : '/api/v1/cardVoid';
      const body = { merchantId, transactionId: 'nothing' };
      statuses.push((await programs.call('POST', programs.payUrl + path, body, headers)).status);
    }
    expect(statuses).toEqual([...Array(20).fill(404), 429]);
  });

  test('what is refunded of a sale is the sum of its refunds, and what the processor has given back', async () => {
    expect(await salesOutOfBalance(programs.ledger)).toEqual([]);
  });
});
