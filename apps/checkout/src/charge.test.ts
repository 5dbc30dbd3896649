// Charge and session together (contract 12.5), with races, on both engines. Pay is not asked here.
import { randomBytes } from 'node:crypto';
import { createSessionFields } from '@ozura/contract/checkout/create-session-fields';
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import { CURRENCIES } from '@ozura/core/currencies';
import type { ErrorCode } from '@ozura/core/errors';
import { newChargeId, newSessionId } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { cancel } from '@ozura/core/session';
import { readAll } from '@ozura/core/validation';
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChargeResult, record, reserve, review } from './charge.ts';
import type { ChargeOrder } from './charge-request.ts';
import type { CheckoutContext } from './context.ts';
import { applyMove, loadSession, moving } from './moves.ts';
import { findCharge } from './store/charges.ts';
import { findSession, insertSession, type Session } from './store/sessions.ts';

const base = openContext(openLog({ program: 'test', level: 'silent' }));
const declined: ChargeResult = { outcome: { kind: 'declined', errorCode: 'CARD_DECLINED' } };
const approved: ChargeResult = {
  outcome: { kind: 'approved' },
  sale: {
    transactionId: 't',
    amount: '18.40',
    currency: 'USD',
    ozuraMerchantId: 'ozu_bluekettle',
    cardBrand: 'VISA',
  } as CardSaleData,
};

forEachEngine((_engine, open) => {
  let db: Database;
  let context: CheckoutContext;
  let session: Session;
  let offsetMs = 0;

  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url), () => offsetMs);
    const config = { maxFailedAttempts: 5, sessionLifetimeSeconds: 1800, pepper: new Secret(randomBytes(32)) };
    context = { ...base, db, config } as unknown as CheckoutContext;
  });

  beforeEach(async () => {
    offsetMs = 0;
    const now = await db.now();
    const read = createSessionFields({
      mode: 'test',
      now: base.now,
      currencies: CURRENCIES,
      checkoutUrl: 'http://localhost:4000',
      allowedReturnHosts: () => [],
    });
    const request = readAll(read, {
      merchantId: 'ozu_bluekettle',
      merchantName: 'Blue Kettle',
      amount: '18.40',
      successUrl: 'https://shop.example/thanks',
      cancelUrl: 'https://shop.example/cart',
      errorUrl: 'https://shop.example/error',
    });
    const id = newSessionId(now, base.random);
    await insertSession(db, { id, request, createdAtMs: now, expiresAtMs: now + 60_000 });
    session = (await findSession(db, id)) as Session;
  });

  const order = (): ChargeOrder => ({
    chargeId: newChargeId(base.random),
    attemptKey: newChargeId(base.random),
    session,
    token: 'tok_1',
    cardKey: newChargeId(base.random),
    cvcSession: new Secret('cvc_1'),
    billing: {} as ChargeOrder['billing'],
    subtotalMinor: 1840n,
    totalMinor: 1840n,
    clientIpAddress: newChargeId(base.random),
  });
  const state = async () => (await findSession(db, session.id))?.state;
  const codes = (results: PromiseSettledResult<unknown>[]) =>
    results.map((result) => (result.status === 'rejected' ? (result.reason as { code?: string }).code : 'done'));
  const events = async () =>
    (await db.all<{ type: string }>(sql`SELECT type FROM events WHERE subject = ${session.id}`)).map((e) => e.type);
  const cancelNow = () =>
    moving(context, async (tx, nowMs) => {
      const now = (await findSession(tx, session.id)) as Session;
      const next = cancel(now.state, nowMs);
      if (next instanceof Error) throw next;
      await applyMove(context, tx, now, { state: next });
    });

  test('of fifty reservations at once one holds the session', async () => {
    const results = codes(await Promise.allSettled(Array.from({ length: 50 }, () => reserve(context, order()))));
    expect(results.filter((result) => result === 'done')).toHaveLength(1);
    expect(results.filter((result) => result === 'PAYMENT_IN_PROGRESS')).toHaveLength(49);
    expect(await state()).toMatchObject({ status: 'pending', paymentState: 'processing' });
  });

  test('cancelling and paying at once: one of them happens', async () => {
    const [paid, cancelled] = codes(await Promise.allSettled([reserve(context, order()), cancelNow()]));
    expect([paid, cancelled].filter((result) => result === 'done')).toHaveLength(1);
    expect(['PAYMENT_IN_PROGRESS', 'SESSION_CANCELLED']).toContain(paid === 'done' ? cancelled : paid);
  });

  test.each([{ amount: '18.41' }, { currency: 'CAD' }, { ozuraMerchantId: 'ozu_other' }])(
    'an approval of something else (%j) is not believed',
    async (other) => {
      const charge = order();
      await reserve(context, charge);
      await record(context, charge.chargeId, { ...approved, sale: { ...approved.sale, ...other } } as ChargeResult);
      expect(await state()).toMatchObject({ status: 'pending', paymentState: 'processing' });
      expect((await findCharge(db, charge.chargeId))?.outcome).toBe('open');
    },
  );

  test('an approval completes the session once, however often it is recorded', async () => {
    const charge = order();
    await reserve(context, charge);
    await Promise.all(Array.from({ length: 10 }, () => record(context, charge.chargeId, approved)));
    expect(await state()).toMatchObject({ status: 'completed' });
    expect((await findSession(db, session.id))?.payment?.transactionId).toBe('t');
    expect(await events()).toEqual(['session.completed']);
    await record(context, charge.chargeId, declined);
    expect((await findCharge(db, charge.chargeId))?.outcome).toBe('approved');
  });

  test('five declines end the session, each told with the tries that were left', async () => {
    for (const left of [4, 3, 2, 1, 0]) {
      const charge = order();
      await reserve(context, charge);
      await record(context, charge.chargeId, declined);
      expect(await findCharge(db, charge.chargeId)).toMatchObject({
        outcome: 'declined',
        attemptsLeft: left,
        answerCode: left === 0 ? 'FORBIDDEN' : 'CARD_DECLINED',
      });
    }
    expect(await state()).toMatchObject({ status: 'failed', errorCode: 'FORBIDDEN' });
    expect(codes(await Promise.allSettled([reserve(context, order())]))).toEqual(['SESSION_FAILED']);
    expect(await events()).toEqual(['session.failed']);
  });

  test('time that runs out during a charge waits for its outcome', async () => {
    const charge = order();
    await reserve(context, charge);
    offsetMs = 120_000;
    expect((await loadSession(context, session.id))?.state).toMatchObject({ paymentState: 'processing' });
    await record(context, charge.chargeId, declined);
    expect(await state()).toMatchObject({ status: 'expired' });
    expect(await events()).toEqual(['session.expired']);
  });

  test('a session whose time is up expires when somebody looks, once', async () => {
    offsetMs = 120_000;
    const seen = await Promise.all(Array.from({ length: 20 }, () => loadSession(context, session.id)));
    expect(new Set(seen.map((one) => one?.state.status))).toEqual(new Set(['expired']));
    expect(await events()).toEqual(['session.expired']);
  });

  test('a review that ends without payment ends the session', async () => {
    const charge = order();
    await reserve(context, charge);
    const stored = await findCharge(db, charge.chargeId);
    if (stored === undefined) throw new Error('no charge');
    await review(context, stored);
    expect(await state()).toMatchObject({ status: 'pending', paymentState: 'review' });
    await record(context, charge.chargeId, { outcome: { kind: 'undone', errorCode: 'CARD_DECLINED' } });
    expect(await state()).toMatchObject({ status: 'failed', errorCode: 'SYSTEM_ERROR' });
    await review(context, stored);
    expect((await state())?.status).toBe('failed');
  });

  describe('after three declines in ten minutes', () => {
    const newSession = async (): Promise<void> => {
      const now = await db.now();
      const id = newSessionId(now, base.random);
      await insertSession(db, { id, request: session.request, createdAtMs: now, expiresAtMs: now + 3_600_000 });
      session = (await findSession(db, id)) as Session;
    };
    /** One try in a session of its own; what the page is told of it. */
    const told = async (by: Partial<ChargeOrder>, errorCode: ErrorCode = 'INSUFFICIENT_FUNDS') => {
      await newSession();
      const charge = { ...order(), ...by };
      await reserve(context, charge);
      await record(context, charge.chargeId, { outcome: { kind: 'declined', errorCode } });
      return (await findCharge(db, charge.chargeId))?.answerCode;
    };
    const fourOf = async (by: Partial<ChargeOrder>) => [await told(by), await told(by), await told(by), await told(by)];

    test.each(['clientIpAddress', 'cardKey'] as const)(
      'of one %s the page says no more than declined',
      async (name) => {
        const by = { [name]: newChargeId(base.random) };
        expect(await fourOf(by)).toEqual([...Array(3).fill('INSUFFICIENT_FUNDS'), 'CARD_DECLINED']);
        expect(await told(by, 'INVALID_CVV')).toBe('CARD_DECLINED');
        expect(await told({})).toBe('INSUFFICIENT_FUNDS');
        offsetMs = 10 * 60_000 + 1;
        expect(await told(by)).toBe('INSUFFICIENT_FUNDS');
      },
    );

    test('what is not about the card is told as before', async () => {
      const by = { clientIpAddress: newChargeId(base.random) };
      await fourOf(by);
      expect(await told(by, 'TOKEN_NOT_FOUND')).toBe('TOKEN_NOT_FOUND');
      await newSession();
      for (const code of ['CARD_DECLINED', 'CARD_DECLINED', 'CARD_DECLINED', 'CARD_DECLINED', 'FORBIDDEN']) {
        const charge = { ...order(), ...by };
        await reserve(context, charge);
        await record(context, charge.chargeId, { outcome: { kind: 'declined', errorCode: 'AVS_MISMATCH' } });
        expect((await findCharge(db, charge.chargeId))?.answerCode).toBe(code);
      }
    });

    test('neither the address nor the card can be read from what is kept', async () => {
      const by = { clientIpAddress: '203.0.113.77', cardKey: 'fingerprint-of-a-card' };
      await told(by);
      const kept = JSON.stringify(await db.all(sql`SELECT * FROM charges`));
      for (const value of Object.values(by)) expect(kept).not.toContain(value);
    });
  });
});
