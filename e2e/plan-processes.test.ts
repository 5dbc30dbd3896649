// Processes of Pay that race for the cycles of plans, and that die while they charge them (contract 8.7, 12.7): each cycle
// is charged once.
import type { PlanData } from '@ozura/contract/pay/plans';
import { type Database, sql } from '@ozura/kit/db/handle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { setPayClock, walkPay } from './pay-clock.ts';
import { planEvents } from './pay-ledger.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { planOf } from './plan.ts';

const beginningMs = Date.parse('2027-01-31T10:00:00Z');
const dayMs = 86_400_000;

/** Approved sales of each cycle of a plan that stand. */
async function standing(ledger: Database, planId: string): Promise<string[]> {
  const rows = await ledger.all<{ cycle: number; sales: number }>(sql`
    SELECT c.cycle, count(*) AS sales FROM charges c JOIN attempts a ON a.charge_id = c.charge_id
    WHERE c.plan_id = ${planId} AND a.state = 'APPROVED' GROUP BY c.cycle ORDER BY c.cycle`);
  return rows.map(({ cycle, sales }) => `${cycle}:${sales}`);
}

forEachEngine((engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  const start = async (changes: Record<string, unknown>): Promise<string> => {
    const keys = { 'x-api-key': programs.merchant.merchantKey, 'vault-api-key': programs.merchant.vaultKey };
    const plan = planOf(await programs.tokenize('4242424242424242'), changes);
    const { body } = await programs.call('POST', `${programs.payUrl}/recurring/plans`, plan, keys);
    return body.data.planId ?? '';
  };
  const plan = async (planId: string): Promise<PlanData> => {
    const { body } = await programs.asMerchant(`/recurring/plans?merchantId=ozu_bluekettle&planId=${planId}`);
    return body.data[0] as unknown as PlanData;
  };
  const approvedBookings = async (): Promise<number> => {
    const entries = await programs.journal();
    return entries.filter(({ kind, status }) => kind === 'sale' && status === 'approved').length;
  };

  // A SQLite file has one process.
  test.runIf(engine === 'postgres')('two processes charge each cycle of many plans once', async () => {
    await setPayClock(programs, beginningMs);
    const other = await programs.joinPay();
    const planIds = await Promise.all(Array.from({ length: 6 }, () => start({ interval: 'daily', maxCycles: 4 })));
    for (let day = 1; day <= 4; day += 1) {
      await setPayClock(programs, beginningMs + day * dayMs);
      const calls = [programs.asCheckout, other.asCheckout, programs.asCheckout, other.asCheckout];
      await Promise.all(calls.map((asCheckout) => asCheckout('POST', '/test/clock/run', { afterMs: beginningMs })));
    }
    await other.leave();
    for (const planId of planIds) {
      expect(await standing(programs.ledger, planId)).toEqual(['1:1', '2:1', '3:1', '4:1']);
      expect(await plan(planId)).toMatchObject({ status: 'completed', cyclesCharged: 4 });
      const charged = (await planEvents(programs.ledger, planId)).filter(({ type }) => type === 'plan.charged');
      expect(charged.map(({ data }) => data.cycle)).toEqual([1, 2, 3, 4]);
    }
    expect(await approvedBookings()).toBe(planIds.length * 4);
  });

  test('killed at any step of a cycle, Pay charges it once after a restart', async () => {
    await setPayClock(programs, beginningMs);
    const before = await approvedBookings();
    const planId = await start({ interval: 'weekly' });
    // `pay-kill.test.ts` walks through all of them on both engines, with sales.
    const labels = engine === 'sqlite' ? ['P3-after'] : ['P1-after', 'P2-after', 'P3-after', 'P4-after'];
    for (const [index, crashAt] of labels.entries()) {
      await programs.restartPay({ crashAt });
      const dueMs = beginningMs + (index + 1) * 7 * dayMs;
      await setPayClock(programs, dueMs).catch(() => undefined);
      await programs.payDied();
      await programs.restartPay();
      await walkPay(programs, dueMs, dueMs + 2 * dayMs);
      expect([crashAt, await plan(planId)]).toMatchObject([crashAt, { status: 'active', cyclesCharged: index + 2 }]);
    }
    const cycles = [1, ...labels.map((_label, index) => index + 2)];
    expect(await standing(programs.ledger, planId)).toEqual(cycles.map((cycle) => `${cycle}:1`));
    expect((await approvedBookings()) - before).toBe(cycles.length);
  }, 120_000);
});
