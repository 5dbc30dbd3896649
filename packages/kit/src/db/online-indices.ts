// Indices that are built while others write. PostgreSQL does that outside of transactions only, so it may be left half done:
// an index that is not valid is dropped and built again.
import { setTimeout } from 'node:timers/promises';
import { type Database, type Handle, sql } from './handle.ts';
import { watching } from './postgres-blockers.ts';

interface OnlineIndex {
  readonly name: string;
  readonly table: string;
  readonly statement: string;
}

const INDEX = /^CREATE (?:UNIQUE )?INDEX IF NOT EXISTS (\w+)\s+ON (\w+)\s*\(/;
const tellEveryMs = 30_000;
const lookEveryMs = 200;

/** Those of a file, which holds nothing else. */
export function onlineIndices(text: string): OnlineIndex[] {
  const statements = text.replace(/--.*$/gm, '').split(';');
  return statements
    .map((statement) => statement.trim())
    .filter(Boolean)
    .map((statement) => {
      const [, name, table] = INDEX.exec(statement) ?? [];
      if (name === undefined || table === undefined)
        throw new Error(`only CREATE INDEX IF NOT EXISTS … ON … (…) can be done online, not ${statement}`);
      return { name, table, statement };
    });
}

/** Who calls it sees to it that nobody else does. `note` hears whom it waits for: every transaction that is older. */
export async function buildOnline(db: Database, text: string, note: (who: string) => void): Promise<void> {
  const [builder, looker] = [db.beside?.(), db.beside?.()];
  if (builder === undefined) throw new Error('this database builds nothing online');
  try {
    await watching({ looker, of: builder, everyMs: tellEveryMs, note }, async () => {
      for (const index of onlineIndices(text)) await buildIndex(builder, index);
    });
  } finally {
    await Promise.all([builder.close(), looker?.close()]);
  }
}

async function buildIndex(builder: Handle, index: OnlineIndex): Promise<void> {
  const { name, table, statement } = index;
  // The server goes on for a process that was killed: what it builds is not built twice. Nobody waits for it by a lock, for
  // it waits for whoever waits.
  while (await isBuilt(builder, table)) await setTimeout(lookEveryMs);
  if (await isThere(builder, index)) return;
  try {
    await builder.script(statement.replace('INDEX', 'INDEX CONCURRENTLY'));
  } catch (error) {
    // One that is unique would refuse writes all the same.
    await isThere(builder, index).catch(() => undefined);
    throw error;
  }
  if (!(await isThere(builder, index))) throw new Error(`there is something else named ${name}`);
}

/** By whomever. */
async function isBuilt(builder: Handle, table: string): Promise<boolean> {
  const found = await builder.one(sql`
    SELECT pid FROM pg_stat_progress_create_index WHERE datname = current_database() AND relid = to_regclass(${table})`);
  return found !== undefined;
}

/** Drops one that is not valid. */
async function isThere(builder: Handle, { name, table }: OnlineIndex): Promise<boolean> {
  const found = await builder.one<{ path: string; valid: number }>(sql`
    SELECT indexrelid::regclass::text AS path, CASE WHEN indisvalid THEN 1 ELSE 0 END AS valid
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = to_regclass(${table}) AND relname = ${name}`);
  if (found?.valid === 0) await builder.script(`DROP INDEX CONCURRENTLY IF EXISTS ${found.path}`);
  return found?.valid === 1;
}
