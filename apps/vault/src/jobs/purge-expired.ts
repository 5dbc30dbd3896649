// Removes what has had its time: security codes at once, session keys a day after they ended (until then a browser
// hears that its key expired, not that it is unknown).
import type { Job } from '@ozura/kit/jobs';
import type { VaultContext } from '../context.ts';
import { deleteExpiredCvc } from '../store/cvc-entries.ts';
import { deleteExpiredSessions } from '../store/sessions.ts';
import { deleteExpiredTestCodes } from '../store/test-codes.ts';

const everyMs = 10_000;
/** The most that `cvcSeconds` may be (contract 13.3). */
const cvcMaxMs = 600_000;
/** In one statement, so that nobody waits for long. */
const purgedAtOnce = 500;
const sessionsKeptMs = 24 * 60 * 60 * 1000;

export const purgeExpired = ({ db }: VaultContext): Job => ({
  name: 'purge-expired',
  everyMs,
  run: async (stopping) => {
    const untilFew = async (purge: () => Promise<number>): Promise<void> => {
      while (!stopping.aborted && (await purge()) === purgedAtOnce);
    };
    const nowMs = await db.now();
    await deleteExpiredCvc(db, nowMs, cvcMaxMs);
    await untilFew(() => deleteExpiredTestCodes(db, nowMs, purgedAtOnce));
    await untilFew(() => deleteExpiredSessions(db, nowMs - sessionsKeptMs, purgedAtOnce));
  },
});
