// Undoes a booking that must not stand (contract 8.9 and 12.3): a void, or, where it has settled, a full refund. Proven by
// the processor's word alone.
import { onVoided } from '@ozura/core/attempt';
import type { VoidOutcome } from '@ozura/core/attempt-outcome';
import type { PayContext } from './context.ts';
import { callDirectly, type Unanswered } from './direct.ts';
import { moveBy } from './ledger.ts';
import type { Processor, Referred, RefundInput } from './processors/port.ts';
import type { Attempt } from './store/attempts.ts';
import { markUndoRefund, unmarkUndoRefund } from './store/checks.ts';

/** The attempt `REVERSED`, or as it was when the processor did not say so; then it is tried again later. */
export async function undoAttempt(context: PayContext, attempt: Attempt, timeoutMs: number): Promise<Attempt> {
  const answer = await voidBooking(context, attempt, timeoutMs);
  const isUndone =
    answer.kind === 'voided' || (answer.kind === 'settled' && (await refundBooking(context, attempt, timeoutMs)));
  if (isUndone) return moveBy(context, attempt, onVoided);
  context.log.warn({ attemptId: attempt.attemptId, answer: answer.kind }, 'a booking is not undone yet');
  return attempt;
}

export const voidAttempt = (
  context: PayContext,
  attempt: Attempt,
  timeoutMs: number,
): Promise<VoidOutcome | Unanswered> =>
  callDirectly(context.send, { translate: processorOf(context, attempt).void, about: referred(attempt), timeoutMs });

/** By our reference; where the processor does not know it, by its own id of the sale. Repeating it is harmless. */
async function voidBooking(
  context: PayContext,
  attempt: Attempt,
  timeoutMs: number,
): Promise<VoidOutcome | Unanswered> {
  const answer = await voidAttempt(context, attempt, timeoutMs);
  const about = { ...referred(attempt), voidReference: `${attempt.attemptId}V` };
  if (answer.kind !== 'unsupported' || about.processorTransactionId === undefined) return answer;
  return callDirectly(context.send, { translate: processorOf(context, attempt).void, about, timeoutMs });
}

async function refundBooking(context: PayContext, attempt: Attempt, timeoutMs: number): Promise<boolean> {
  const { db } = context;
  const { attemptId } = attempt;
  const about = refundOf(attempt);
  if (about === undefined) return false;
  return giveBack(context, {
    processor: processorOf(context, attempt),
    about,
    timeoutMs,
    mark: async () => markUndoRefund(db, attemptId, await db.now()),
    unmark: () => unmarkUndoRefund(db, attemptId),
  });
}

export interface GivingBack {
  readonly processor: Processor;
  readonly about: RefundInput;
  readonly timeoutMs: number;
  /** One: it may be sent now. */
  readonly mark: () => Promise<number>;
  readonly unmark: () => Promise<number>;
}

/** `true` when it is proven that it was given back. Sent once: what became of it is asked, and a person decides in the end. */
export async function giveBack(
  { send }: PayContext,
  { processor, about, timeoutMs, mark, unmark }: GivingBack,
): Promise<boolean> {
  if ((await mark()) === 0) {
    const inquiry = await callDirectly(send, { translate: processor.inquire, about, timeoutMs });
    return inquiry.kind === 'found' && inquiry.outcome.kind === 'approved' && !inquiry.voided;
  }
  const outcome = await callDirectly(send, { translate: processor.refund, about, timeoutMs });
  const isUnsent = outcome.kind === 'refused' || (outcome.kind === 'unanswered' && 'unsent' in outcome);
  if (isUnsent) await unmark();
  return outcome.kind === 'approved';
}

/** All of what was booked, which need not be what was asked for. */
function refundOf({ attemptId, account, amountMinor, currency, outcome }: Attempt): RefundInput | undefined {
  const booked = outcome?.kind === 'unknown' ? outcome.booked : undefined;
  const saleTransactionId = transactionIdOf(outcome);
  if (saleTransactionId === undefined) return undefined;
  return {
    reference: `${attemptId}R`,
    account,
    amountMinor: booked === undefined ? amountMinor : BigInt(booked.amountMinor),
    currency: booked?.currency ?? currency,
    saleReference: attemptId,
    saleTransactionId,
  };
}

export function processorOf({ processors }: PayContext, { processor: name }: Attempt): Processor {
  const processor = processors.get(name);
  if (processor === undefined) throw new Error(`the processor ${name} of an attempt is not configured any more`);
  return processor;
}

export function referred({ attemptId, account, amountMinor, currency, outcome }: Attempt): Referred {
  const processorTransactionId = transactionIdOf(outcome);
  const reference = { reference: attemptId, account, amountMinor, currency };
  return processorTransactionId === undefined ? reference : { ...reference, processorTransactionId };
}

const transactionIdOf = (outcome: Attempt['outcome']): string | undefined =>
  outcome !== undefined && 'processorTransactionId' in outcome ? outcome.processorTransactionId : undefined;
