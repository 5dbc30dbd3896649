// What is kept for a time only: idempotency keys and events for 31 days (contract 0.8, 14.2), page credentials of ended
// sessions, and, by the operator's policy, sessions themselves. One process at a time does it.
import { eventsKeptMs } from '@ozura/core/event';
import { keysKeptMs } from '@ozura/core/idempotency';
import { takeJobLease } from '@ozura/kit/db/job-lease';
import type { Job } from '@ozura/kit/jobs';
import type { CheckoutContext } from '../context.ts';
import { credentialsKeptMs } from '../page-session.ts';
import { forgetEvents } from '../store/events.ts';
import { forgetEndedCredentials } from '../store/page-credentials.ts';
import { forgetLinkKeys } from '../store/payment-links.ts';
import { deleteSessions, listPrunable } from '../store/pruning.ts';
import { forgetIdempotencyKeys } from '../store/sessions.ts';

const name = 'forget-old';
const everyMs = 600_000;
const dayMs = 86_400_000;
/** In one commit. */
const prunedAtOnce = 200;
/** Of a process that died meanwhile another one takes over then. */
const leaseMs = 3_600_000;

export const forgetOld = (context: CheckoutContext): Job => ({
  name,
  everyMs,
  run: async (stopping) => {
    const lease = await takeJobLease(context, name, leaseMs);
    if (lease === undefined) return;
    try {
      await forget(context, stopping);
    } finally {
      await lease.end();
    }
  },
});

async function forget({ db, config, log }: CheckoutContext, stopping: AbortSignal): Promise<void> {
  const nowMs = await db.now();
  /** A bounded number of rows in each statement, so that nobody waits for long. Answers how many there were. */
  const untilNone = async (remove: () => Promise<number>): Promise<number> => {
    let total = 0;
    for (let removed = 1; removed > 0 && !stopping.aborted; total += removed) removed = await remove();
    return total;
  };
  const prune = async (paid: boolean, keptDays: number): Promise<void> => {
    if (keptDays === 0) return;
    const old = { paid, endedBeforeMs: nowMs - keptDays * dayMs, limit: prunedAtOnce };
    const sessions = await untilNone(() => db.transact(async (tx) => deleteSessions(tx, await listPrunable(tx, old))));
    if (sessions > 0) log.info({ sessions, paid, keptDays }, 'old sessions were removed');
  };
  await untilNone(() => forgetIdempotencyKeys(db, nowMs - keysKeptMs));
  await untilNone(() => forgetLinkKeys(db, nowMs - keysKeptMs));
  await untilNone(() => forgetEvents(db, nowMs - eventsKeptMs));
  await untilNone(() => forgetEndedCredentials(db, nowMs - credentialsKeptMs));
  await prune(false, config.unpaidSessionDays ?? 0);
  await prune(true, config.paidSessionDays ?? 0);
}
