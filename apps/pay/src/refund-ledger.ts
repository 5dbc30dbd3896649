// Writes a move of a refund or void with everything that belongs to it, in one commit: the transaction row, the events,
// the amount given back to the sale when it did not happen. Handlers and jobs move refunds through here and nowhere else.
import { dayOf, nextInquiryAt, staleIntentMs } from '@ozura/core/attempt-evidence';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { newEventId, newReference } from '@ozura/core/ids';
import { isFollowedByRefund, isOpen, type RefundState } from '@ozura/core/refund';
import type { Handle } from '@ozura/kit/db/handle';
import type { PayContext } from './context.ts';
import { type PaymentEvent, refundedEvents, refundFailedEvent } from './events.ts';
import { findAttempt } from './store/attempts.ts';
import { noteChange } from './store/comparisons.ts';
import { insertEvent } from './store/outbox.ts';
import {
  findRefund,
  insertRefund,
  moveRefund,
  type NewRefund,
  type Refund,
  type RefundMoveFields,
} from './store/refunds.ts';
import { addRefunded, findTransaction, insertTransaction } from './store/transactions.ts';
import { refundTransaction } from './transaction-rows.ts';

export interface RefundMove {
  /** Absent: it stays as it is. */
  readonly to: RefundState | undefined;
  readonly outcome?: Outcome;
}

export interface Decided {
  readonly refund: Refund;
  /** Reserved in place of a void that came too late; whoever gets it here sends it. */
  readonly next: Refund | undefined;
}

const triesMax = 5;

/** Reads, decides and writes; again when somebody else moved the refund in between. Answers it as it then is. */
export async function decideRefund(
  context: PayContext,
  refundId: string,
  decide: (refund: Refund) => RefundMove,
): Promise<Decided> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const decided = await context.db.transact(async (tx) => {
      const refund = await readRefund(tx, refundId);
      return writeRefundMove(context, tx, refund, decide(refund));
    });
    if (decided !== undefined) return decided;
  }
  throw new Error(`refund ${refundId} is moved by others all the time`);
}

/** `undefined`, with nothing written, when somebody else was faster. */
export async function writeRefundMove(
  context: PayContext,
  tx: Handle,
  refund: Refund,
  { to, outcome }: RefundMove,
): Promise<Decided | undefined> {
  if (to === undefined || to === refund.state) return { refund, next: undefined };
  const nowMs = await tx.now();
  const { refundId, state: from } = refund;
  const fields = { ...(outcome && { outcome }), ...timesOf(to, refund.sentAtMs ?? nowMs, nowMs) };
  if ((await moveRefund(tx, { refundId, from, to }, fields)) === 0) return undefined;
  const moved = await readRefund(tx, refundId);
  if (isOpen(to)) return { refund: moved, next: undefined };
  if (moved.sentAtMs !== undefined) await noteChangedDay(tx, moved, nowMs);
  if (to === 'APPROVED') {
    await writeRefunded(context, tx, moved, nowMs);
    return { refund: moved, next: undefined };
  }
  if (outcome !== undefined && isFollowedByRefund(refund.operation, refund.means, outcome)) {
    return { refund: moved, next: await insertNext(context, tx, moved, nowMs) };
  }
  await writeFailed(context, tx, moved, nowMs);
  return { refund: moved, next: undefined };
}

/** The processor's books of the day of the sale are compared with ours again. */
async function noteChangedDay(tx: Handle, { saleId, processor, account }: Refund, nowMs: number): Promise<void> {
  const soldAtMs = (await findAttempt(tx, saleId))?.sentAtMs;
  if (soldAtMs !== undefined) await noteChange(tx, { processor, account, day: dayOf(soldAtMs) }, nowMs);
}

function timesOf(to: RefundState, sentAtMs: number, nowMs: number): RefundMoveFields {
  if (to === 'SENT') return { sentAtMs: nowMs, nextCheckAtMs: nextInquiryAt(nowMs, nowMs) };
  return isOpen(to) ? { nextCheckAtMs: nextInquiryAt(sentAtMs, nowMs) } : { endedAtMs: nowMs };
}

async function writeRefunded(context: PayContext, tx: Handle, refund: Refund, nowMs: number): Promise<void> {
  const sale = await findTransaction(tx, refund.merchantId, refund.saleId);
  if (sale === undefined) throw new Error(`no sale for refund ${refund.refundId}`);
  await insertTransaction(tx, refundTransaction(sale, refund, nowMs));
  for (const event of refundedEvents(refund)) await writeRefundEvent(context, tx, { refund, event, nowMs });
}

/** The money stays what it was for the next one; so does the key. */
async function insertNext({ random }: PayContext, tx: Handle, refund: Refund, nowMs: number): Promise<Refund> {
  const refundId = newReference(nowMs, random);
  const next: NewRefund = { ...refund, refundId, ordinal: refund.ordinal + 1, means: 'refund' };
  await insertRefund(tx, next, { nowMs, nextCheckAtMs: nowMs + staleIntentMs });
  return readRefund(tx, refundId);
}

async function writeFailed(context: PayContext, tx: Handle, refund: Refund, nowMs: number): Promise<void> {
  const { saleId, amountMinor, surchargeMinor } = refund;
  await addRefunded(tx, saleId, { amountMinor: -amountMinor, surchargeMinor: -surchargeMinor });
  if (refund.operation === 'cardRefund') {
    await writeRefundEvent(context, tx, { refund, event: refundFailedEvent(refund), nowMs });
  }
}

async function writeRefundEvent(
  { random }: PayContext,
  tx: Handle,
  { refund, event, nowMs }: { readonly refund: Refund; readonly event: PaymentEvent; readonly nowMs: number },
): Promise<void> {
  const { merchantId, refundId } = refund;
  await insertEvent(tx, { eventId: newEventId(random), merchantId, subject: refundId, ...event, atMs: nowMs });
}

async function readRefund(tx: Handle, refundId: string): Promise<Refund> {
  const refund = await findRefund(tx, refundId);
  if (refund === undefined) throw new Error(`no refund ${refundId}`);
  return refund;
}
