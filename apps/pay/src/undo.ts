// Undoes a booking that must not stand (contract 8.9 and 12.3): a void by our reference, proven by the processor's word.
import { onVoided } from '@ozura/core/attempt';
import type { VoidOutcome } from '@ozura/core/attempt-outcome';
import type { PayContext } from './context.ts';
import { callDirectly } from './direct.ts';
import { moveBy } from './ledger.ts';
import type { Processor, Referred } from './processors/port.ts';
import type { Attempt } from './store/attempts.ts';

/** The attempt `REVERSED`, or as it was when the processor did not say so; then it is tried again later. */
export async function undoAttempt(context: PayContext, attempt: Attempt, timeoutMs: number): Promise<Attempt> {
  const answer = await voidAttempt(context, attempt, timeoutMs);
  if (answer.kind === 'voided') return moveBy(context, attempt, onVoided);
  context.log.warn({ attemptId: attempt.attemptId, answer: answer.kind }, 'a booking is not undone yet');
  return attempt;
}

export const voidAttempt = (context: PayContext, attempt: Attempt, timeoutMs: number): Promise<VoidOutcome> =>
  callDirectly(context.send, { translate: processorOf(context, attempt).void, about: referred(attempt), timeoutMs });

export function processorOf({ processors }: PayContext, { processor: name }: Attempt): Processor {
  const processor = processors.get(name);
  if (processor === undefined) throw new Error(`the processor ${name} of an attempt is not configured any more`);
  return processor;
}

export function referred({ attemptId, account, amountMinor, currency, outcome }: Attempt): Referred {
  const processorTransactionId =
    outcome !== undefined && 'processorTransactionId' in outcome && outcome.processorTransactionId;
  return {
    reference: attemptId,
    account,
    amountMinor,
    currency,
    ...(processorTransactionId ? { processorTransactionId } : {}),
  };
}
