// Charges the cycles of plans whose time has come (contract 8.7). Any number of processes may run it: a plan is leased
// while its charge is prepared, and the reservation is a compare-and-set on the plan beside a unique (plan, cycle).

import { raiseAlarm } from '@ozura/kit/alarm';
import type { Job } from '@ozura/kit/jobs';
import { inLanes } from '@ozura/kit/lanes';
import { beginTrace } from '@ozura/kit/trace';
import type { PayContext } from '../context.ts';
import { advancePlan } from '../plan-cycle.ts';
import { findDuePlans, findNextDueAt, leasePlan } from '../store/plans.ts';

const everyMs = 1_000;
/** Longer than the Vault and the tax provider take together. */
const leaseMs = 20_000;
const dueMax = 200;
const lanes = 8;

export const chargeDuePlans = (context: PayContext): Job => ({
  name: 'charge-due-plans',
  everyMs,
  nextDueAt: (afterMs) => findNextDueAt(context.db, afterMs),
  run: async (stopping) => {
    // A plan that is late by several dates is due again at once; one that failed is leased, and found no more.
    for (let due = await findDue(context); due.length > 0 && !stopping.aborted; due = await findDue(context)) {
      await inLanes(due, lanes, (planId) => beginTrace(context.random, { planId }, () => advanceOnce(context, planId)));
    }
  },
});

const findDue = async ({ db }: PayContext): Promise<string[]> => findDuePlans(db, await db.now(), dueMax);

async function advanceOnce(context: PayContext, planId: string): Promise<void> {
  const { db } = context;
  const nowMs = await db.now();
  if ((await leasePlan(db, planId, { nowMs, untilMs: nowMs + leaseMs })) === 0) return;
  await advancePlan(context, planId).catch((error: unknown) => {
    // Nothing was written: it is tried again when the lease has run out.
    raiseAlarm(context, { err: error, planId }, 'a plan could not be charged');
  });
}
