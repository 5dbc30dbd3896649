// Applies the numbered SQL files of an app, once each, in order. One text serves both engines; what only one of them
// understands (triggers) stands between `-- only sqlite` or `-- only postgres` and `-- end`.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Database, sql } from './handle.ts';

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
  await db.script('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)');
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await applyOnce(db, migration)) applied.push(migration.name);
  }
  return applied;
}

function applyOnce(db: Database, { name, text }: Migration): Promise<boolean> {
  return db.transact(async (tx) => {
    // Writing the name first makes a second process wait on the row until this one commits.
    const now = await tx.now();
    const mine = await tx.run(
      sql`INSERT INTO migrations (name, applied_at) VALUES (${name}, ${now}) ON CONFLICT (name) DO NOTHING`,
    );
    if (mine === 0) return false;
    for (const statement of statementsFor(db.engine, text)) await tx.run(sql([statement]));
    return true;
  });
}

/** Statements end with `;` at the end of a line that is not indented; trigger bodies are indented. */
function statementsFor(engine: Database['engine'], text: string): string[] {
  const own = text.replace(SECTION, (_all, only: string, body: string) => (only === engine ? body : ''));
  return own
    .replace(/^--.*$/gm, '')
    .split(/^(?=\S)/gm)
    .reduce<string[]>(joinStatements, [])
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

// Lines that start at column one open a new statement only after the previous one ended with a semicolon.
function joinStatements(found: string[], line: string): string[] {
  const last = found.at(-1);
  if (last === undefined || /;\s*$/.test(last)) found.push(line);
  else found[found.length - 1] = last + line;
  return found;
}
