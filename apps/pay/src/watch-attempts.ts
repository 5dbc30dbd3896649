// For monitoring (contract 14.4): what is open. Attempts and refunds whose outcome nobody knows yet, how long the oldest
// attempt has waited, and events that Checkout has not taken over.
import type { PayContext } from './context.ts';
import { countOpenAttempts } from './store/attempts.ts';
import { countWaitingEvents } from './store/outbox.ts';
import { countOpenRefunds } from './store/refunds.ts';

export function watchAttempts({ db, metrics }: PayContext): void {
  metrics.watch({
    name: 'ozura_open_attempts',
    help: 'Attempts without a known outcome, by processor and state.',
    read: async () =>
      (await countOpenAttempts(db)).map(({ processor, state, count }) => ({
        labels: { processor, state },
        value: count,
      })),
  });
  metrics.watch({
    name: 'ozura_open_refunds',
    help: 'Refunds and voids without a known outcome.',
    read: async () => [{ value: await countOpenRefunds(db) }],
  });
  metrics.watch({
    name: 'ozura_outbox_backlog',
    help: 'Events that Checkout has not taken over yet.',
    read: async () => [{ value: await countWaitingEvents(db) }],
  });
  metrics.watch({
    name: 'ozura_oldest_open_attempt_seconds',
    help: 'Age of the oldest of them, by processor and state.',
    read: async () => {
      const nowMs = await db.now();
      const open = await countOpenAttempts(db);
      return open.map(({ processor, state, oldestMs }) => ({
        labels: { processor, state },
        value: Math.max(0, nowMs - oldestMs) / 1000,
      }));
    },
  });
}
