// Many sessions at once, for measurements only: copies of one that was paid, each written as it would have been, first
// pending and then completed. Half of them have an idempotency key.
import type { Database } from '@ozura/kit/db/handle';

/** One statement stays well below the time-out of statements. */
const rowsAtOnce = 20_000;

export interface Fill {
  /** The session that was paid. */
  readonly of: string;
  /** Numbers of the first one and of the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** The id of the `n`th filled session: in the order of time, like others. */
export const filledId = (n: number): string =>
  `session_${String(n).padStart(8, '0')}${String((n * 7919) % 1_000_000_007).padStart(22, '0')}`;

export async function fillSessions(db: Database, { of, from, to }: Fill): Promise<void> {
  for (let first = from; first < to; first += rowsAtOnce) {
    await db.script(batchOf(db.engine, { of, from: first, to: Math.min(first + rowsAtOnce, to) }));
  }
  // PostgreSQL does so by itself, but not at once.
  if (db.engine === 'postgres') await db.script('ANALYZE sessions');
}

function batchOf(engine: Database['engine'], { of, from, to }: Fill): string {
  const [first, last] = [filledId(from), filledId(to - 1)];
  return `
    INSERT INTO sessions (id, merchant_id, payment_link_id, status, currency, amount_minor, subtotal_minor, terms, metadata,
        appearance, idempotency_key, fingerprint, failed_attempts, extensions, created_at, expires_at, revision)
      ${NUMBERS[engine](from, to)}
      SELECT ${ID[engine]}, merchant_id, payment_link_id, 'pending', currency, amount_minor, subtotal_minor, terms, metadata,
        appearance, CASE WHEN n % 2 = 0 THEN 'filled-' || n END, fingerprint, 0, 0, created_at, expires_at, 0
      FROM numbers, sessions WHERE id = '${of}';
    UPDATE sessions SET status = 'completed', revision = 1, ended_at = expires_at,
        payment = (SELECT payment FROM sessions WHERE id = '${of}')
      WHERE id BETWEEN '${first}' AND '${last}';`;
}

const NUMBERS: Readonly<Record<Database['engine'], (from: number, to: number) => string>> = {
  sqlite: (from, to) =>
    `WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${to})`,
  postgres: (from, to) => `WITH numbers AS (SELECT n::bigint FROM generate_series(${from}, ${to - 1}) AS n)`,
};

const ID: Readonly<Record<Database['engine'], string>> = {
  sqlite: "'session_' || printf('%08d%022d', n, (n * 7919) % 1000000007)",
  postgres: "'session_' || lpad(n::text, 8, '0') || lpad(((n * 7919) % 1000000007)::text, 22, '0')",
};
