// Card sales through real programs: Pay, the Vault's proxy and the sandbox processor (contract 8 and 12), with Pay's
// ledger on each engine.
import { randomBytes, randomUUID } from 'node:crypto';
import { newChargeId } from '@ozura/core/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { approvedReferences, attemptStates, eventTypes, untilAllAsked } from './pay-ledger.ts';
import { type Answer, type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const firstInquiryMs = 5_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

forEachEngine((engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  /** As Checkout sells: its charge id is the key, and no rate limit counts it. */
  const sell = async (number: string, changes: Record<string, unknown> = {}, chargeId = newChargeId(randomBytes)) => {
    const sale = saleOf(await programs.tokenize(number), changes);
    return { ...(await sendSale(sale, chargeId)), chargeId, sale };
  };
  const sendSale = (sale: Record<string, unknown>, chargeId: string): Promise<Answer> =>
    programs.asCheckout('POST', '/cardSale', sale, { 'idempotency-key': chargeId });
  const charge = async (chargeId: string) => (await programs.asCheckout('GET', `/charges/${chargeId}`)).body.data;
  const bookingsOf = async (reference: string) =>
    (await programs.bookings()).filter((one) => one.reference === reference);
  const standing = async () =>
    (await programs.bookings())
      .filter(({ status, voided }) => status === 'approved' && !voided)
      .map((one) => one.reference);

  /** Until the charge is in `state`. */
  const settled = async (chargeId: string, state: string, withinMs = 30_000) => {
    const until = Date.now() + withinMs;
    for (;;) {
      const now = await charge(chargeId);
      if (now.state === state) return now;
      if (Date.now() > until) throw new Error(`the charge is ${now.state}, not ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  describe('sales that come together', () => {
    test('each is told its own outcome, whatever the tokens of the others are', async () => {
      const cards = await Promise.all(Array.from({ length: 8 }, () => programs.tokenize('5555555555554444')));
      const visa = saleOf(await programs.tokenize('4242424242424242'), {});
      const strange = { ...visa, ozuraCardToken: 'x'.repeat(101) };
      const foreign = { ...visa, ozuraCardToken: `tok_${'0'.repeat(30)}` };
      const sales = [visa, strange, ...cards.map((card) => saleOf(card, {})), foreign];
      const answers = await Promise.all(sales.map((sale) => sendSale(sale, newChargeId(randomBytes))));
      const codes = answers.map(({ body }) => body.errorCode ?? body.data.cardBrand);
      expect(codes).toEqual(['VISA', 'TOKEN_NOT_FOUND', ...cards.map(() => 'MASTERCARD'), 'TOKEN_NOT_FOUND']);
    });
  });

  describe('an approved sale', () => {
    test('answers what was charged, with what, and to whom', async () => {
      const { token, cvcSession } = await programs.tokenize('4242424242424242');
      const sale = saleOf(
        { token, cvcSession },
        { amount: '18.40', surchargePercent: '3.00', tipAmount: '1', orderId: 'o-1' },
      );
      const answer = await programs.sell({ ...sale, clientIpAddress: '203.0.113.9' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('idempotent-replayed')).toBeNull();
      expect(answer.body).toEqual({
        success: true,
        data: {
          transactionId: expect.stringMatching(/^[0-9]{6}[0-9A-HJKMNP-TV-Z]{20}$/),
          amount: '19.95',
          currency: 'USD',
          surchargeAmount: '0.55',
          tipAmount: '1.00',
          cardLastFour: '4242',
          cardBin: '424242',
          cardExpMonth: '11',
          cardExpYear: '39',
          cardBrand: 'VISA',
          isCreditCard: true,
          transDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          ozuraMerchantId: 'ozu_bluekettle',
          clientIpAddress: '203.0.113.9',
          billingFirstName: 'Ines',
          billingLastName: 'Duarte',
          billingEmail: 'ines@example.com',
          billingPhone: '+14155550134',
          billingAddress1: '9 Pier Road',
          billingCity: 'Oakland',
          billingState: 'CA',
          billingZipcode: '94607',
          billingCountry: 'US',
          processor: 'sandbox',
          processorTransactionId: expect.stringMatching(/^sbx-/),
          authCode: expect.stringMatching(/^\d{6}$/),
          avsResult: 'Y',
          cvvResult: 'M',
          orderId: 'o-1',
        },
      });
      const [booking] = await bookingsOf(answer.body.data.transactionId);
      expect(booking).toMatchObject({ amount: 1995, currency: 'USD', status: 'approved' });
      expect(await eventTypes(programs.ledger, answer.body.data.transactionId)).toEqual(['payment.approved']);
    });

    test.each([
      ['4000056655665556', { isCreditCard: false }],
      ['5105105105105100', { isCreditCard: false, cardBrand: 'MASTERCARD' }],
      ['6555900000604105', { cardBrand: 'DISCOVER' }],
    ])('a card that is not known to be credit bears no surcharge: %s', async (number, facts) => {
      const { body } = await sell(number, { surchargePercent: '3.00' });
      expect(body.data).toMatchObject({ amount: '18.40', ...facts });
      expect('surchargeAmount' in body.data).toBe(false);
      expect('isCreditCard' in body.data).toBe('isCreditCard' in facts);
    });

    test.each([
      ['378282246310005', '7', 'JPY', 7],
      ['36227206271667', '1.234', 'KWD', 1234],
      ['6205500000000000004', 25, 'USD', 2500],
    ])('%s pays %s %s', async (number, amount, currency, minor) => {
      const { status, body } = await sell(number, { amount, currency });
      expect(status).toBe(200);
      expect(await bookingsOf(body.data.transactionId)).toMatchObject([{ amount: minor, currency }]);
    });
  });

  describe('a sale that is not paid', () => {
    test.each([
      {
        number: '4000000000000002',
        errorCode: 'CARD_DECLINED',
        declineCode: 'generic_decline',
        processorCode: '05',
        advice: 'other_card',
      },
      {
        number: '4000000000009995',
        errorCode: 'INSUFFICIENT_FUNDS',
        declineCode: 'insufficient_funds',
        processorCode: '51',
        advice: 'retry_later',
      },
      {
        number: '4000000000006975',
        errorCode: 'LIMIT_EXCEEDED',
        declineCode: 'limit_exceeded',
        processorCode: '61',
        advice: 'retry_later',
      },
      {
        number: '4000000000009987',
        errorCode: 'CARD_DECLINED',
        declineCode: 'lost_card',
        processorCode: '41',
        advice: 'never',
      },
      {
        number: '4000000000009979',
        errorCode: 'CARD_DECLINED',
        declineCode: 'stolen_card',
        processorCode: '43',
        advice: 'never',
      },
      {
        number: '4100000000000019',
        errorCode: 'CARD_DECLINED',
        declineCode: 'fraudulent',
        processorCode: '59',
        advice: 'never',
      },
      {
        number: '4000000000000069',
        errorCode: 'EXPIRED_CARD',
        declineCode: 'expired_card',
        processorCode: '54',
        advice: 'fix_data',
      },
      {
        number: '4000000000000127',
        errorCode: 'INVALID_CVV',
        declineCode: 'invalid_cvv',
        processorCode: 'N7',
        advice: 'fix_data',
      },
      {
        number: '4000002760003184',
        errorCode: 'AUTHENTICATION_REQUIRED',
        declineCode: 'authentication_required',
        processorCode: '1A',
        advice: 'other_card',
      },
    ])('$number is declined with $errorCode, $declineCode', async ({ number, errorCode, ...facts }) => {
      const { status, body, chargeId } = await sell(number);
      expect([status, body.errorCode]).toEqual([402, errorCode]);
      expect(body).toMatchObject({ success: false, ...facts });
      expect(await charge(chargeId)).toMatchObject({ state: 'declined', failure: { errorCode, ...facts } });
      expect(await eventTypes(programs.ledger, body.attemptId)).toEqual(['payment.declined']);
    });

    test.each([
      ['4000000000000101', 'INVALID_CVV'],
      ['4000000000000010', 'AVS_MISMATCH'],
      ['4000000000000036', 'AVS_MISMATCH'],
    ])('%s is approved, undone at once and answered %s', async (number, errorCode) => {
      const { status, body, chargeId } = await sell(number);
      expect([status, body.errorCode]).toEqual([402, errorCode]);
      expect(await bookingsOf(body.attemptId)).toMatchObject([{ status: 'approved', voided: true }]);
      expect(await charge(chargeId)).toMatchObject({ state: 'reversed', failure: { errorCode } });
      const { body: listed } = await programs.asMerchant(`/transQuery?attemptId=${body.attemptId}`);
      expect(listed.data).toMatchObject([
        { transactionType: 'CreditCardReversal', originalTransactionId: body.attemptId },
      ]);
      expect(listed.attempt).toEqual({ attemptId: body.attemptId, state: 'declined', errorCode });
    });

    test('an address of which only the postal code matches is accepted', async () => {
      expect((await sell('4000000000000028')).body.data.avsResult).toBe('Z');
    });

    test.each(['4000000000000119', '3528000700000000'])('%s was provably not processed: 503', async (number) => {
      const { status, body, chargeId } = await sell(number);
      expect([status, body.errorCode]).toEqual([503, 'PROCESSOR_UNAVAILABLE']);
      expect((await charge(chargeId)).state).toBe('refused');
      expect(await bookingsOf(body.attemptId)).toEqual([]);
    });

    test('refused credentials of the merchant are told as such', async () => {
      const { status, body } = await sell('4242424242424242', { billingLastName: 'TEST refuse_credentials' });
      expect([status, body.errorCode]).toEqual([502, 'PROCESSOR_AUTH_FAILED']);
    });

    test('a CVC session that the Vault does not have any more ends the charge without a send', async () => {
      const { token } = await programs.tokenize('4242424242424242');
      // Any text may be asked about.
      for (const cvcSession of [32, 188].map((bytes) => `cvc_${randomBytes(bytes).toString('base64url')}`)) {
        const chargeId = newChargeId(randomBytes);
        const answer = await sendSale(saleOf({ token, cvcSession }), chargeId);
        expect([answer.status, answer.body.errorCode]).toEqual([400, 'CVC_SESSION_EXPIRED']);
        expect(await charge(chargeId)).toMatchObject({
          state: 'refused',
          failure: { errorCode: 'CVC_SESSION_EXPIRED' },
        });
      }
    });

    test('an unknown token, a changed price and a processor that is not configured leave no trace', async () => {
      const card = await programs.tokenize('4242424242424242');
      const tries = [
        [404, 'TOKEN_NOT_FOUND', { ozuraCardToken: 'tok_nothing' }],
        [409, 'PRICE_CHANGED', { surchargePercent: '3.00', expectedTotal: '18.94' }],
        [400, 'PROCESSOR_NOT_CONFIGURED', { processor: 'nuvei' }],
        [401, 'MERCHANT_MISMATCH', { merchantId: 'ozu_other' }],
      ] as const;
      for (const [status, errorCode, changes] of tries) {
        const chargeId = newChargeId(randomBytes);
        const answer = await sendSale(saleOf(card, changes), chargeId);
        expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
        expect((await programs.asCheckout('GET', `/charges/${chargeId}`)).status).toBe(404);
      }
      const charged = await sendSale(
        saleOf(card, { surchargePercent: '3.00', expectedTotal: '18.95' }),
        newChargeId(randomBytes),
      );
      expect(charged.status).toBe(200);
    });
  });

  describe('the same call again', () => {
    test('answers the stored outcome, paid or declined, and charges nothing', async () => {
      for (const number of ['4242424242424242', '4000000000000002']) {
        const sale = saleOf(await programs.tokenize(number));
        const first = await programs.sell(sale);
        const again = await programs.sell({ ...sale, amount: 18.4, currency: 'usd' });
        expect(again.status).toBe(first.status);
        expect(again.headers.get('idempotent-replayed')).toBe('true');
        expect({ ...again.body, requestId: '' }).toEqual({ ...first.body, requestId: '' });
        const reference = first.body.data?.transactionId ?? first.body.attemptId;
        expect(await bookingsOf(reference)).toHaveLength(1);
      }
    });

    test('of fifty at once one is charged; the others are told to wait, or hear its outcome', async () => {
      const sale = saleOf(await programs.tokenize('4242424242424242'), { orderId: randomUUID() });
      const chargeId = newChargeId(randomBytes);
      const answers = await Promise.all(Array.from({ length: 50 }, () => sendSale(sale, chargeId)));
      const statuses = answers.map((answer) => answer.status);
      expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
      for (const answer of answers.filter(({ status }) => status === 409)) {
        expect(answer.body.errorCode).toBe('IDEMPOTENCY_KEY_IN_PROGRESS');
        expect(answer.headers.get('retry-after')).toBe('2');
      }
      const { attemptId } = await charge(chargeId);
      expect(await bookingsOf(attemptId ?? '')).toHaveLength(1);
      expect(await attemptStates(programs.ledger, chargeId)).toEqual(['APPROVED']);
    });

    test('with another body under its key it is refused', async () => {
      const { sale, chargeId } = await sell('4242424242424242');
      const other = await sendSale({ ...sale, amount: '18.41' }, chargeId);
      expect([other.status, other.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']);
    });

    test('a CVC session pays once, whatever the key', async () => {
      const { sale } = await sell('4242424242424242');
      for (const headers of [{}, { 'idempotency-key': '"other"' }] as Record<string, string>[]) {
        const other = await programs.sell(sale, headers);
        expect([other.status, other.body.errorCode]).toEqual([409, 'CVC_SESSION_ALREADY_USED']);
      }
    });

    test('a charge that was given up before it arrived is refused, and stays proven not processed', async () => {
      const chargeId = newChargeId(randomBytes);
      const abandoned = await programs.asCheckout('POST', `/charges/${chargeId}/abandon`);
      expect(abandoned.body.data).toEqual({ chargeId, state: 'abandoned' });
      const late = await sell('4242424242424242', {}, chargeId);
      expect(late.status).toBe(409);
      expect((await charge(chargeId)).state).toBe('abandoned');
      const paid = await sell('4242424242424242');
      const kept = await programs.asCheckout('POST', `/charges/${paid.chargeId}/abandon`);
      expect(kept.body.data).toMatchObject({ state: 'approved', transaction: paid.body.data });
    });
  });

  describe('an unknown outcome', () => {
    test.each([
      ['4012888888881881', 'the answer was lost'],
      ['6011000400000000', 'the answer was an HTML page'],
    ])('%s: 504 because %s; the inquiry finds the approval', async (number) => {
      const orderId = randomUUID();
      const { status, body, sale, chargeId } = await sell(number, { orderId });
      expect([status, body.errorCode, body.retryable]).toEqual([504, 'PAYMENT_UNKNOWN', 'same-key']);
      const again = await sendSale(sale, chargeId);
      expect([again.status, again.body.attemptId]).toEqual([504, body.attemptId]);
      const other = await sell('4242424242424242', { orderId });
      expect([other.status, other.body.errorCode]).toEqual([409, 'ORDER_IN_DOUBT']);
      await programs.age(firstInquiryMs);
      await settled(chargeId, 'approved');
      const final = await sendSale(sale, chargeId);
      expect([final.status, final.body.data.transactionId]).toEqual([200, body.attemptId]);
      expect(await bookingsOf(body.attemptId)).toHaveLength(1);
    });

    test.each(['garbage', 'cut_after:40', 'wrong_reference', 'duplicate_answer'])(
      'an answer like %s is no proof; the inquiry is',
      async (step) => {
        const { status, chargeId } = await sell('4242424242424242', { billingLastName: `TEST ${step}` });
        expect(status).toBe(504);
        await programs.age(firstInquiryMs);
        await settled(chargeId, 'approved');
      },
    );

    test('what was never booked is proven so by two misses after the grace time', async () => {
      const { status, body, chargeId, sale } = await sell('4444333322221111');
      expect(status).toBe(504);
      await programs.age(minuteMs);
      await expect.poll(() => eventTypes(programs.ledger, body.attemptId)).toEqual(['payment.review']);
      expect((await programs.asMerchant(`/transQuery?attemptId=${body.attemptId}`)).body.attempt.state).toBe('review');
      for (const step of [5 * minuteMs, 15 * minuteMs]) {
        await programs.age(step);
        await untilAllAsked(programs.ledger);
        expect((await charge(chargeId)).state).toBe('unknown');
      }
      await programs.age(hourMs);
      expect((await settled(chargeId, 'not_processed')).failure?.errorCode).toBe('PROCESSOR_UNAVAILABLE');
      expect((await sendSale(sale, chargeId)).status).toBe(503);
      expect(await eventTypes(programs.ledger, body.attemptId)).toEqual(['payment.review', 'payment.resolved']);
    });

    test('a booking over another amount or currency is undone', async () => {
      for (const [number, lastName] of [
        ['5454545454545454', 'Duarte'],
        ['4242424242424242', 'TEST wrong_currency'],
      ] as const) {
        const { status, body, chargeId } = await sell(number, { billingLastName: lastName });
        expect([status, body.errorCode]).toEqual([503, 'PROCESSOR_UNAVAILABLE']);
        expect((await charge(chargeId)).state).toBe('reversed');
        expect(await bookingsOf(body.attemptId)).toMatchObject([{ voided: true }]);
      }
    });

    test('what the processor reviews is given to a person after a day', async () => {
      const { status, body, chargeId } = await sell('5163613613613613');
      expect(status).toBe(504);
      await programs.age(24 * hourMs);
      expect((await settled(chargeId, 'review')).failure?.errorCode).toBe('PAYMENT_UNKNOWN');
      expect(await attemptStates(programs.ledger, chargeId)).toEqual(['REVIEW']);
      expect(await eventTypes(programs.ledger, body.attemptId)).toEqual(['payment.review']);
    });

    // Takes its time, and has nothing to do with the engine.
    test.runIf(engine === 'sqlite')(
      'an answer that takes 40 s is not waited for; the caller hears the outcome within 28 s',
      async () => {
        const startedAt = Date.now();
        const { status, chargeId } = await sell('4462030000000000');
        expect(Date.now() - startedAt).toBeLessThan(28_000);
        expect(status).toBe(200);
        expect(await attemptStates(programs.ledger, chargeId)).toEqual(['APPROVED']);
      },
      40_000,
    );
  });

  test('our approved sales are those that stand in the processor’s books', async () => {
    expect(await approvedReferences(programs.ledger)).toEqual(
      (await standing()).filter((reference) => reference !== '').sort(),
    );
  });
});
