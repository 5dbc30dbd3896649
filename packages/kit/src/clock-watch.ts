// Notices when the clock that deadlines are compared with was set back. What was planned by the wrong time would else wait
// until that time comes: a lease, or the next question about a payment.
import type { Context } from './context.ts';
import type { Database } from './db/handle.ts';
import type { Job } from './jobs.ts';

const everyMs = 1_000;
/** Clocks are corrected by less all the time. */
const toleranceMs = 2_000;

/** `bringForward` gets the time of now; what is from after it was written by the wrong clock. */
export function watchClock(
  { db, log }: Pick<Context, 'log'> & { readonly db: Pick<Database, 'now'> },
  bringForward: (nowMs: number) => Promise<unknown>,
): Job {
  let latestMs = 0;
  return {
    name: 'watch-clock',
    everyMs,
    run: async () => {
      const nowMs = await db.now();
      const setBackMs = latestMs - nowMs;
      if (setBackMs > toleranceMs) {
        log.warn({ setBackMs }, 'the clock was set back');
        await bringForward(nowMs);
      }
      latestMs = nowMs;
    },
  };
}
