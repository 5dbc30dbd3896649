// Several programs in one PostgreSQL database: each in a schema of its own, for some of their tables have the same name.
import { type Database, join, sql } from './handle.ts';
import { openDatabase } from './open.ts';
import { createOnce, DatabaseUnusable } from './unusable.ts';

/** The address of the database, for whoever is to find the tables of that schema alone. */
export function inSchema(url: string, name: string): string {
  const [place = '', query = ''] = url.split('?');
  const asked = new URLSearchParams(query);
  asked.set('options', `${asked.get('options') ?? ''} -c search_path=${name}`.trim());
  return `${place}?${asked}`;
}

/** Those that are not there yet. */
export async function createSchemas(url: string, names: readonly string[]): Promise<void> {
  const db = await openDatabase({ url, poolMax: 1 });
  try {
    const rows = await db.all<{ name: string }>(
      sql`SELECT nspname AS name FROM pg_namespace WHERE nspname IN (${join(names)})`,
    );
    const missing = names.filter((name) => !rows.some((row) => row.name === name));
    // One that may use them need not be allowed to create any.
    if (missing.length === 0) return;
    await refuseHome(db, names);
    await createOnce(db, missing.map((name) => `CREATE SCHEMA IF NOT EXISTS ${name}`).join('; '));
  } finally {
    await db.close();
  }
}

/**
 * Where a program has its tables without a schema of ours, it would look into an empty one the next time: that of the name
 * of its role comes first (`search_path` is `"$user", public`).
 */
async function refuseHome(db: Database, names: readonly string[]): Promise<void> {
  const home = await db.one<{ name: string }>(sql`
    SELECT table_schema AS name FROM information_schema.columns
    WHERE table_name = 'migrations' AND column_name = 'applied_at' AND table_schema NOT IN (${join(names)})`);
  if (home === undefined) return;
  throw new DatabaseUnusable(new Error(`this is the database of one program, which has its tables in ${home.name}`));
}
