// The way of Pay's events into the one feed, which Checkout keeps (contract 14.2).
import { collectedMax } from '@ozura/contract/pay/outbox';
import type { PayContext } from './context.ts';
import { listWaitingEvents, markCollected, type OutboxEvent } from './store/outbox.ts';

/** Notes those that are on Checkout's disk, and hands out the next ones in the order of their writing. */
export async function handOver(
  { db }: Pick<PayContext, 'db'>,
  collected: readonly string[],
): Promise<readonly OutboxEvent[]> {
  if (collected.length > 0) await markCollected(db, collected, await db.now());
  return listWaitingEvents(db, collectedMax);
}
