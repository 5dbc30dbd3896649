// `GET /recurring/plans` (contract 8.7).
import { pageOf } from '@ozura/contract/pay/pagination';
import type { PlanQuery } from '@ozura/contract/pay/plans';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../../../authentication.ts';
import type { PayContext } from '../../../context.ts';
import { planAnswer } from '../../../plan-answer.ts';
import { countPlans, findPlan, listPlans, type PlanFilter } from '../../../store/plans.ts';

export async function answerPlans({ db }: PayContext, { input, who }: Call<PlanQuery, Caller>): Promise<unknown> {
  const { merchantId } = who.merchant;
  // Agents, ISVs, ISOs and groups are names that version 1 does not know.
  if (input.merchantId === undefined) throw new Refusal('PERMISSION_DENIED');
  if (input.merchantId !== merchantId) throw new Refusal('MERCHANT_MISMATCH');
  const { planId, status } = input;
  if (planId !== undefined && (await findPlan(db, planId))?.merchantId !== merchantId) {
    throw new Refusal('PLAN_NOT_FOUND');
  }
  const filter: PlanFilter = { merchantId, planId, status };
  const [plans, totalCount] = await Promise.all([listPlans(db, filter, input), countPlans(db, filter)]);
  return { success: true, data: plans.map(planAnswer), pagination: pageOf(input, totalCount) };
}
