// Webhooks that are due, and endpoints that nobody listens at any more (contract 14.1).
import { deafAfterMs } from '@ozura/core/webhook';
import { earliest, type Job } from '@ozura/kit/jobs';
import type { CheckoutContext } from '../context.ts';
import { nextTryAfter } from '../store/webhook-deliveries.ts';
import { listLongFailing, nextFailingAfter } from '../store/webhook-endpoints.ts';
import { type Dispatcher, deliveringJob } from '../webhooks/dispatcher.ts';
import { disable } from '../webhooks/record.ts';

const everyMs = 1_000;
const disabledAtOnce = 100;

export const deliverWebhooks = (context: CheckoutContext, dispatcher: Dispatcher): Job => ({
  name: deliveringJob,
  everyMs,
  run: async () => {
    await disableDeaf(context);
    await dispatcher.begin();
  },
  settled: () => dispatcher.settled(),
  nextDueAt: async (afterMs) => {
    const { db } = context;
    const failingSinceMs = await nextFailingAfter(db, afterMs - deafAfterMs);
    const deafAtMs = failingSinceMs === undefined ? undefined : failingSinceMs + deafAfterMs;
    return earliest([grouped(await nextTryAfter(db, afterMs), afterMs), deafAtMs]);
  },
});

async function disableDeaf(context: CheckoutContext): Promise<void> {
  const { db } = context;
  const atMs = await db.now();
  for (const endpoint of await listLongFailing(db, atMs - deafAfterMs, disabledAtOnce)) {
    await db.transact((tx) => disable(context, tx, endpoint, { reason: 'failing', atMs }));
  }
}

const hourMs = 3_600_000;
const tenMinutesMs = 600_000;

/** On its way over days the test clock stops every ten minutes, not at each of thousands of scattered tries. */
function grouped(dueAtMs: number | undefined, afterMs: number): number | undefined {
  if (dueAtMs === undefined || dueAtMs - afterMs < hourMs) return dueAtMs;
  return Math.ceil(dueAtMs / tenMinutesMs) * tenMinutesMs;
}
