// `GET /transQuery` (contract 8.5).
import { pageOf } from '@ozura/contract/pay/pagination';
import type { TransactionQuery } from '@ozura/contract/pay/trans-query-fields';
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import { type AttemptFacts, failureOf, queriedState } from '@ozura/core/attempt-answer';
import { Refusal } from '@ozura/core/errors';
import { isFollowedByRefund } from '@ozura/core/refund';
import type { Call } from '@ozura/kit/http/route';
import { isRunning } from '../answers.ts';
import type { Caller } from '../authentication.ts';
import type { PayContext } from '../context.ts';
import { findAttempt } from '../store/attempts.ts';
import { findFollowingRefund, findRefund, type Refund } from '../store/refunds.ts';
import { countTransactions, listTransactions, type TransactionFilter } from '../store/transactions.ts';

const dayMs = 24 * 60 * 60 * 1000;
const rangeDefaultMs = 30 * dayMs;
/** The last second counts as a whole. */
const rangeMaxMs = 366 * dayMs + 999;

export async function answerTransQuery(
  { db }: PayContext,
  { input, who }: Call<TransactionQuery, Caller>,
): Promise<unknown> {
  const { merchantId } = who.merchant;
  if (input.merchantId !== undefined && input.merchantId !== merchantId) throw new Refusal('MERCHANT_MISMATCH');
  const filter = filterOf(input, merchantId, await db.now());
  const [rows, totalCount] = await Promise.all([listTransactions(db, filter, input), countTransactions(db, filter)]);
  return {
    success: true,
    data: rows.map((row) => chosen(row, input.fields)),
    pagination: pageOf(input, totalCount),
    ...(input.attemptId === undefined ? {} : await attemptMember(db, merchantId, input.attemptId)),
  };
}

/** One transaction is found whenever it was; beside it the other filters do not count. */
function filterOf(input: TransactionQuery, merchantId: string, nowMs: number): TransactionFilter {
  const { transactionId, attemptId, orderId, type } = input;
  const none = { attemptId: undefined, orderId: undefined, type: undefined, range: undefined };
  if (transactionId !== undefined) return { ...none, merchantId, transactionId };
  const toMs = input.toMs ?? nowMs;
  const fromMs = input.fromMs ?? toMs - rangeDefaultMs;
  if (toMs - fromMs > rangeMaxMs) {
    throw new Refusal('VALIDATION_FAILED', { message: 'dateTo: range must be at most 366 days' });
  }
  return { merchantId, transactionId, attemptId, orderId, type, range: { fromMs, toMs } };
}

const chosen = (row: TransactionRow, fields: TransactionQuery['fields']): TransactionRow =>
  fields === undefined ? row : Object.fromEntries(fields.map((name) => [name, row[name]]));

/** Of a sale, or of a refund or void: both are known by the id that a 504 names. */
async function attemptMember(db: PayContext['db'], merchantId: string, attemptId: string) {
  const attempt = await findAttempt(db, attemptId);
  if (attempt?.merchantId === merchantId)
    return { attempt: attemptAnswer(attempt, attempt.reviewedAtMs !== undefined) };
  const asked = await findRefund(db, attemptId);
  if (asked?.merchantId !== merchantId) return {};
  // A void that came too late may have gone on as a refund: that is what became of the call.
  const refund = (hasFollower(asked) ? await findFollowingRefund(db, asked) : undefined) ?? asked;
  const { state } = refund;
  const answer = attemptAnswer({ attemptId, ...refund, undo: undefined }, false);
  return { attempt: state === 'APPROVED' ? { ...answer, transactionId: refund.refundId } : answer };
}

const hasFollower = ({ operation, means, outcome }: Refund): boolean =>
  outcome !== undefined && isFollowedByRefund(operation, means, outcome);

function attemptAnswer(attempt: AttemptFacts, reviewed: boolean) {
  const { attemptId, state } = attempt;
  const errorCode = isRunning(attempt) ? undefined : failureOf(attempt)?.code;
  return {
    attemptId,
    state: queriedState(attempt, reviewed),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(state === 'APPROVED' ? { transactionId: attemptId } : {}),
  };
}
