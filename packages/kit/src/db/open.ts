// One way to a database: a `postgres://` address, or the path of a SQLite file.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from './handle.ts';

export interface DatabaseOptions {
  /** `postgres://…` or a file path. */
  readonly url: string;
  readonly poolMax?: number;
  /** Offset of the test clock in ms; absent in live mode. */
  readonly clockOffsetMs?: () => number;
}

const poolMaxDefault = 10;
const none = (): number => 0;

/** The engine is loaded on demand, so an embedded installation never loads the PostgreSQL client. */
export async function openDatabase({ url, poolMax, clockOffsetMs = none }: DatabaseOptions): Promise<Database> {
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres({ url, poolMax: poolMax ?? poolMaxDefault, clockOffsetMs });
  }
  const { openSqlite } = await import('./sqlite.ts');
  mkdirSync(dirname(url), { recursive: true, mode: 0o700 });
  return openSqlite({ path: url, clock: () => Date.now() + clockOffsetMs() });
}
