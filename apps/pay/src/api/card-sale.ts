// `POST /cardSale` (contract 8.1 to 8.3).
import type { CardSale } from '@ozura/contract/pay/card-sale-fields';
import { Refusal } from '@ozura/core/errors';
import type { Intake } from '@ozura/core/validation';
import type { Asked, Call } from '@ozura/kit/http/route';
import { saleAnswer } from '../answers.ts';
import type { Caller } from '../authentication.ts';
import { claimOf, KEY_NEEDED, noteKeyFaults, requestText } from '../claim.ts';
import type { PayContext } from '../context.ts';
import { answerWithinMs, sell } from '../sale.ts';

/** Of a request with other faults. Only a merchant's settings and a key let a sale be without a CVC session. */
export function noteSaleFaults(asked: Asked<Caller>, intake: Intake): void {
  const { sent, who, request } = asked;
  const isTold = intake.failures.some((failure) => failure.startsWith('ozuraCvcSession:'));
  if (sent.ozuraCvcSession == null && !isTold) {
    if (!who.merchant.settings.motoWithoutCvc) intake.fail('ozuraCvcSession', 'is required');
    else if (request.headers['idempotency-key'] === undefined) intake.fail('ozuraCvcSession', KEY_NEEDED);
  }
  noteKeyFaults(asked, intake);
}

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
