// Undoes a booking that must not stand (contract 8.9 and 12.3): a void, or, where it has settled, a full refund. Proven by
// the processor's word alone.
import { onVoided } from '@ozura/core/attempt';
import { isSettlementProven } from '@ozura/core/attempt-evidence';
import type { VoidOutcome } from '@ozura/core/attempt-outcome';
import { processorOf, referred, saleNames, transactionIdOf } from './attempt-at-processor.ts';
import type { PayContext } from './context.ts';
import { callDirectly, type Patience, type Unanswered } from './direct.ts';
import { giveBack } from './giving-back.ts';
import { moveBy } from './ledger.ts';
import type { RefundInput } from './processors/port.ts';
import type { Attempt } from './store/attempts.ts';
import { noteVoidAsked } from './store/checks.ts';

/** The attempt `REVERSED`, or as it was when the processor did not say so; then it is tried again later. */
export async function undoAttempt(context: PayContext, attempt: Attempt, patience: Patience): Promise<Attempt> {
  const nowMs = await context.db.now();
  const { attemptId, misses, checksFromMs } = attempt;
  const voidAskedAtMs = misses.lastAtMs >= checksFromMs ? misses.lastAtMs : undefined;
  await noteVoidAsked(context.db, attemptId, nowMs);
  const answer = await voidBooking(context, attempt, patience);
  const isSettled =
    answer.kind === 'settled' && isSettlementProven(processorOf(context, attempt).evidence, { voidAskedAtMs, nowMs });
  const isUndone = answer.kind === 'voided' || (isSettled && (await refundBooking(context, attempt, patience)));
  if (isUndone) return moveBy(context, attempt, onVoided);
  context.log.warn({ attemptId, answer: answer.kind }, 'a booking is not undone yet');
  return attempt;
}

export const voidAttempt = (
  context: PayContext,
  attempt: Attempt,
  patience: Patience,
): Promise<VoidOutcome | Unanswered> =>
  callDirectly(context, {
    processor: processorOf(context, attempt),
    call: 'void',
    about: referred(attempt),
    ...patience,
  });

/** By our reference; where the processor does not know it, by its own id of the sale. Repeating it is harmless. */
async function voidBooking(
  context: PayContext,
  attempt: Attempt,
  patience: Patience,
): Promise<VoidOutcome | Unanswered> {
  const answer = await voidAttempt(context, attempt, patience);
  const about = { ...referred(attempt), voidReference: `${attempt.attemptId}V` };
  if (answer.kind !== 'unsupported' || about.processorTransactionId === undefined) return answer;
  return callDirectly(context, { processor: processorOf(context, attempt), call: 'void', about, ...patience });
}

async function refundBooking(context: PayContext, attempt: Attempt, patience: Patience): Promise<boolean> {
  const about = refundOf(attempt);
  if (about === undefined) return false;
  const { attemptId } = attempt;
  const processor = processorOf(context, attempt);
  return giveBack(context, { undoOf: { attemptId }, attempt, processor, about, patience });
}

/** All of what was booked, which need not be what was asked for. */
function refundOf(attempt: Attempt): RefundInput | undefined {
  const { attemptId, account, amountMinor, currency, outcome } = attempt;
  const booked = outcome?.kind === 'unknown' ? outcome.booked : undefined;
  const saleTransactionId = transactionIdOf(outcome);
  if (saleTransactionId === undefined) return undefined;
  return {
    reference: `${attemptId}R`,
    account,
    amountMinor: booked === undefined ? amountMinor : BigInt(booked.amountMinor),
    currency: booked?.currency ?? currency,
    ...saleNames(attempt, saleTransactionId),
  };
}
