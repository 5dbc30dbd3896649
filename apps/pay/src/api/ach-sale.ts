// `POST /achSale` (contract 8.6).
import type { AchSale } from '@ozura/contract/pay/ach-sale-fields';
import type { Call } from '@ozura/kit/http/route';
import { achAnswer } from '../answers.ts';
import type { Caller } from '../authentication.ts';
import { debitBank } from '../bank-sale.ts';
import { claimOf, requestText } from '../claim.ts';
import type { PayContext } from '../context.ts';
import { answerWithinMs } from '../sale.ts';

export async function answerAchSale(context: PayContext, call: Call<AchSale, Caller>): Promise<unknown> {
  const { input, who, request, reply } = call;
  const claim = claimOf(context, who, {
    operation: 'achSale',
    merchantId: input.merchantId,
    sentKey: request.headers['idempotency-key'],
    cvcSession: undefined,
    request: requestText(input),
  });
  const answerByMs = context.now() + answerWithinMs - reply.elapsedTime;
  const sold = await debitBank(context, { sale: input, merchant: who.merchant, claim, answerByMs });
  if (sold.replayed) reply.header('Idempotent-Replayed', 'true');
  return { success: true, data: achAnswer(sold.sale, sold.attempt) };
}
