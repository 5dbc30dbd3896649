// Removes sessions that are over, with what hangs on them. The books of a payment are Pay's, and stay.
import { type Handle, join, sql } from '@ozura/kit/db/handle';

export interface Prunable {
  readonly paid: boolean;
  readonly endedBeforeMs: number;
  readonly limit: number;
}

/**
 * The first that ended. One is not over as long as its idempotency key answers, its event is in the feed, or a charge of
 * it is open, or paid without the session knowing.
 */
export async function listPrunable(tx: Handle, { paid, endedBeforeMs, limit }: Prunable): Promise<string[]> {
  const ofKind = paid ? sql`payment IS NOT NULL` : sql`payment IS NULL AND ended_at IS NOT NULL`;
  const alive = paid ? sql`outcome = 'open'` : sql`outcome IN ('open', 'approved')`;
  // Counted for the few rows at hand: PostgreSQL would join all charges there are instead.
  const rows = await tx.all<{ id: string }>(sql`
    SELECT id FROM sessions
    WHERE ${ofKind} AND ended_at < ${endedBeforeMs} AND idempotency_key IS NULL
      AND (SELECT count(CASE WHEN ${alive} THEN 1 END) FROM charges WHERE session_id = sessions.id) = 0
      AND (SELECT count(*) FROM events WHERE type = 'session.' || sessions.status AND subject = sessions.id) = 0
    ORDER BY ended_at LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** Answers how many sessions that were. */
export async function deleteSessions(tx: Handle, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const listed = join([...ids]);
  await tx.run(sql`DELETE FROM page_credentials WHERE session_id IN (${listed})`);
  await tx.run(sql`DELETE FROM charges WHERE session_id IN (${listed})`);
  return tx.run(sql`DELETE FROM sessions WHERE id IN (${listed}) AND ended_at IS NOT NULL`);
}
