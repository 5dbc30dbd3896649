// `POST /recurring/plans` (contract 8.7): the first charge, by the same steps as a card sale.
import type { NewPlan } from '@ozura/contract/pay/plan-fields';
import { Refusal } from '@ozura/core/errors';
import { newPlanId } from '@ozura/core/ids';
import { hasEnded } from '@ozura/core/plan-schedule';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../../../authentication.ts';
import { claimOf, requestText } from '../../../claim.ts';
import type { PayContext } from '../../../context.ts';
import { newPlanAnswer } from '../../../plan-answer.ts';
import { showInDoubt } from '../../../plan-ledger.ts';
import { openingOf } from '../../../plan-opening.ts';
import { answerWithinMs, sell } from '../../../sale.ts';
import { settleHold } from '../../../token-hold.ts';

export async function createPlan(context: PayContext, call: Call<NewPlan, Caller>): Promise<unknown> {
  const { input, who, request, reply } = call;
  const { sale: asked } = input;
  const claim = claimOf(context, who, {
    operation: 'createPlan',
    merchantId: asked.merchantId,
    sentKey: request.headers['idempotency-key'],
    cvcSession: asked.cvcSession,
    request: requestText(input),
  });
  const plan = { planId: newPlanId(context.random), opening: openingOf(input), check: () => checkEnd(context, input) };
  const answerByMs = context.now() + answerWithinMs - reply.elapsedTime;
  const sold = await sell(context, { sale: asked, merchant: who.merchant, claim, answerByMs, plan });
  if (sold.replayed) reply.header('Idempotent-Replayed', 'true');
  await showInDoubt(context, sold);
  // Before the answer: whoever has heard of a plan cannot delete its token any more.
  if (sold.sale.plan !== undefined) await settleHold(context, sold.sale.plan.planId);
  return { success: true, data: newPlanAnswer(sold.sale, sold.attempt) };
}

async function checkEnd({ db }: PayContext, { terms }: NewPlan): Promise<void> {
  if (hasEnded(terms, await db.now())) {
    throw new Refusal('VALIDATION_FAILED', { message: 'endDate: must not be in the past' });
  }
}
