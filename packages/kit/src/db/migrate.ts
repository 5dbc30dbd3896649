// Applies the numbered SQL files of an app, once each, in order. One text serves both engines; what only one of them
// understands (triggers) stands between `-- only sqlite` or `-- only postgres` and `-- end`. What is named `….online.sql`
// holds indices that PostgreSQL builds while others write.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Database, type Handle, sql } from './handle.ts';
import { buildOnline } from './online-indices.ts';
import { applyBetweenWriters, inTurn, type Tell } from './postgres-migrations.ts';
import { createOnce, DatabaseUnusable } from './unusable.ts';

const SECTION = /^-- only (sqlite|postgres)\n([\s\S]*?)^-- end$/gm;

export interface Migration {
  readonly name: string;
  readonly text: string;
}

export interface MigrateOptions {
  /** Told what it waits for, when that takes long. */
  readonly tell?: Tell;
  /** For tests. */
  readonly triesMax?: number;
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
export async function migrate(
  db: Database,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<string[]> {
  await createOnce(db, 'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)');
  // Whoever has nothing to apply waits for nobody: a program starts again while a newer one migrates.
  const known = new Set((await db.all(sql`SELECT name FROM migrations`)).map(({ name }) => name));
  const applied: string[] = [];
  for (const migration of migrations) {
    if (known.has(migration.name)) continue;
    const isFirst = migration === migrations[0];
    if (await applyOnce(db, { migration, isFirst, options })) applied.push(migration.name);
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

interface Application {
  readonly migration: Migration;
  readonly isFirst: boolean;
  readonly options: MigrateOptions;
}

function applyOnce(db: Database, { migration, isFirst, options }: Application): Promise<boolean> {
  const { name } = migration;
  const { tell = () => undefined, triesMax } = options;
  const text = textFor(db.engine, migration.text);
  const applyWithin = async (tx: Handle): Promise<boolean> => {
    if (!(await record(tx, name))) return false;
    if (isFirst) await refuseOthers(tx, name);
    await tx.script(text);
    return true;
  };
  if (db.beside === undefined) return db.transact(applyWithin);
  if (!name.endsWith('.online')) return applyBetweenWriters(db, { name, work: applyWithin, tell, triesMax });
  return inTurn(db, tell, async (tx) => {
    if (await isRecorded(tx, name)) return false;
    // The turn is kept without a word meanwhile. An answer keeps its snapshot until something else is said, and the index
    // would wait for it.
    await tx.script('SET LOCAL idle_in_transaction_session_timeout = 0');
    await buildOnline(db, text, (who) => tell(`migration ${name} waits for ${who}`));
    return record(tx, name);
  });
}

/** False: somebody else has applied it. */
async function record(tx: Handle, name: string): Promise<boolean> {
  const now = await tx.now();
  const mine = await tx.run(
    sql`INSERT INTO migrations (name, applied_at) VALUES (${name}, ${now}) ON CONFLICT (name) DO NOTHING`,
  );
  return mine === 1;
}

const isRecorded = async (tx: Handle, name: string): Promise<boolean> =>
  (await tx.one(sql`SELECT name FROM migrations WHERE name = ${name}`)) !== undefined;

/** Some tables of two programs have the same name, and nobody but the Vault may be where cards are. */
async function refuseOthers(tx: Handle, first: string): Promise<void> {
  const other = await tx.one<{ name: string }>(sql`SELECT name FROM migrations WHERE name <> ${first} ORDER BY name`);
  if (other === undefined) return;
  throw new DatabaseUnusable(new Error(`this is the database of another program, which began it with ${other.name}`));
}

const textFor = (engine: Database['engine'], text: string): string =>
  text.replace(SECTION, (_all, only: string, body: string) => (only === engine ? body : ''));
