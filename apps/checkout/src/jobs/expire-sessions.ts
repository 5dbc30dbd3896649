// Sessions whose time is up and that nobody looks at any more. A charge in flight is never beaten (contract 1.5).
import type { Job } from '@ozura/kit/jobs';
import type { CheckoutContext } from '../context.ts';
import { expireSession } from '../moves.ts';
import { listDueSessions } from '../store/sessions.ts';

const everyMs = 5_000;
const dueMax = 200;
/** In one run: more than a busy installation begins in the time between two. */
const batchesMax = 50;

export const expireSessions = (context: CheckoutContext): Job => ({
  name: 'expire-sessions',
  everyMs,
  run: async () => {
    for (let batch = 0; batch < batchesMax; batch += 1) {
      const due = await listDueSessions(context.db, await context.db.now(), dueMax);
      await Promise.all(due.map(({ id }) => expireSession(context, id)));
      if (due.length < dueMax) return;
    }
  },
});
