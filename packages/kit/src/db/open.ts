// One way to a database: a `postgres://` address, or the path of a SQLite file.
import { dirname } from 'node:path';
import { makeFolder } from '../folder.ts';
import type { Database } from './handle.ts';
import { createClock } from './test-clock.ts';
import { whyUnavailable } from './unavailable.ts';
import { DatabaseUnusable } from './unusable.ts';

export interface DatabaseOptions {
  /** `postgres://…` or a file path. */
  readonly url: string;
  /** Connections to PostgreSQL at a time: 10. */
  readonly poolMax?: number | undefined;
  /** The clock is the one that the database's test clock shows. Never in live mode. */
  readonly testClock?: boolean;
  /** Moves the clock of this handle alone, in ms; for tests of stores. */
  readonly clockOffsetMs?: () => number;
}

const poolMaxDefault = 10;
const none = (): number => 0;

/** The engine is loaded on demand, so an embedded installation never loads the PostgreSQL client. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const db = await openEngine(options);
  try {
    if (options.testClock === true) await createClock(db);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function openEngine(options: DatabaseOptions): Promise<Database> {
  const { url, poolMax, testClock = false, clockOffsetMs = none } = options;
  if (/^postgres(ql)?:/.test(url)) {
    const { openOnServer } = await import('./postgres.ts');
    return openOnServer({ url, poolMax: poolMax ?? poolMaxDefault, testClock, clockOffsetMs });
  }
  const { openSqlite } = await import('./sqlite.ts');
  makeFolder(dirname(url));
  try {
    return await openSqlite({ path: url, testClock, realTime: () => Date.now() + clockOffsetMs() });
  } catch (error) {
    throw whyUnavailable(error) === undefined ? error : new DatabaseUnusable(error);
  }
}
