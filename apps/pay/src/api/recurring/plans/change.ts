// `PATCH /recurring/plans/{planId}` and its aliases `POST …/pause`, `/resume` and `/cancel` (contract 8.7).
import { ERRORS, Refusal } from '@ozura/core/errors';
import { type AskedStatus, onAsked } from '@ozura/core/plan';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../../../authentication.ts';
import type { PayContext } from '../../../context.ts';
import { planAnswer } from '../../../plan-answer.ts';
import { untilUnmoved, writePlan } from '../../../plan-ledger.ts';
import { findPlan } from '../../../store/plans.ts';
import { settleHold } from '../../../token-hold.ts';

type ChangeCall = Call<{ readonly merchantId: string | undefined; readonly status?: AskedStatus }, Caller>;

/** `asked`: where the path leads; a PATCH says it in its body. */
export async function changePlan(context: PayContext, call: ChangeCall, asked?: AskedStatus): Promise<unknown> {
  const { input, who, params } = call;
  const { merchantId } = who.merchant;
  if (input.merchantId !== undefined && input.merchantId !== merchantId) throw new Refusal('MERCHANT_MISMATCH');
  const status = asked ?? input.status;
  if (status === undefined) throw new Error('a change without a status');
  const changed = await untilUnmoved(() =>
    context.db.transact(async (tx) => {
      const before = await findPlan(tx, params.planId ?? '');
      if (before === undefined || before.merchantId !== merchantId) throw new Refusal('PLAN_NOT_FOUND');
      const nowMs = await tx.now();
      const move = onAsked(before.plan, status, nowMs);
      if (move === undefined) throw conflict(before.plan.status, status);
      // It is there already.
      if (move.events.length === 0) return before;
      return writePlan(context, tx, { before, move, cause: { nowMs } });
    }),
  );
  await settleHold(context, changed.planId);
  return { success: true, data: planAnswer(changed) };
}

const conflict = (from: string, to: string): Refusal =>
  new Refusal('PLAN_STATE_CONFLICT', {
    message: ERRORS.PLAN_STATE_CONFLICT.message.replace('{a}', from).replace('{b}', to),
  });
