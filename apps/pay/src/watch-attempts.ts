// For monitoring (contract 14.4): what is open. Attempts and refunds whose outcome nobody knows yet, how long the oldest
// of them has waited, and events that Checkout has not taken over.
import { OUTCOME_KINDS } from '@ozura/core/attempt-outcome';
import type { PayContext } from './context.ts';
import { countOpenAttempts } from './store/attempts.ts';
import { countWaitingEvents } from './store/outbox.ts';
import { countOpenRefunds } from './store/refunds.ts';

export function watchAttempts({ db, metrics, processors }: PayContext): void {
  for (const processor of processors.keys())
    for (const outcome of OUTCOME_KINDS) metrics.begin('ozura_attempts_total', { processor, outcome });
  metrics.watchTogether(
    async () => ({ open: await countOpenAttempts(db), nowMs: await db.now() }),
    [
      {
        name: 'ozura_open_attempts',
        help: 'Attempts without a known outcome, by processor and state.',
        of: ({ open }) => open.map(({ processor, state, count }) => ({ labels: { processor, state }, value: count })),
      },
      {
        name: 'ozura_oldest_open_attempt_seconds',
        help: 'Age of the oldest of them, by processor and state.',
        of: ({ open, nowMs }) =>
          open.map(({ processor, state, oldestMs }) => ({
            labels: { processor, state },
            value: secondsSince(oldestMs, nowMs),
          })),
      },
    ],
  );
  metrics.watchTogether(
    async () => ({ ...(await countOpenRefunds(db)), nowMs: await db.now() }),
    [
      {
        name: 'ozura_open_refunds',
        help: 'Refunds and voids without a known outcome.',
        of: ({ count }) => [{ value: count }],
      },
      {
        name: 'ozura_oldest_open_refund_seconds',
        help: 'Age of the oldest of them.',
        of: ({ oldestMs, nowMs }) => (oldestMs === null ? [] : [{ value: secondsSince(oldestMs, nowMs) }]),
      },
    ],
  );
  metrics.watch({
    name: 'ozura_outbox_backlog',
    help: 'Events that Checkout has not taken over yet.',
    read: async () => [{ value: await countWaitingEvents(db) }],
  });
}

const secondsSince = (startMs: number, nowMs: number): number => Math.max(0, nowMs - startMs) / 1000;
