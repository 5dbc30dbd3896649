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
  const [processorTransactionId, processorLink] = [transactionIdOf(outcome), linkOf(outcome)];
  return {
    ...{ reference: attemptId, account, amountMinor, currency },
    ...(processorTransactionId === undefined ? {} : { processorTransactionId }),
    ...(processorLink === undefined ? {} : { processorLink }),
  };
}

/** The processor's own id, where an answer has told it. */
export const transactionIdOf = (outcome: Attempt['outcome']): string | undefined =>
  outcome !== undefined && 'processorTransactionId' in outcome ? outcome.processorTransactionId : undefined;

const linkOf = (outcome: Attempt['outcome']): string | undefined =>
  outcome?.kind === 'approved' ? outcome.processorLink : undefined;

/** The sale as a refund of it names it. */
export const saleNames = (attempt: Attempt, saleTransactionId: string) => {
  const saleLink = linkOf(attempt.outcome);
  return {
    saleReference: attempt.attemptId,
    saleTransactionId,
    ...(saleLink === undefined ? {} : { saleLink }),
  };
};
