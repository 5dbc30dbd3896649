// Plans on both engines: what the code forgets, the database refuses (contract 12.6).
import { defaultSettings } from '@ozura/core/merchant-settings';
import { onAsked, onDeclined, onDue, onFirstCharged, openPlan, type Plan, type PlanTerms } from '@ozura/core/plan';
import { forEachSchema } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { PreparedSale } from '../prepared-sale.ts';
import { endCycleCharge, findCycleCharge, insertCharge } from './charges.ts';
import { insertMerchant } from './merchants.ts';
import { findDuePlans, findNextDueAt, findPlan, insertPlan, leasePlan, type StoredPlan, updatePlan } from './plans.ts';
import { listUntoldHolds, moveHold } from './token-holds.ts';

const merchantId = 'ozu_bluekettle';
const dayMs = 86_400_000;
const anchorMs = Date.parse('2027-01-31T10:00:00Z');
const dueMs = Date.parse('2027-02-28T10:00:00Z');
const terms: PlanTerms = {
  currency: 'USD',
  amountMinor: 2000n,
  interval: 'monthly',
  intervalCount: 1,
  setupFeeMinor: 500n,
  surchargeHundredths: 300n,
  salesTaxExempt: false,
};
const written = { ...terms, amountMinor: '2000', setupFeeMinor: '500', surchargeHundredths: '300' };

function charging(plan: Plan): Plan {
  const due = onDue(plan, dueMs);
  if (due.kind !== 'charge') throw new Error('not due');
  return due.plan;
}

forEachSchema((_engine, open) => {
  let db: Database;
  let made = 0;
  let planId: string;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings });
  });

  const charge = (cycle: number, chargeId = `chg_${planId}_${cycle}`): Promise<number> => {
    const opening = { planName: 'Tea', terms: written };
    const sale = { token: 'tok_1', plan: { planId, cycle, ...(cycle === 1 ? { opening } : {}) } };
    const claim = { chargeId, merchantId, idempotencyKey: chargeId, fingerprint: '', cvcHash: undefined };
    return insertCharge(db, claim, sale as unknown as PreparedSale, 1_000);
  };
  const stored = async (): Promise<StoredPlan> => {
    const found = await findPlan(db, planId);
    if (found === undefined) throw new Error('no plan');
    return found;
  };
  const change = async (plan: Plan): Promise<number> => updatePlan(db, await stored(), { plan });

  beforeEach(async () => {
    made += 1;
    planId = `plan_${made}`;
    await charge(1);
    const { plan } = onFirstCharged(openPlan(terms, anchorMs), anchorMs);
    expect(await insertPlan(db, newPlan(plan))).toBe(1);
  });

  const newPlan = (plan: Plan) => ({
    planId,
    merchantId,
    chargeId: `chg_${planId}_1`,
    plan,
    networkReference: '4711',
  });

  test('a plan is read back as it was written, with what was agreed', async () => {
    const { plan, networkReference, opening } = await stored();
    expect(plan).toEqual({ terms, status: 'active', anchorMs, cyclesCharged: 1, nextIndex: 1 });
    expect([networkReference, opening.planName]).toEqual(['4711', 'Tea']);
    expect(await insertPlan(db, newPlan(plan))).toBe(0);
    const waiting = onDeclined(charging(plan), 'retry_later', dueMs).plan;
    expect(await change(waiting)).toBe(1);
    expect((await stored()).plan).toEqual(waiting);
  });

  test('a change is written once: whoever knows an older plan changes nothing', async () => {
    const before = await stored();
    const paused = onAsked(before.plan, 'paused', anchorMs)?.plan ?? before.plan;
    expect(await updatePlan(db, before, { plan: paused })).toBe(1);
    expect(await updatePlan(db, before, { plan: { ...before.plan, status: 'cancelled' } })).toBe(0);
    expect((await stored()).plan.status).toBe('paused');
  });

  test('a plan that has ended stays so, and what was charged stays charged', async () => {
    const { plan } = await stored();
    await expect(change({ ...plan, cyclesCharged: 0 })).rejects.toThrow(/does not move like this/);
    await expect(change({ ...plan, status: 'incomplete' })).rejects.toThrow(/does not move like this/);
    await change({ ...plan, status: 'cancelled' });
    for (const status of ['active', 'paused', 'past_due', 'completed'] as const) {
      await expect(change({ ...plan, status })).rejects.toThrow(/does not move like this/);
    }
  });

  test('a cycle has one charge, which ends with the cycle', async () => {
    expect([await charge(2), await charge(2, `chg_${planId}_again`)]).toEqual([1, 0]);
    expect(await findCycleCharge(db, planId, 2)).toMatchObject({ chargeId: `chg_${planId}_2`, state: 'open' });
    expect([await endCycleCharge(db, planId, 2), await endCycleCharge(db, planId, 2)]).toEqual([1, 0]);
  });

  test('a plan that is due is leased by one, until its time is over or it is changed', async () => {
    const isDue = async (nowMs: number): Promise<boolean> => (await findDuePlans(db, nowMs, 100)).includes(planId);
    const lease = (nowMs: number): Promise<number> => leasePlan(db, planId, { nowMs, untilMs: nowMs + 20_000 });
    expect([await isDue(dueMs - 1), await lease(dueMs - 1)]).toEqual([false, 0]);
    expect(await isDue(dueMs)).toBe(true);
    expect([await lease(dueMs), await lease(dueMs)]).toEqual([1, 0]);
    expect([await isDue(dueMs + 19_999), await isDue(dueMs + 20_000)]).toEqual([false, true]);
    await change(charging((await stored()).plan));
    // While a try is under way only its outcome changes anything.
    expect(await isDue(dueMs + 30 * dayMs)).toBe(false);
  });

  test('the next date of all plans is the one that the clock stops at', async () => {
    await db.run(sql`UPDATE plans SET due_at = NULL WHERE plan_id <> ${planId}`);
    expect(await findNextDueAt(db, dueMs - 1)).toBe(dueMs);
    expect(await findNextDueAt(db, dueMs)).toBeUndefined();
  });

  test('the Vault is told of a token once, and again when the plan has ended', async () => {
    const isUntold = async (): Promise<boolean> =>
      (await listUntoldHolds(db, 100)).some((hold) => hold.planId === planId);
    expect(await isUntold()).toBe(true);
    expect(await moveHold(db, planId, { from: 'none', to: 'asked' })).toBe(1);
    expect(await moveHold(db, planId, { from: 'none', to: 'asked' })).toBe(0);
    expect(await isUntold()).toBe(true);
    await moveHold(db, planId, { from: 'asked', to: 'held' });
    expect(await isUntold()).toBe(false);
    await change({ ...(await stored()).plan, status: 'cancelled' });
    expect(await isUntold()).toBe(true);
    await moveHold(db, planId, { from: 'held', to: 'none' });
    expect(await isUntold()).toBe(false);
  });
});
