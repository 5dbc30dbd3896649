// Which attempts are to be looked at now, and by whom: any number of processes share the work by leases.
import type { AttemptState } from '@ozura/core/attempt';
import type { Misses } from '@ozura/core/attempt-evidence';
import { type Handle, raw, sql } from '@ozura/kit/db/handle';

/** Attempts whose next check has come and that nobody is looking at, the longest waiting first. */
export async function findDueAttempts(db: Handle, nowMs: number, limit: number): Promise<string[]> {
  const rows = await db.all<{ attempt_id: string }>(sql`
    SELECT attempt_id FROM attempts WHERE next_check_at <= ${nowMs} AND lease_until <= ${nowMs}
    ORDER BY next_check_at LIMIT ${limit}`);
  return rows.map((row) => row.attempt_id);
}

/** One: the attempt is ours until `untilMs`. Zero: another process has it, or it is settled. */
export const leaseAttempt = (
  db: Handle,
  attemptId: string,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> =>
  db.run(sql`
    UPDATE attempts SET lease_until = ${untilMs}
    WHERE attempt_id = ${attemptId} AND next_check_at <= ${nowMs} AND lease_until <= ${nowMs}`);

/** Gives the lease back. An attempt that was moved meanwhile keeps the next check that came with the move, or none. */
export const releaseAttempt = (
  db: Handle,
  attemptId: string,
  {
    state,
    nextCheckAtMs,
    misses,
  }: { readonly state: AttemptState; readonly nextCheckAtMs: number; readonly misses: Misses },
): Promise<number> =>
  db.run(sql`
    UPDATE attempts SET lease_until = 0, misses = ${misses.count},
      last_miss_at = CASE WHEN last_miss_at > ${misses.lastAtMs} THEN last_miss_at ELSE ${misses.lastAtMs} END,
      next_check_at = CASE WHEN state = ${state} THEN ${nextCheckAtMs} ELSE next_check_at END
    WHERE attempt_id = ${attemptId} AND next_check_at IS NOT NULL`);

/** Written before each void of what must not stand. */
export const noteVoidAsked = (db: Handle, attemptId: string, nowMs: number): Promise<number> =>
  db.run(sql`
    UPDATE attempts SET last_miss_at = ${nowMs} WHERE attempt_id = ${attemptId} AND state = 'VOID_PENDING'`);

/** One: the payment is under review from now on, and whoever asked writes the event. Zero: it was, or it has ended. */
export const markReviewed = (tx: Handle, attemptId: string, nowMs: number): Promise<number> =>
  tx.run(sql`
    UPDATE attempts SET reviewed_at = ${nowMs}
    WHERE attempt_id = ${attemptId} AND reviewed_at IS NULL AND state IN ('SENT', 'UNKNOWN', 'VOID_PENDING', 'REVIEW')`);

/** Of attempts that evidence may still decide by itself. */
export async function findNextCheckAt(db: Handle, afterMs: number): Promise<number | undefined> {
  const row = await db.one<{ due: number | null }>(sql`
    SELECT min(next_check_at) AS due FROM attempts WHERE next_check_at > ${afterMs} AND state <> 'REVIEW'`);
  return row?.due ?? undefined;
}

/**
 * What is open and was written by a clock that has been set back since is looked at now, and counts from now: it was
 * sent before now, whatever the row says.
 */
export const bringChecksForward = (db: Handle, nowMs: number): Promise<number> =>
  db.run(sql`
    UPDATE attempts SET next_check_at = ${nowMs}, lease_until = 0, sent_at = ${atMost(nowMs, 'sent_at')},
      checks_from = ${atMost(nowMs, 'checks_from')}, last_miss_at = ${atMost(nowMs, 'last_miss_at')}
    WHERE next_check_at IS NOT NULL AND (created_at > ${nowMs} OR sent_at > ${nowMs} OR checks_from > ${nowMs})`);

/** The same of refunds and voids. */
export const bringRefundsForward = (db: Handle, nowMs: number): Promise<number> =>
  db.run(sql`
    UPDATE refunds SET next_check_at = ${nowMs}, lease_until = 0, created_at = ${atMost(nowMs, 'created_at')},
      sent_at = ${atMost(nowMs, 'sent_at')}, last_miss_at = ${atMost(nowMs, 'last_miss_at')}
    WHERE next_check_at IS NOT NULL AND (created_at > ${nowMs} OR sent_at > ${nowMs})`);

const atMost = (nowMs: number, column: 'sent_at' | 'checks_from' | 'last_miss_at' | 'created_at') =>
  sql`CASE WHEN ${raw(column)} > ${nowMs} THEN ${nowMs} ELSE ${raw(column)} END`;
