// `GET /charges/{chargeId}` and `POST /charges/{chargeId}/abandon` (contract 12.2): for Checkout only.
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import { chargeAnswer } from '../answers.ts';
import type { Caller } from '../authentication.ts';
import type { PayContext } from '../context.ts';
import { findLastAttempt } from '../store/attempts.ts';
import { type Charge, findCharge, insertDeadCharge } from '../store/charges.ts';

type ChargeCall = Call<object, Caller>;

export async function answerCharge(context: PayContext, { who, params }: ChargeCall): Promise<unknown> {
  const charge = await findCharge(context.db, who.merchant.merchantId, params.chargeId ?? '');
  if (charge === undefined) throw new Refusal('NOT_FOUND');
  return tell(context, charge);
}

/** "Unknown to Pay" is no proof as long as the sale may still arrive; a dead charge is. */
export async function abandonCharge(context: PayContext, call: ChargeCall): Promise<unknown> {
  const { who, params } = call;
  const chargeId = params.chargeId ?? '';
  if (!/^chg_[0-9A-Za-z]{22}$/.test(chargeId)) throw new Refusal('NOT_FOUND');
  await insertDeadCharge(context.db, who.merchant.merchantId, chargeId);
  return answerCharge(context, call);
}

async function tell({ db }: PayContext, charge: Charge): Promise<unknown> {
  return { success: true, data: chargeAnswer(charge, await findLastAttempt(db, charge.chargeId)) };
}
