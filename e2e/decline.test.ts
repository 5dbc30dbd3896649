// Every decline code from the processor to the merchant, and cards that are not tried again after `never` (contract 8.3).
import { randomBytes } from 'node:crypto';
import { DECLINES } from '@ozura/core/attempt-decline';
import { newChargeId } from '@ozura/core/ids';
import { sql } from '@ozura/kit/db/handle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pay, preparePay } from './browserless.ts';
import { forEachEngine } from './databases.ts';
import { createSession } from './merchant.ts';
import { setPayClock, walkPay } from './pay-clock.ts';
import { attemptStates, eventTypes } from './pay-ledger.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { planOf } from './plan.ts';
import { saleOf } from './sale.ts';
import { startSystem } from './system.ts';

const visa = '4242424242424242';
const lostCard = '4000000000009987';

forEachEngine((engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  const sell = async (number: string, changes: Record<string, unknown> = {}) => {
    const chargeId = newChargeId(randomBytes);
    const sale = saleOf(await programs.tokenize(number), changes);
    const send = () => programs.asCheckout('POST', '/cardSale', sale, { 'idempotency-key': chargeId });
    const { status, body } = await send();
    return { status, body, chargeId, send };
  };
  const bookingsOf = async (attemptId: string): Promise<number> =>
    (await programs.bookings()).filter(({ reference }) => reference === attemptId).length;

  test.runIf(engine === 'sqlite')('every code has its error, its advice and the processor’s own code', async () => {
    const told = await Promise.all(
      Object.keys(DECLINES).map(async (declineCode) => {
        const { status, body } = await sell(visa, { billingLastName: `TEST decline:${declineCode}` });
        return { ...body, status };
      }),
    );
    expect(told).toMatchObject(
      Object.entries(DECLINES).map(([declineCode, { errorCode, advice, networkCodes }]) => ({
        status: 402,
        errorCode,
        declineCode,
        advice,
        processorCode: networkCodes[0],
      })),
    );
    const unknown = await sell(visa, { billingLastName: 'TEST decline:struck_by_lightning' });
    expect([unknown.status, unknown.body.errorCode]).toEqual([402, 'CARD_DECLINED']);
  });

  test('what a test asked for is not held against the card', async () => {
    expect((await sell(visa, { billingLastName: 'TEST decline:stolen_card' })).status).toBe(402);
    expect((await sell(visa)).status).toBe(200);
  });

  test('a lost card is declined again without a new authorisation, under any token, for a person and for a plan', async () => {
    const first = await sell(lostCard);
    expect([first.status, await bookingsOf(first.body.attemptId)]).toEqual([402, 1]);
    const again = await sell(lostCard, { billingLastName: 'TEST approve' });
    expect(again.status).toBe(402);
    expect(again.body).toEqual({ ...first.body, attemptId: again.body.attemptId, requestId: expect.any(String) });
    expect(again.body.attemptId).not.toBe(first.body.attemptId);
    expect(await bookingsOf(again.body.attemptId)).toBe(0);
    expect(await attemptStates(programs.ledger, again.chargeId)).toEqual(['NOT_SENT']);
    expect(await eventTypes(programs.ledger, again.body.attemptId)).toEqual(['payment.declined']);
    const { body: charge } = await programs.asCheckout('GET', `/charges/${again.chargeId}`);
    expect(charge.data).toMatchObject({ state: 'declined', failure: { declineCode: 'lost_card', advice: 'never' } });
    const { body: queried } = await programs.asMerchant(`/transQuery?attemptId=${again.body.attemptId}`);
    expect(queried.attempt).toMatchObject({ state: 'declined', errorCode: 'CARD_DECLINED' });
    const replayed = await again.send();
    expect([replayed.status, replayed.body.attemptId]).toEqual([402, again.body.attemptId]);
    expect(replayed.headers.get('idempotent-replayed')).toBe('true');
  });

  test('another merchant may try it: the hold is this merchant’s own', async () => {
    const { other } = programs;
    await sell(lostCard);
    const tokenized = await programs.call(
      'POST',
      `${programs.vaultUrl}/tokenize`,
      { type: 'card', data: { cardNumber: lostCard, expirationMonth: '11', expirationYear: '2039', cvv: '123' } },
      { 'x-api-key': other.vaultKey },
    );
    const { token, cvc_session_id: cvcSession } = tokenized.body as unknown as Record<string, string>;
    const sale = saleOf({ token: token ?? '', cvcSession: cvcSession ?? '' }, { merchantId: other.merchantId });
    const keys = { 'x-api-key': other.merchantKey, 'vault-api-key': other.vaultKey };
    const { status, body } = await programs.call('POST', `${programs.payUrl}/cardSale`, sale, keys);
    expect([status, await bookingsOf(body.attemptId)]).toEqual([402, 1]);
  });

  test.each([
    ['4100000000000019', 30],
    ['4000000000009979', 20 * 366],
  ])('%s is held for %i days', async (number, days) => {
    const { body } = await sell(number);
    const [hold] = await programs.ledger.all<{ days: number; card_key: string }>(sql`
      SELECT (until_at - created_at) / 86400000 AS days, card_key FROM card_blocks WHERE attempt_id = ${body.attemptId}`);
    expect(Number(hold?.days)).toBe(days);
    expect(hold?.card_key).toMatch(/^[0-9a-f]{64}$/);
    expect(await bookingsOf((await sell(number)).body.attemptId)).toBe(0);
    await programs.ledger.run(sql`UPDATE card_blocks SET until_at = created_at - 1`);
    expect(await bookingsOf((await sell(number)).body.attemptId)).toBe(1);
  });

  test('a plan whose card is given up meanwhile is past due at once, and nothing is sent', async () => {
    const beginningMs = Date.parse('2027-03-01T10:00:00Z');
    const dayMs = 86_400_000;
    await setPayClock(programs, beginningMs);
    const { merchantKey, vaultKey } = programs.merchant;
    const keys = { 'x-api-key': merchantKey, 'vault-api-key': vaultKey };
    const asked = planOf(await programs.tokenize('5555555555554444'));
    const { body } = await programs.call('POST', `${programs.payUrl}/recurring/plans`, asked, keys);
    const planId = body.data.planId ?? '';
    const [charge] = await programs.ledger.all<{ sale: string }>(
      sql`SELECT sale FROM charges WHERE plan_id = ${planId}`,
    );
    const { cardFingerprint } = JSON.parse(charge?.sale ?? '{}') as { cardFingerprint: string };
    expect(cardFingerprint).toMatch(/^[0-9a-f]{64}$/);
    await programs.ledger.run(sql`
      INSERT INTO card_blocks (merchant_id, card_key, attempt_id, outcome, created_at, until_at)
      VALUES (${programs.merchant.merchantId}, ${cardFingerprint}, 'A1',
        ${JSON.stringify({ kind: 'declined', declineCode: 'stolen_card' })}, 0, ${beginningMs * 2})`);
    await walkPay(programs, beginningMs, beginningMs + 40 * dayMs);
    const { body: plans } = await programs.asMerchant(`/recurring/plans?merchantId=ozu_bluekettle&planId=${planId}`);
    expect(plans.data).toMatchObject([{ status: 'past_due', cyclesCharged: 1 }]);
    const attempts = await programs.ledger.all<{ state: string; attempt_id: string }>(sql`
      SELECT a.state, a.attempt_id FROM attempts a JOIN charges c ON c.charge_id = a.charge_id
      WHERE c.plan_id = ${planId} AND c.cycle = 2`);
    expect(attempts.map(({ state }) => state)).toEqual(['NOT_SENT']);
    const inquiry = await fetch(`${programs.sandboxUrl}/transactions?reference=${attempts[0]?.attempt_id}`);
    expect(await inquiry.json()).toMatchObject({ found: false });
  });
});

test('on the page the fourth decline of a card within ten minutes says no more than declined', async () => {
  const system = await startSystem({ RATE_LIMITS: 'on' });
  try {
    const told: unknown[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      const { sessionId } = await createSession(system.dev);
      const { status, body } = await pay(system.dev, await preparePay(system.dev, sessionId, '4000000000009995'));
      told.push([status, body.errorCode]);
    }
    expect(told).toEqual([...Array(3).fill([402, 'INSUFFICIENT_FUNDS']), [402, 'CARD_DECLINED']]);
    const { sessionId } = await createSession(system.dev);
    expect((await pay(system.dev, await preparePay(system.dev, sessionId, visa))).status).toBe(200);
  } finally {
    await system.stop();
  }
});
