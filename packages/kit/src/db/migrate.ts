// Applies the numbered SQL files of an app, once each, in order. One text serves both engines; what only one of them
// understands (triggers) stands between `-- only sqlite` or `-- only postgres` and `-- end`.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Database, type Handle, sql } from './handle.ts';
import { createOnce, DatabaseUnusable } from './unusable.ts';

const SECTION = /^-- only (sqlite|postgres)\n([\s\S]*?)^-- end$/gm;

export interface Migration {
  readonly name: string;
  readonly text: string;
}

/** The `.sql` files of a folder, by name. */
export function readMigrations(folder: URL): Migration[] {
  const path = fileURLToPath(folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name: name.slice(0, -'.sql'.length), text: readFileSync(new URL(name, folder), 'utf8') }));
}

/** Names of the migrations applied now. Safe to call from several processes at once. */
export async function migrate(db: Database, migrations: readonly Migration[]): Promise<string[]> {
  await createOnce(db, 'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)');
  const applied: string[] = [];
  for (const migration of migrations) {
    const isFirst = migration === migrations[0];
    if (await applyOnce(db, migration, isFirst)) applied.push(migration.name);
  }
  return applied;
}

/** Whether some program has its tables there. */
export async function isBegun(db: Database): Promise<boolean> {
  const found =
    db.engine === 'postgres'
      ? sql`SELECT 1 AS found WHERE to_regclass('migrations') IS NOT NULL`
      : sql`SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'migrations'`;
  return (await db.one(found)) !== undefined;
}

const NO_TIMEOUTS = 'SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0';

function applyOnce(db: Database, { name, text }: Migration, isFirst: boolean): Promise<boolean> {
  return db.transact(async (tx) => {
    // A migration, and the wait for another process that runs it, may take longer than any request.
    if (db.engine === 'postgres') await tx.script(`${NO_TIMEOUTS}; LOCK TABLE migrations IN SHARE ROW EXCLUSIVE MODE`);
    const now = await tx.now();
    const mine = await tx.run(
      sql`INSERT INTO migrations (name, applied_at) VALUES (${name}, ${now}) ON CONFLICT (name) DO NOTHING`,
    );
    if (mine === 0) return false;
    if (isFirst) await refuseOthers(tx, name);
    await tx.script(textFor(db.engine, text));
    return true;
  });
}

/** Some tables of two programs have the same name, and nobody but the Vault may be where cards are. */
async function refuseOthers(tx: Handle, first: string): Promise<void> {
  const other = await tx.one<{ name: string }>(sql`SELECT name FROM migrations WHERE name <> ${first} ORDER BY name`);
  if (other === undefined) return;
  throw new DatabaseUnusable(new Error(`this is the database of another program, which began it with ${other.name}`));
}

const textFor = (engine: Database['engine'], text: string): string =>
  text.replace(SECTION, (_all, only: string, body: string) => (only === engine ? body : ''));
