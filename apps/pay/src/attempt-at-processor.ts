// Which processor has an attempt, and under which names it knows it.
import type { PayContext } from './context.ts';
import type { Processor, Referred } from './processors/port.ts';
import type { Attempt } from './store/attempts.ts';

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

/** The processor's own id, where an answer has told it. */
export const transactionIdOf = (outcome: Attempt['outcome']): string | undefined =>
  outcome !== undefined && 'processorTransactionId' in outcome ? outcome.processorTransactionId : undefined;
