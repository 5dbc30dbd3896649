// What a refund and a void have in common as requests (contract 8.4 and 0.8): whose sale it is, under which key they
// count once, and what is answered when they were asked for before.
import { failureOf } from '@ozura/core/attempt-answer';
import { Refusal } from '@ozura/core/errors';
import { isStandingVoid } from '@ozura/core/refund';
import { hashKey } from '@ozura/kit/auth';
import type { Call } from '@ozura/kit/http/route';
import { isRunning } from './answers.ts';
import type { Caller } from './authentication.ts';
import { readKey } from './claim.ts';
import type { PayContext } from './context.ts';
import { findKeptRefund, findKeptVoidKey } from './kept-keys.ts';
import { type AskedRefund, reserveRefund, runRefund } from './refund.ts';
import { findAttempt } from './store/attempts.ts';
import { findRefund, type Refund } from './store/refunds.ts';
import { findTransaction, type Transaction } from './store/transactions.ts';

/** Below the 30 s after which clients give up (contract 8). */
const answerWithinMs = 28_000;
const retryAfter = { headers: { 'Retry-After': '2' } };

export interface RefundRequest extends Pick<AskedRefund, 'operation' | 'reason'> {
  readonly named: { readonly merchantId: string; readonly transactionId: string };
  /** Throws what is wrong with it for this sale. Absent: all that is left. */
  readonly amountOf: (sale: Transaction) => bigint | undefined;
}

/** The approved refund; throws what any other end of it is answered with. */
export async function answerRefund(
  context: PayContext,
  call: Call<unknown, Caller>,
  { operation, reason, named, amountOf }: RefundRequest,
): Promise<Refund> {
  const answerByMs = context.now() + answerWithinMs - call.reply.elapsedTime;
  const { merchantId } = call.who.merchant;
  if (named.merchantId !== merchantId) throw new Refusal('MERCHANT_MISMATCH');
  const keyed = { merchantId, operation, idempotencyKey: readKey(call.request.headers['idempotency-key']) };
  const known = await findKnown(context, keyed);
  // Before the sale is looked for: under a key that is taken it does not matter whether there is one.
  if (known !== undefined && known.refund.saleId !== named.transactionId) throw mismatch();
  const sale = await findRefundableSale(context, merchantId, named.transactionId);
  const amountMinor = amountOf(sale);
  const asked = { ...keyed, sale, amountMinor, reason };
  const fingerprint = hashKey(context.config.pepper, `${operation}\n${JSON.stringify(normalised(asked))}`);
  if (known !== undefined && !comesAgain(known)) return replay(call, fingerprint, known);
  if (known !== undefined && known.fingerprint !== fingerprint) throw mismatch();
  const ordinal = known === undefined || known.isJoined ? 0 : known.refund.ordinal + 1;
  const reservation = await reserveRefund(context, { ...asked, fingerprint, ordinal });
  if ('refused' in reservation) throw new Refusal(reservation.refused);
  if ('standing' in reservation) return approved(reservation.standing);
  if ('reserved' in reservation) return approved(await runRefund(context, reservation.reserved, answerByMs));
  const taken = await findKnown(context, asked);
  if (taken === undefined) throw new Error('an idempotency key is taken by nobody');
  return replay(call, fingerprint, taken);
}

/** What became of the first call under a key. */
interface Known {
  readonly refund: Refund;
  readonly fingerprint: string;
  /** Of a void that another key had asked for. */
  readonly isJoined: boolean;
}

async function findKnown(
  { db }: PayContext,
  keyed: Pick<AskedRefund, 'merchantId' | 'operation' | 'idempotencyKey'>,
): Promise<Known | undefined> {
  const own = await findKeptRefund(db, keyed);
  if (own !== undefined) return { refund: own, fingerprint: own.fingerprint, isJoined: false };
  const { merchantId, operation, idempotencyKey } = keyed;
  if (operation !== 'cardVoid' || idempotencyKey === undefined) return undefined;
  const joined = await findKeptVoidKey(db, { merchantId, idempotencyKey });
  const refund = joined && (await findRefund(db, joined.refundId));
  return refund && { refund, fingerprint: joined.fingerprint, isJoined: true };
}

const mismatch = (): Refusal => new Refusal('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');

const normalised = ({ operation, sale, amountMinor, reason }: Omit<AskedRefund, 'fingerprint' | 'ordinal'>) =>
  operation === 'cardVoid' ? [sale.transactionId] : [sale.transactionId, amountMinor?.toString(), reason];

/** Nothing was given back, and the same call is worth another try: once the sale has settled, or by a void of its own. */
function comesAgain({ refund, isJoined }: Known): boolean {
  if (isJoined) return !isStandingVoid(refund);
  const { state, outcome } = refund;
  return state === 'REFUSED' && outcome?.kind === 'refused' && outcome.cause === 'not_settled';
}

/** An approved card sale of this merchant; throws what anything else is answered with. */
async function findRefundableSale({ db }: PayContext, merchantId: string, transactionId: string): Promise<Transaction> {
  const sale = await findTransaction(db, merchantId, transactionId);
  if (sale?.type === 'CreditCardSale') return sale;
  // A sale that was declined, or is not decided, has no transaction, but its attempt is known by the same id.
  const attempt = sale === undefined ? await findAttempt(db, transactionId) : undefined;
  const isTheirs = sale !== undefined || attempt?.merchantId === merchantId;
  throw new Refusal(isTheirs ? 'NOT_REFUNDABLE' : 'TRANSACTION_NOT_FOUND');
}

/** The first call's outcome, as far as it is known now. Another body under its key is refused before anything else. */
function replay({ reply }: Call<unknown, Caller>, fingerprint: string, known: Known): Refund {
  if (known.fingerprint !== fingerprint) throw mismatch();
  const refund = approvedOr(known.refund);
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
