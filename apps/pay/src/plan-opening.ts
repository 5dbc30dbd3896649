// What a plan was opened with, as it stands in the sale of its first charge.
import type { NewPlan } from '@ozura/contract/pay/plan-fields';
import { openPlan, type Plan, type PlanTerms } from '@ozura/core/plan';

/** The cycle of a plan that a charge is. */
export interface PlanCycle {
  readonly planId: string;
  /** 1 is the first charge. */
  readonly cycle: number;
  /** Only with the first charge. */
  readonly opening?: PlanOpening;
  /** Only with later ones: what the card network calls the first. */
  readonly networkReference?: string;
}

export interface PlanOpening {
  readonly planName: string;
  readonly merchantRecurringReference?: string;
  /** Asked for by name; later cycles go there too. */
  readonly processor?: string;
  /** JSON has no bigint. */
  readonly terms: Readonly<Record<string, string | number | boolean>>;
}

export const openingOf = ({ planName, merchantRecurringReference, sale, terms }: NewPlan): PlanOpening => ({
  planName,
  ...(merchantRecurringReference === undefined ? {} : { merchantRecurringReference }),
  ...(sale.processor === undefined ? {} : { processor: sale.processor }),
  terms: Object.fromEntries(
    Object.entries(terms).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  ),
});

const BIGINTS = ['amountMinor', 'setupFeeMinor', 'initialAmountMinor', 'surchargeHundredths'];

export const termsOf = ({ terms }: PlanOpening): PlanTerms =>
  Object.fromEntries(
    Object.entries(terms).map(([name, value]) => [name, BIGINTS.includes(name) ? BigInt(value) : value]),
  ) as unknown as PlanTerms;

/** Dates count from the moment at which the first charge was sent, however late its outcome is known. */
export function plannedBy(
  { planId, opening }: PlanCycle,
  { sentAtMs }: { readonly sentAtMs: number | undefined },
): Plan {
  if (opening === undefined || sentAtMs === undefined) throw new Error(`plan ${planId} was not opened`);
  return openPlan(termsOf(opening), sentAtMs);
}
