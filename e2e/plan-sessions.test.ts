// Sessions that start a plan (contract 6.3, 8.7 and 12.2): handled like a sale whatever goes wrong, and a plan is never
// begun twice. A session is completed if and only if its first charge is approved.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PagePay, pay, preparePay } from './browserless.ts';
import { createSession, getSession, keysOf, untilStatus } from './merchant.ts';
import { standingBookings } from './processor.ts';
import { type System, startSystem } from './system.ts';

const APPROVED = '4242424242424242';
const DECLINED = '4000000000000002';
const LOST_ANSWER = '4012888888881881';

const club = {
  amount: '20.00',
  checkoutMode: 'recurring',
  surchargePercent: '3.00',
  recurringConfig: {
    planName: 'Kettle Club',
    interval: 'monthly',
    startDate: '2037-01-01',
    maxCycles: 12,
    setupFee: '5.00',
    initialAmount: '9.99',
    initialCycles: 3,
    merchantRecurringReference: 'club-7',
  },
};
/** Golden vector G15: fee, introductory price and surcharge. */
const firstCharge = '15.44';

interface Plan {
  readonly planId: string;
  readonly status: string;
}

async function preparePlan(number: string): Promise<PagePay> {
  const { sessionId } = await createSession(system.dev, club);
  const prepared = await preparePay(system.dev, sessionId, number);
  return { ...prepared, body: { ...prepared.body, expectedTotal: firstCharge } };
}

async function plansOf(): Promise<Plan[]> {
  const { dev } = system;
  const url = `${dev.payUrl}/recurring/plans?merchantId=${dev.merchantId}`;
  const answer = await fetch(url, { headers: { 'x-api-key': dev.merchantKey } });
  return ((await answer.json()) as { data: Plan[] }).data;
}

const bookedMinor = ({ sessionId }: PagePay): number[] =>
  standingBookings(system.dataDir)
    .filter((booking) => booking.sessionId === sessionId)
    .map(({ amountMinor }) => amountMinor);

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

describe('while nothing breaks', () => {
  const planOf = async ({ sessionId }: PagePay): Promise<Plan | undefined> => {
    const { payment } = (await getSession(system.dev, sessionId)) as { payment?: { planId?: string } };
    return (await plansOf()).find(({ planId }) => planId === payment?.planId);
  };

  test('an approved first charge completes the session and begins the plan that was shown', async () => {
    const prepared = await preparePlan(APPROVED);
    const { status, body } = await pay(system.dev, prepared);
    expect(status).toBe(200);
    const plan = await planOf(prepared);
    expect(plan).toMatchObject({
      status: 'active',
      planName: 'Kettle Club',
      amount: '20.00',
      currency: 'USD',
      interval: 'monthly',
      intervalCount: 1,
      cyclesCharged: 1,
      maxCycles: 12,
      merchantRecurringReference: 'club-7',
    });
    const url = new URL(body.data?.redirectUrl ?? '');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      checkoutMode: 'recurring',
      transactionType: 'sale',
      amount: firstCharge,
      surchargeAmount: '0.45',
      planId: plan?.planId,
    });
    expect(body.data).toMatchObject({ paymentData: { amount: firstCharge, planId: plan?.planId } });
    expect(await getSession(system.dev, prepared.sessionId)).toMatchObject({
      amount: '20.00',
      payment: { amount: firstCharge, planId: plan?.planId },
    });
    expect(bookedMinor(prepared)).toEqual([1544]);
  });

  test('the same press of the button, however often it arrives, begins one plan', async () => {
    const prepared = await preparePlan(APPROVED);
    const before = (await plansOf()).length;
    await Promise.all([pay(system.dev, prepared), pay(system.dev, prepared), pay(system.dev, prepared)]);
    await untilStatus(system.dev, prepared.sessionId, 'completed');
    expect((await pay(system.dev, prepared)).status).toBe(200);
    expect((await plansOf()).length).toBe(before + 1);
    expect(bookedMinor(prepared)).toEqual([1544]);
  });

  test('a declined card begins no plan, and another card does', async () => {
    const declined = await preparePlan(DECLINED);
    const before = (await plansOf()).length;
    expect(await pay(system.dev, declined)).toMatchObject({ status: 402, body: { errorCode: 'CARD_DECLINED' } });
    expect((await getSession(system.dev, declined.sessionId)).status).toBe('pending');
    expect((await plansOf()).length).toBe(before);
    const again = await preparePay(system.dev, declined.sessionId, APPROVED);
    const body = { ...again.body, expectedTotal: firstCharge };
    expect((await pay(system.dev, { ...again, body })).status).toBe(200);
    expect(await planOf(declined)).toMatchObject({ status: 'active' });
  });

  test('a first charge that costs more than was shown is not made', async () => {
    const prepared = await preparePlan(APPROVED);
    const body = { ...prepared.body, expectedTotal: '14.99' };
    expect(await pay(system.dev, { ...prepared, body })).toMatchObject({
      status: 409,
      body: { errorCode: 'PRICE_CHANGED', pricing: { subtotal: 14.99, surcharge: 0.45, total: 15.44 } },
    });
    expect(bookedMinor(prepared)).toEqual([]);
  });

  test('an answer that got lost leaves the plan incomplete until the processor says that it is paid', async () => {
    const prepared = await preparePlan(LOST_ANSWER);
    const paying = pay(system.dev, prepared);
    await expect.poll(async () => (await plansOf()).map(({ status }) => status)).toContain('incomplete');
    expect((await getSession(system.dev, prepared.sessionId)).status).toBe('pending');
    await paying;
    await untilStatus(system.dev, prepared.sessionId, 'completed');
    expect(await planOf(prepared)).toMatchObject({ status: 'active' });
    expect(bookedMinor(prepared)).toEqual([1544]);
  });
});

test.each(['P3-after', 'C2-before'])('killed at %s: one paid session, one plan', { timeout: 90_000 }, async (label) => {
  const prepared = await preparePlan(APPROVED);
  const before = (await plansOf()).length;
  await system.restart({ CRASH_AT: label });
  expect((await pay(system.dev, prepared)).status).toBe(0);
  await system.restart();
  await expect
    .poll(() => getSession(system.dev, prepared.sessionId), { timeout: 70_000 })
    .toMatchObject({ status: 'completed', paymentState: null });
  expect(await pay(system.dev, prepared)).toMatchObject({ status: 200, body: { data: { status: 'completed' } } });
  expect(await plansOf()).toHaveLength(before + 1);
  expect(bookedMinor(prepared)).toEqual([1544]);
});

test('tax and surcharge are those of each cycle', async () => {
  const { dev } = system;
  const rows = [{ country: 'US', state: 'CA', ratePercent: '8.875' }];
  const replaced = await fetch(`${dev.payUrl}/admin/merchants/${dev.merchantId}/tax-rows`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${dev.adminToken}` },
    body: JSON.stringify({ rows, by: 'ines' }),
  });
  expect(replaced.status).toBe(200);
  const prepared = await preparePlan(APPROVED);
  const body = { ...prepared.body, expectedTotal: '16.77' };
  expect((await pay(dev, { ...prepared, body })).status).toBe(200);
  const session = (await getSession(dev, prepared.sessionId)) as { payment?: { planId?: string } };
  expect(session.payment).toMatchObject({ amount: '16.77', salesTaxAmount: '1.33', surchargeAmount: '0.45' });
  const moved = await fetch(`${dev.checkoutUrl}/api/test/clock/advance`, {
    method: 'POST',
    headers: keysOf(dev),
    body: JSON.stringify({ seconds: 32 * 86_400 }),
  });
  expect(moved.status).toBe(200);
  const cycles = await fetch(`${dev.payUrl}/transQuery?limit=100`, { headers: { 'x-api-key': dev.merchantKey } });
  const { data } = (await cycles.json()) as { data: Record<string, string>[] };
  expect(data.filter(({ planId }) => planId === session.payment?.planId)).toMatchObject([
    { amount: '11.18', salesTaxAmount: '0.89', surchargeAmount: '0.30' },
  ]);
});
