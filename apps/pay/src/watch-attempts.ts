// For monitoring (contract 14.4): attempts whose outcome nobody knows yet, and how long the oldest of them has waited.
import type { PayContext } from './context.ts';
import { countOpenAttempts } from './store/attempts.ts';

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
