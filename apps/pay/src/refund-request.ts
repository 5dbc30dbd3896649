// What a refund and a void have in common as requests (contract 8.4 and 0.8): whose sale it is, under which key they
// count once, and what is answered when they were asked for before.
import { failureOf } from '@ozura/core/attempt-answer';
import { Refusal } from '@ozura/core/errors';
import { hashKey } from '@ozura/kit/auth';
import type { Call } from '@ozura/kit/http/route';
import { isRunning } from './answers.ts';
import type { Caller } from './authentication.ts';
import { readKey } from './claim.ts';
import type { PayContext } from './context.ts';
import { type AskedRefund, reserveRefund, runRefund } from './refund.ts';
import { findAttempt } from './store/attempts.ts';
import { findRefundByKey, type Refund } from './store/refunds.ts';
import { findTransaction, type Transaction } from './store/transactions.ts';

/** Below the 30 s after which clients give up (contract 8). */
const answerWithinMs = 28_000;
const retryAfter = { headers: { 'Retry-After': '2' } };

/** An approved card sale of this merchant; throws what anything else is answered with. */
export async function findRefundableSale(
  { db }: PayContext,
  { merchant: { merchantId } }: Caller,
  asked: { readonly merchantId: string; readonly transactionId: string },
): Promise<Transaction> {
  if (asked.merchantId !== merchantId) throw new Refusal('MERCHANT_MISMATCH');
  const sale = await findTransaction(db, merchantId, asked.transactionId);
  if (sale?.type === 'CreditCardSale') return sale;
  // A sale that was declined, or is not decided, has no transaction, but its attempt is known by the same id.
  const attempt = sale === undefined ? await findAttempt(db, asked.transactionId) : undefined;
  const isTheirs = sale !== undefined || attempt?.merchantId === merchantId;
  throw new Refusal(isTheirs ? 'NOT_REFUNDABLE' : 'TRANSACTION_NOT_FOUND');
}

export interface RefundRequest extends Pick<AskedRefund, 'operation' | 'sale' | 'amountMinor' | 'reason'> {
  /** The normalised request. */
  readonly fingerprintOf: readonly (string | undefined)[];
}

/** The approved refund; throws what any other end of it is answered with. */
export async function answerRefund(
  context: PayContext,
  call: Call<unknown, Caller>,
  { fingerprintOf, ...request }: RefundRequest,
): Promise<Refund> {
  const answerByMs = context.now() + answerWithinMs - call.reply.elapsedTime;
  const { merchantId } = call.who.merchant;
  const asked: AskedRefund = {
    ...request,
    merchantId,
    idempotencyKey: readKey(call.request.headers['idempotency-key']),
    fingerprint: hashKey(context.config.pepper, `${request.operation}\n${JSON.stringify(fingerprintOf)}`),
  };
  const known = await findRefundByKey(context.db, asked);
  if (known !== undefined) return replay(call, asked, known);
  const reservation = await reserveRefund(context, asked);
  if ('refused' in reservation) throw new Refusal(reservation.refused);
  if ('standing' in reservation) return approved(reservation.standing);
  if ('reserved' in reservation) return approved(await runRefund(context, reservation.reserved, answerByMs));
  const taken = await findRefundByKey(context.db, asked);
  if (taken === undefined) throw new Error('an idempotency key is taken by nobody');
  return replay(call, asked, taken);
}

/** The first call's outcome, as far as it is known now. Another body under its key is refused before anything else. */
function replay({ reply }: Call<unknown, Caller>, asked: AskedRefund, known: Refund): Refund {
  if (known.fingerprint !== asked.fingerprint) throw new Refusal('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
  const refund = approvedOr(known);
  reply.header('Idempotent-Replayed', 'true');
  if (refund instanceof Refusal) throw refund;
  return refund;
}

function approved(refund: Refund): Refund {
  const answer = approvedOr(refund);
  if (answer instanceof Refusal) throw answer;
  return answer;
}

function approvedOr(refund: Refund): Refund | Refusal {
  if (isRunning(refund)) {
    throw new Refusal('IDEMPOTENCY_KEY_IN_PROGRESS', retryAfter);
  }
  const failure = failureOf({ attemptId: refund.refundId, ...refund, undo: undefined });
  return failure === undefined ? refund : new Refusal(failure.code, { body: failure.body });
}
