// The routes of the hosted page through HTTP: real tokens, real charges at the sandbox, on both engines.
import { randomUUID } from 'node:crypto';
import { type PagePay, preparePay } from '@ozura/e2e/browserless';
import { forEachEngine } from '@ozura/e2e/databases';
import { createSession, getSession, keysOf } from '@ozura/e2e/merchant';
import { approvedSales } from '@ozura/e2e/processor';
import { type System, startSystem } from '@ozura/e2e/system';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const APPROVED = '4242424242424242';
const DEBIT = '4000056655665556';
const DECLINED = '4000000000000002';

/** Members of any answer; a test knows which of them it may look at. */
interface AnswerBody {
  readonly error: string;
  readonly errorCode: string;
  readonly details: readonly string[];
  readonly attemptsLeft: number;
  readonly redirectUrl: string;
  readonly data: {
    readonly status: string;
    readonly redirectUrl: string;
    readonly paymentData: { readonly amount: string };
    readonly pricing: { readonly total: number };
    readonly expiresAt: string;
  };
}

forEachEngine((_engine, _open, create) => {
  let system: System;
  let db: Database;
  beforeAll(async () => {
    const url = await create();
    system = await startSystem({ CHECKOUT_DATABASE_URL: url });
    db = await openDatabase({ url, poolMax: 2 });
  });
  afterAll(async () => {
    await db?.close();
    await system?.stop();
  });

  const call = async (
    { sessionId, credential }: Omit<PagePay, 'body'>,
    route: string,
    body: object = {},
    more = {},
  ) => {
    const answer = await fetch(`${system.dev.checkoutUrl}/api/sessions/${sessionId}/${route}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-checkout-token': credential,
        'sec-fetch-site': 'same-origin',
        ...more,
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as AnswerBody };
  };
  const payBody = (page: PagePay, more: object = {}) => ({ ...page.body, ...more });
  const pay = (page: PagePay, more: object = {}) => call(page, 'pay', payBody(page, more));
  const prepare = async (number: string, more: Record<string, unknown> = {}): Promise<PagePay> => {
    const { sessionId } = await createSession(system.dev, more);
    return preparePay(system.dev, sessionId, number);
  };
  /** The same page, with the card typed again. */
  const retype = async (page: PagePay, number: string): Promise<PagePay> => ({
    ...(await preparePay(system.dev, page.sessionId, number)),
    credential: page.credential,
  });
  const charges = async ({ sessionId }: PagePay): Promise<number> =>
    (await db.one<{ n: number }>(sql`SELECT count(*) AS n FROM charges WHERE session_id = ${sessionId}`))?.n ?? -1;
  const booked = ({ sessionId }: PagePay): number => approvedSales(system.dataDir, sessionId);
  const view = ({ sessionId }: PagePay) => getSession(system.dev, sessionId);
  const expireNow = ({ sessionId }: PagePay) =>
    db.run(sql`UPDATE sessions SET expires_at = created_at WHERE id = ${sessionId}`);

  describe('paying', () => {
    test('an approved card completes the session and leads to the success URL', async () => {
      const page = await prepare(APPROVED, { metadata: { cart: 'c-771' }, surchargePercent: 3 });
      const { status, body } = await pay(page, { expectedTotal: '18.95' });
      expect(status).toBe(200);
      expect(body.data).toMatchObject({ status: 'completed', paymentState: null });
      const url = new URL(body.data.redirectUrl);
      expect([...url.searchParams.keys()]).toEqual([
        ...['order', 'success', 'sessionId', 'checkoutMode', 'transactionType', 'transactionId', 'amount', 'currency'],
        ...['ozuraMerchantId', 'surchargeAmount', 'transDate', 'cardLastFour', 'cardExpMonth', 'cardExpYear'],
        ...['cardBrand', 'metadata', 'keyId', 'signedAt', 'signature'],
      ]);
      expect(body.data.paymentData).toMatchObject({
        success: true,
        sessionId: page.sessionId,
        amount: '18.95',
        surchargeAmount: '0.55',
        cardLastFour: '4242',
        metadata: { cart: 'c-771' },
      });
      const session = await view(page);
      expect(session).toMatchObject({ status: 'completed', payment: { amount: '18.95', surchargeAmount: '0.55' } });
      expect(session).not.toHaveProperty('billing');
      const own = await getSession(system.dev, page.sessionId, true);
      expect(own.billing).toMatchObject({ firstName: 'Ines', email: 'ines@example.com', address: { zip: '94607' } });
      expect(booked(page)).toBe(1);
    });

    test('the same attempt is told the same, and charges once, also when it comes twice at once', async () => {
      const page = await prepare(APPROVED);
      const answers = await Promise.all([pay(page), pay(page), pay(page)]);
      expect(answers.map(({ status }) => status).every((status) => status === 200 || status === 202)).toBe(true);
      const again = await pay(page);
      expect([again.status, again.body.data.status]).toEqual([200, 'completed']);
      expect([await charges(page), booked(page)]).toEqual([1, 1]);
    });

    test('two pages of a session: one pays, the other hears of it', async () => {
      const first = await prepare(APPROVED);
      const second = await retype(first, APPROVED);
      const answers = await Promise.all([pay(first), pay(second)]);
      const codes = answers.map(({ status, body }) => body.errorCode ?? status).sort();
      expect(codes[0]).toBe(200);
      expect(['PAYMENT_IN_PROGRESS', 'SESSION_COMPLETED']).toContain(codes[1]);
      expect(booked(first)).toBe(1);
    });

    test('a decline leaves the session open, and another card pays it', async () => {
      const page = await prepare(DECLINED);
      const declined = await pay(page);
      expect(declined).toMatchObject({ status: 402, body: { errorCode: 'CARD_DECLINED', attemptsLeft: 4 } });
      expect((await pay(page)).body).toMatchObject({ errorCode: 'CARD_DECLINED', attemptsLeft: 4 });
      expect((await view(page)).status).toBe('pending');
      expect((await pay(await retype(page, APPROVED))).status).toBe(200);
      expect(await charges(page)).toBe(2);
    });

    test('the fifth decline ends the session', async () => {
      let page = await prepare(DECLINED);
      for (const left of [4, 3, 2, 1]) {
        expect((await pay(page)).body.attemptsLeft).toBe(left);
        page = await retype(page, DECLINED);
      }
      const last = await pay(page);
      expect(last).toMatchObject({ status: 403, body: { errorCode: 'FORBIDDEN' } });
      expect(last.body.redirectUrl).toContain('errorCode=FORBIDDEN');
      expect((await view(page)).status).toBe('failed');
    });

    test('a debit card bears no surcharge; a higher total than shown is not charged', async () => {
      const debit = await prepare(DEBIT, { surchargePercent: 3 });
      expect((await pay(debit, { expectedTotal: '18.95' })).body.data.paymentData.amount).toBe('18.40');
      const credit = await prepare(APPROVED, { surchargePercent: 3 });
      const refused = await pay(credit);
      expect(refused).toMatchObject({
        status: 409,
        body: { errorCode: 'PRICE_CHANGED', pricing: { subtotal: 18.4, surcharge: 0.55, total: 18.95 } },
      });
      expect(await charges(credit)).toBe(0);
      expect((await pay(credit, { expectedTotal: 18.95 })).status).toBe(200);
    });

    test('a donor chooses within the limits', async () => {
      const page = await prepare(APPROVED, {
        amount: undefined,
        checkoutMode: 'donation',
        donationConfig: { min: 5, max: 500 },
      });
      const reason = async (donationAmount: unknown) => (await pay(page, { donationAmount })).body.error;
      expect(await reason(undefined)).toBe('donationAmount: is required');
      expect(await reason(4)).toBe('donationAmount: must be between 5.00 and 500.00');
      expect(await reason('x')).toBe('donationAmount: must be a decimal number such as "25.00"');
      const more = await pay(page, { donationAmount: 4, expectedTotal: {}, token: null });
      expect(more.body.details).toEqual([
        'token: is required',
        'expectedTotal: must be a decimal number such as "25.00"',
        'donationAmount: must be between 5.00 and 500.00',
      ]);
      const paid = await pay(page, { donationAmount: '10', expectedTotal: 10 });
      expect(paid.body.data.paymentData).toMatchObject({ amount: '10.00', checkoutMode: 'donation' });
    });

    test('a token of another session is not charged', async () => {
      const page = await prepare(APPROVED);
      const other = await prepare(APPROVED);
      const { token } = other.body;
      expect((await pay(page, { token })).body.error).toBe('token: does not belong to this session');
      expect((await pay(page, { token: 'tok_unknown' })).body.errorCode).toBe('TOKEN_NOT_FOUND');
      expect(await charges(page)).toBe(0);
    });

    test('a security code is used once: a new attempt with it asks for another', async () => {
      const page = await prepare(DECLINED);
      await pay(page);
      const again = await pay(page, { attemptKey: randomUUID() });
      expect([again.status, again.body.errorCode]).toEqual([400, 'CVC_SESSION_EXPIRED']);
      expect((await pay(await retype(page, DECLINED))).body.attemptsLeft).toBe(3);
    });

    test('every wrong field is named, and nothing is written', async () => {
      const page = await prepare(APPROVED);
      const { body } = await call(page, 'pay', {
        billing: { email: 'x', address: { country: 'US' } },
        expectedTotal: '18.405',
        attemptKey: '1',
      });
      expect(body.details).toEqual([
        'token: is required',
        'cvcSession: is required',
        'billing.firstName: is required',
        'billing.lastName: is required',
        'billing.email: must be a valid e-mail address',
        'billing.phone: is required',
        'billing.address.line1: is required',
        'billing.address.city: is required',
        'billing.address.state: is required',
        'billing.address.zip: is required',
        'attemptKey: must be a UUID',
        'expectedTotal: USD allows at most 2 decimals',
      ]);
      const { billing } = page.body as { readonly billing: object };
      const phone = 'billing.phone: must be an international number such as "+14155550134"';
      for (const [email, others] of [
        ['x', ['billing.email: must be a valid e-mail address']],
        ['a@example.com', []],
      ] as const) {
        const more = { billing: { ...billing, email, phone: 'call me' }, expectedTotal: '18.405' };
        expect((await pay(page, more)).body.details).toEqual([
          ...others,
          phone,
          'expectedTotal: USD allows at most 2 decimals',
        ]);
      }
      expect(await charges(page)).toBe(0);
    });

    test.each([
      ['4000000000000119', 500, 'SYSTEM_ERROR', 'failed'],
      ['4000000000000101', 402, 'INVALID_CVV', 'pending'],
      ['4000000000000010', 402, 'AVS_MISMATCH', 'pending'],
      // Booked with another amount, and voided at once.
      ['5454545454545454', 402, 'CARD_DECLINED', 'pending'],
    ])('%s is answered %s %s, and the session is %s', async (number, status, code, ends) => {
      const page = await prepare(number);
      const answer = await pay(page);
      expect([answer.status, answer.body.errorCode]).toEqual([status, code]);
      expect((await view(page)).status).toBe(ends);
      if (ends === 'failed') expect(answer.body.redirectUrl).toContain('errorCode=SYSTEM_ERROR');
      else expect(answer.body.attemptsLeft).toBe(4);
      expect(booked(page)).toBe(0);
      if (ends === 'pending') expect((await pay(await retype(page, APPROVED))).status).toBe(200);
    });

    test('an answer that got lost is found out, while the page asks', async () => {
      const page = await prepare('4012888888881881');
      const first = await pay(page);
      expect(first).toMatchObject({ status: 202, body: { data: { status: 'pending', paymentState: 'processing' } } });
      expect((await call(page, 'cancel')).body.errorCode).toBe('PAYMENT_IN_PROGRESS');
      let answer = first;
      for (let tries = 0; tries < 50 && answer.status === 202; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        answer = await pay(page);
      }
      expect(answer).toMatchObject({ status: 200, body: { data: { status: 'completed' } } });
      expect((await call(page, 'outcome')).body.data.redirectUrl).toContain('success=true');
      expect(booked(page)).toBe(1);
    }, 60_000);

    test('after a minute without an outcome the customer is told that it is being reviewed', async () => {
      const page = await prepare('4444333322221111');
      expect((await pay(page)).status).toBe(202);
      await db.run(sql`UPDATE charges SET created_at = created_at - 60000 WHERE session_id = ${page.sessionId}`);
      for (const answer of [await pay(page), await call(page, 'outcome')]) {
        expect(answer.body.data).toMatchObject({ status: 'pending', paymentState: 'review' });
        expect(answer.body.data.redirectUrl).toContain('errorCode=MANUAL_REVIEW');
      }
      expect((await call(page, 'cancel')).body.errorCode).toBe('PAYMENT_IN_PROGRESS');
      expect((await pay(page, { attemptKey: randomUUID() })).body.errorCode).toBe('PAYMENT_IN_PROGRESS');
    }, 60_000);
  });

  describe('the other page routes', () => {
    test('keys are refused, and so is whoever has no credential of this very session', async () => {
      const page = await prepare(APPROVED);
      const other = await prepare(APPROVED);
      for (const route of ['cancel', 'session-key', 'outcome', 'quote', 'extend', 'pay']) {
        const withKeys = await call(page, route, {}, keysOf(system.dev));
        expect([withKeys.status, withKeys.body.errorCode]).toEqual([403, 'KEY_NOT_ALLOWED']);
        const wrong: [PagePay, object][] = [
          [{ ...page, credential: '' }, {}],
          [{ ...page, credential: 'pc_guess' }, {}],
          [{ ...page, credential: other.credential }, {}],
          [{ ...page, sessionId: 'session_unknown' }, {}],
          [page, { 'sec-fetch-site': 'cross-site' }],
        ];
        for (const [as, headers] of wrong) {
          const refused = await call(as, route, {}, headers);
          expect([refused.status, refused.body.errorCode]).toEqual([401, 'PAGE_CREDENTIAL_REQUIRED']);
        }
      }
    });

    test('cancelling twice is cancelling once, and the session cannot be paid any more', async () => {
      const page = await prepare(APPROVED);
      for (const _time of [1, 2]) expect(await call(page, 'cancel')).toEqual({ status: 200, body: { success: true } });
      expect((await view(page)).status).toBe('cancelled');
      for (const route of ['pay', 'extend']) {
        expect((await call(page, route, page.body)).body.errorCode).toBe('SESSION_CANCELLED');
      }
    });

    test('a session whose time is up says so everywhere', async () => {
      const page = await prepare(APPROVED);
      await expireNow(page);
      const bodies: Record<string, object> = {
        cancel: {},
        extend: {},
        pay: page.body,
        'session-key': { sessionId: randomUUID() },
        quote: { billing: { country: 'DE', zip: '10115' } },
      };
      for (const [route, body] of Object.entries(bodies)) {
        const answer = await call(page, route, body);
        expect([answer.status, answer.body.errorCode, answer.body.error]).toEqual([
          410,
          'SESSION_EXPIRED',
          'Session expired',
        ]);
      }
      expect((await call(page, 'outcome')).body.data).toEqual({ status: 'expired', paymentState: null });
      expect((await view(page)).status).toBe('expired');
    });

    test('a paid session cannot be cancelled', async () => {
      const page = await prepare(APPROVED);
      await pay(page);
      expect(await call(page, 'cancel')).toMatchObject({ status: 409, body: { errorCode: 'SESSION_COMPLETED' } });
    });

    test('more time is given ten times', async () => {
      const page = await prepare(APPROVED);
      const before = Date.parse((await createSession(system.dev)).expiresAt);
      for (let i = 0; i < 10; i += 1) {
        const { body } = await call(page, 'extend');
        expect(Date.parse(body.data.expiresAt)).toBeGreaterThanOrEqual(before - 1_000);
      }
      expect(await call(page, 'extend')).toMatchObject({ status: 409, body: { errorCode: 'EXTENSION_LIMIT' } });
    });

    test('a quote is for a credit card until the card is known', async () => {
      const page = await prepare(APPROVED, { surchargePercent: '3.00' });
      const billing = { country: 'US', state: 'New York', zip: '10001' };
      const quote = async (more: object) => (await call(page, 'quote', { billing, ...more })).body.data.pricing;
      expect(await quote({})).toEqual({
        subtotal: 18.4,
        tax: 0,
        shipping: 0,
        surcharge: 0.55,
        total: 18.95,
        currency: 'USD',
      });
      expect((await quote({ bin: '400005' })).total).toBe(18.4);
      const wrong = await call(page, 'quote', { billing: { country: 'XX' }, bin: 'x' });
      expect(wrong.body.details).toHaveLength(2);
    });
  });
});
