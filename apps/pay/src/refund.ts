// A refund or void, by the same steps as a charge (contract 12.2): reserve, mark, send, record. The amount is taken from
// the sale with the reservation and given back only when it is proven that no money moved.

import { staleIntentMs } from '@ozura/core/attempt-evidence';
import type { Outcome, VoidOutcome } from '@ozura/core/attempt-outcome';
import type { ErrorCode } from '@ozura/core/errors';
import { newReference } from '@ozura/core/ids';
import { parseMoney } from '@ozura/core/money';
import {
  isStandingVoid,
  planRefund,
  planVoid,
  type RefundableSale,
  type RefundPlan,
  stateAfter,
} from '@ozura/core/refund';
import { raiseAlarm } from '@ozura/kit/alarm';
import type { Handle } from '@ozura/kit/db/handle';
import { currentTrace } from '@ozura/kit/trace';
import { isRunning } from './answers.ts';
import { processorOf, referred, saleNames } from './attempt-at-processor.ts';
import type { PayContext } from './context.ts';
import { callDirectly, type Patience, type Unanswered } from './direct.ts';
import { type Decided, decideRefund } from './refund-ledger.ts';
import { type Attempt, findAttempt } from './store/attempts.ts';
import {
  findRefund,
  findRefundByKey,
  insertRefund,
  listRefundsOf,
  type NewRefund,
  type Refund,
} from './store/refunds.ts';
import { addRefunded, findTransaction, lockTransaction, type Transaction } from './store/transactions.ts';
import { findVoidKey, insertVoidKey } from './store/void-keys.ts';

/** What a caller asks for, before it is known how much and by which means. */
export interface AskedRefund
  extends Pick<NewRefund, 'merchantId' | 'operation' | 'idempotencyKey' | 'ordinal' | 'fingerprint' | 'reason'> {
  readonly sale: Transaction;
  /** Absent: all that is left. */
  readonly amountMinor: bigint | undefined;
}

export type Reservation =
  | { readonly reserved: Refund }
  | { readonly refused: ErrorCode }
  /** The void that was asked for already. */
  | { readonly standing: Refund }
  | { readonly keyTaken: true };

/** As long as any send of a sale. */
const sendTimeoutMs = 26_000;
/** With less than that left an answer would hardly be heard. */
const sendMinMs = 3_000;
/** Kept for recording an outcome. */
const recordingMs = 500;
const recordAgainMs = 250;

/** P1. Of two at once for one sale the second waits, and sees what the first has taken. */
export async function reserveRefund(context: PayContext, asked: AskedRefund): Promise<Reservation> {
  const attempt = await saleAttempt(context, asked.sale);
  // Refused before anything is written when the installation does not know the processor any more.
  processorOf(context, attempt);
  context.reached('P1-before');
  const reservation = await context.db.transact((tx) => writeReservation(context, tx, { asked, attempt }));
  context.reached('P1-after');
  return reservation;
}

async function writeReservation(
  { random }: PayContext,
  tx: Handle,
  { asked, attempt }: { readonly asked: AskedRefund; readonly attempt: Attempt },
): Promise<Reservation> {
  const saleId = asked.sale.transactionId;
  await lockTransaction(tx, saleId);
  // Whoever comes second under a key is answered by the first, not by what the first has left of the sale.
  if (((await findRefundByKey(tx, asked))?.ordinal ?? -1) >= asked.ordinal) return { keyTaken: true };
  const earlier = await listRefundsOf(tx, saleId);
  const standing = asked.operation === 'cardVoid' ? earlier.find(isStandingVoid) : undefined;
  if (standing !== undefined) return joinVoid(tx, asked, standing);
  const sale = await findTransaction(tx, asked.merchantId, saleId);
  if (sale === undefined) throw new Error(`the sale ${saleId} is gone`);
  const plan = planOf(asked, sale, earlier);
  if ('refused' in plan) return plan;
  const nowMs = await tx.now();
  const refund: NewRefund = {
    ...asked,
    ...plan,
    refundId: newReference(nowMs, random),
    saleId,
    processor: attempt.processor,
    account: attempt.account,
    currency: sale.currency,
    traceId: currentTrace()?.traceId,
  };
  if ((await insertRefund(tx, refund, { nowMs, nextCheckAtMs: nowMs + staleIntentMs })) === 0)
    return { keyTaken: true };
  await addRefunded(tx, saleId, plan);
  const reserved = await findRefund(tx, refund.refundId);
  if (reserved === undefined) throw new Error(`no refund ${refund.refundId}`);
  return { reserved };
}

/** Another key for a void that stands: with its answer the key is taken. */
async function joinVoid(tx: Handle, asked: AskedRefund, standing: Refund): Promise<Reservation> {
  const { merchantId, idempotencyKey, fingerprint } = asked;
  if (idempotencyKey === undefined || isRunning(standing)) return { standing };
  await insertVoidKey(tx, { merchantId, idempotencyKey, fingerprint, refundId: standing.refundId });
  const kept = await findVoidKey(tx, { merchantId, idempotencyKey });
  return kept?.fingerprint === fingerprint ? { standing } : { refused: 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH' };
}

const planOf = ({ operation, amountMinor }: AskedRefund, sale: Transaction, earlier: readonly Refund[]): RefundPlan =>
  operation === 'cardVoid' ? planVoid(refundable(sale), earlier) : planRefund(refundable(sale), earlier, amountMinor);

function refundable({
  amountMinor,
  refundedMinor,
  refundedSurchargeMinor,
  currency,
  row,
}: Transaction): RefundableSale {
  const surcharge = parseMoney(row.surchargeAmount ?? '0', currency);
  const surchargeMinor = 'minor' in surcharge ? surcharge.minor : 0n;
  return { totalMinor: amountMinor, surchargeMinor, refundedMinor, refundedSurchargeMinor };
}

/** Sends what was reserved; answers the one that decides the request. `answerByMs` is on the program's clock. */
export async function runRefund(context: PayContext, first: Refund, answerByMs: number): Promise<Refund> {
  let decided = await sendRefund(context, first, answerByMs);
  while (decided.next !== undefined) decided = await sendRefund(context, decided.next, answerByMs);
  return decided.refund;
}

async function sendRefund(context: PayContext, { refundId }: Refund, answerByMs: number): Promise<Decided> {
  const untilMs = answerByMs - recordingMs;
  if (untilMs - context.now() < sendMinMs) {
    // Too late to hear an answer, so it is not sent at all: that is at least known.
    return decideRefund(context, refundId, ({ state }) => ({ to: state === 'INTENT' ? 'NOT_SENT' : undefined }));
  }
  let won = false;
  const marked = await decideRefund(context, refundId, ({ state }) => {
    won = state === 'INTENT';
    return { to: won ? 'SENT' : undefined };
  });
  context.reached('P2-after');
  if (!won) return marked;
  const outcome = await exchange(context, marked.refund, { timeoutMs: sendTimeoutMs, untilMs });
  context.reached('P3-after');
  const recorded = await record(context, refundId, outcome).catch((error: unknown): Decided => {
    // The caller has to hear that something was sent. What became of it is asked for when it can be written.
    context.log.error({ err: error, refundId }, 'an outcome was not recorded');
    return { refund: { ...marked.refund, state: 'UNKNOWN' }, next: undefined };
  });
  context.reached('P4-after');
  return recorded;
}

/** P4. What the processor said is known only here: a passing trouble of the database must not lose it. */
function record(context: PayContext, refundId: string, outcome: Outcome): Promise<Decided> {
  noteOutcome(context, refundId, outcome);
  const write = () => decideRefund(context, refundId, ({ state }) => ({ to: stateAfter(state, outcome), outcome }));
  return write().catch(() => pause(recordAgainMs).then(write));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** P3, once: whatever goes wrong from here on leaves the outcome unknown. */
async function exchange(context: PayContext, refund: Refund, patience: Patience): Promise<Outcome> {
  try {
    return refund.means === 'void'
      ? outcomeOfVoid(refund, await askForVoid(context, refund, patience))
      : outcomeOfCall(await askForRefund(context, refund, patience));
  } catch (error) {
    context.log.error({ err: error, refundId: refund.refundId }, 'a refund was interrupted');
    return { kind: 'unknown', reason: 'interrupted on our side' };
  }
}

async function askForRefund(context: PayContext, refund: Refund, patience: Patience): Promise<Outcome | Unanswered> {
  const attempt = await saleOfRefund(context, refund);
  const { refundId: reference, account, amountMinor, currency } = refund;
  const about = { reference, account, amountMinor, currency, ...saleNames(attempt, processorIdOf(attempt)) };
  return callDirectly(context, { processor: processorOf(context, attempt), call: 'refund', about, ...patience });
}

/** Repeating it is harmless: a job does so when it is not known what became of the first. */
export async function askForVoid(
  context: PayContext,
  refund: Refund,
  patience: Patience,
): Promise<VoidOutcome | Unanswered> {
  const attempt = await saleOfRefund(context, refund);
  const about = {
    ...referred(attempt),
    processorTransactionId: processorIdOf(attempt),
    voidReference: refund.refundId,
  };
  return callDirectly(context, { processor: processorOf(context, attempt), call: 'void', about, ...patience });
}

function outcomeOfVoid({ refundId }: Refund, answer: VoidOutcome | Unanswered): Outcome {
  switch (answer.kind) {
    case 'voided':
      return voidedAs(answer.processorTransactionId ?? refundId);
    case 'settled':
      return { kind: 'refused', cause: 'settled', reason: 'settled already' };
    case 'not_found':
      return { kind: 'refused', cause: 'unavailable', reason: 'the processor does not know the sale' };
    case 'unsupported':
      return { kind: 'refused', cause: 'settled', reason: 'the processor has no voids' };
    case 'refused':
      return answer;
    case 'unanswered':
      return outcomeOfCall(answer);
  }
}

/** An approval without what only sales have. */
export const voidedAs = (processorTransactionId: string): Outcome => ({
  kind: 'approved',
  processorTransactionId,
  avsResult: '',
  cvvResult: '',
});

function outcomeOfCall(answer: Outcome | Unanswered): Outcome {
  if (answer.kind !== 'unanswered') return answer;
  const { reason } = answer;
  return 'unsent' in answer ? { kind: 'refused', cause: 'unavailable', reason } : { kind: 'unknown', reason };
}

/** The attempt whose money it gives back. */
export async function saleOfRefund(context: PayContext, { merchantId, saleId }: Refund): Promise<Attempt> {
  const sale = await findTransaction(context.db, merchantId, saleId);
  if (sale === undefined) throw new Error(`no sale ${saleId}`);
  return saleAttempt(context, sale);
}

async function saleAttempt({ db }: PayContext, { attemptId }: Transaction): Promise<Attempt> {
  const attempt = await findAttempt(db, attemptId);
  if (attempt === undefined) throw new Error(`no attempt ${attemptId}`);
  return attempt;
}

export function processorIdOf({ attemptId, outcome }: Attempt): string {
  if (outcome?.kind !== 'approved') throw new Error(`not approved: ${attemptId}`);
  return outcome.processorTransactionId;
}

function noteOutcome(context: PayContext, refundId: string, outcome: Outcome): void {
  const { log } = context;
  const about = { refundId, outcome: outcome.kind };
  if (outcome.kind === 'approved') log.info(about, 'refunded');
  else if (outcome.kind === 'declined') log.info({ ...about, declineCode: outcome.declineCode }, 'refund declined');
  else if (outcome.kind === 'refused') log.info({ ...about, reason: outcome.reason }, 'refund not processed');
  else if (outcome.wronglyBooked) raiseAlarm(context, { ...about, reason: outcome.reason }, 'refunded wrongly');
  else log.warn({ ...about, reason: outcome.reason }, 'refund unknown');
}
