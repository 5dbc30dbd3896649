// What a processor's lists say of the days on which a sale was booked, if it was booked at all (contract 12.3).
import { settlementDays } from '@ozura/core/attempt-evidence';
import type { ListedSale } from '@ozura/core/attempt-outcome';
import { processorOf } from './attempt-at-processor.ts';
import type { PayContext } from './context.ts';
import { callDirectly } from './direct.ts';
import type { Attempt } from './store/attempts.ts';

const callTimeoutMs = 8_000;

/** `undefined` unless every one of them was answered. */
export async function listDays(
  context: PayContext,
  attempt: Attempt,
  days: readonly string[],
): Promise<readonly ListedSale[] | undefined> {
  const processor = processorOf(context, attempt);
  const { account } = attempt;
  const sales: ListedSale[] = [];
  for (const day of days) {
    const calling = { processor, call: 'list', about: { account, day }, timeoutMs: callTimeoutMs } as const;
    const listing = await callDirectly(context, calling);
    if (listing.kind !== 'listed') return undefined;
    sales.push(...listing.sales);
  }
  return sales;
}

/** The sale as it stands there now, by the processor's own id of it. */
export async function findOnList(
  context: PayContext,
  attempt: Attempt,
  processorTransactionId: string,
): Promise<ListedSale | undefined> {
  const { evidence } = processorOf(context, attempt);
  const { days } = settlementDays(attempt.sentAtMs ?? attempt.checksFromMs, evidence);
  const sales = await listDays(context, attempt, days);
  return sales?.find((sale) => sale.processorTransactionId === processorTransactionId);
}
