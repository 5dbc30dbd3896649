// How the clock of an installation in test mode is moved (contract 14.3). It stands in the database itself, so that all
// processes on one database read the same time, also after a restart.
import { type Database, type Handle, type Statement, sql } from './handle.ts';
import { createOnce } from './unusable.ts';

export interface ClockSetting {
  /** Added to real time. */
  readonly offsetMs: number;
  /** The time that stands still; absent while it runs. */
  readonly frozenAtMs?: number | undefined;
}

export const realTime: ClockSetting = { offsetMs: 0 };

export type ClockRow = { offset_ms: number; frozen_at: number | null };

export const readClockText = 'SELECT offset_ms, frozen_at FROM test_clock';

/** What the clock shows when it is `realMs`. */
export const shownBy = ({ offset_ms, frozen_at }: ClockRow, realMs: number): number => frozen_at ?? realMs + offset_ms;

export const createClock = (db: Database): Promise<void> =>
  createOnce(
    db,
    `CREATE TABLE IF NOT EXISTS test_clock (
      id INTEGER PRIMARY KEY CHECK (id = 1), offset_ms BIGINT NOT NULL, frozen_at BIGINT);
    INSERT INTO test_clock (id, offset_ms) VALUES (1, 0) ON CONFLICT DO NOTHING`,
  );

export async function readClock(db: Handle): Promise<ClockSetting> {
  const row = await db.one<ClockRow>(sql`SELECT offset_ms, frozen_at FROM test_clock`);
  return row === undefined ? realTime : { offsetMs: row.offset_ms, frozenAtMs: row.frozen_at ?? undefined };
}

/** Whether a statement is that of `writeClock`. */
export const movesClock = ({ sql: text }: Statement): boolean => text.startsWith(moveText);
const moveText = 'UPDATE test_clock ';

/** By itself, in no transaction: whoever asks for the time next hears the new one. */
export const writeClock = (db: Database, { offsetMs, frozenAtMs }: ClockSetting): Promise<number> =>
  db.run(sql`UPDATE test_clock SET offset_ms = ${offsetMs}, frozen_at = ${frozenAtMs ?? null}`);
