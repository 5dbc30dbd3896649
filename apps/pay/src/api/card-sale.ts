// `POST /cardSale` (contract 8.1 to 8.3).
import type { CardSale } from '@ozura/contract/pay/card-sale-fields';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import { saleAnswer } from '../answers.ts';
import type { Caller } from '../authentication.ts';
import { claimOf, requestText } from '../claim.ts';
import type { PayContext } from '../context.ts';
import { answerWithinMs, sell } from '../sale.ts';

export async function answerCardSale(context: PayContext, call: Call<CardSale, Caller>): Promise<unknown> {
  const { input, who, request, reply } = call;
  if (input.cvcSession === undefined && !who.merchant.settings.motoWithoutCvc) {
    throw new Refusal('VALIDATION_FAILED', { message: 'ozuraCvcSession: is required' });
  }
  const claim = claimOf(context, who, {
    operation: 'cardSale',
    merchantId: input.merchantId,
    sentKey: request.headers['idempotency-key'],
    cvcSession: input.cvcSession,
    request: requestText(input),
  });
  const answerByMs = context.now() + answerWithinMs - reply.elapsedTime;
  const { sale, attempt, replayed } = await sell(context, { sale: input, merchant: who.merchant, claim, answerByMs });
  if (replayed) reply.header('Idempotent-Replayed', 'true');
  return { success: true, data: saleAnswer(sale, attempt) };
}
