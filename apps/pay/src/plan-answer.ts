// What is answered about a plan (contract 8.7).
import type { NewPlanData, PlanData } from '@ozura/contract/pay/plans';
import { formatMoney } from '@ozura/core/money';
import { nextChargeAt, onFirstCharged, type Plan } from '@ozura/core/plan';
import { saleAnswer } from './answers.ts';
import { type PlanOpening, plannedBy } from './plan-opening.ts';
import type { PreparedSale } from './prepared-sale.ts';
import type { Attempt } from './store/attempts.ts';
import type { StoredPlan } from './store/plans.ts';

export const planAnswer = ({ planId, opening, plan, createdAtMs }: StoredPlan): PlanData =>
  shown(planId, opening, { plan, createdAtMs });

/**
 * As the plan was when its first charge was approved, whenever it is asked: the same call is answered the same. Throws
 * what any other end of that charge is answered with.
 */
export function newPlanAnswer(sale: PreparedSale, attempt: Attempt): NewPlanData {
  const firstTransaction = saleAnswer(sale, attempt);
  const { plan: cycle } = sale;
  const { endedAtMs } = attempt;
  if (cycle?.opening === undefined || endedAtMs === undefined)
    throw new Error(`no plan began with ${attempt.chargeId}`);
  const planned = plannedBy(cycle, attempt);
  const { plan } = onFirstCharged(planned, endedAtMs);
  return { ...shown(cycle.planId, cycle.opening, { plan, createdAtMs: planned.anchorMs }), firstTransaction };
}

function shown(
  planId: string,
  { planName, merchantRecurringReference }: PlanOpening,
  { plan, createdAtMs }: { readonly plan: Plan; readonly createdAtMs: number },
): PlanData {
  const { status, cyclesCharged, terms } = plan;
  return {
    planId,
    status,
    planName,
    amount: formatMoney(terms.amountMinor, terms.currency),
    currency: terms.currency,
    interval: terms.interval,
    intervalCount: terms.intervalCount,
    ...nextChargeDate(plan),
    cyclesCharged,
    ...(terms.maxCycles === undefined ? {} : { maxCycles: terms.maxCycles }),
    ...(terms.endDate === undefined ? {} : { endDate: terms.endDate }),
    ...(merchantRecurringReference === undefined ? {} : { merchantRecurringReference }),
    createdAt: new Date(createdAtMs).toISOString(),
  };
}

export function nextChargeDate(plan: Plan): { readonly nextChargeDate?: string } {
  const nextMs = nextChargeAt(plan);
  return nextMs === undefined ? {} : { nextChargeDate: new Date(nextMs).toISOString() };
}
