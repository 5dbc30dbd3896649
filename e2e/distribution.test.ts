// Decision 0030 says which tables could be distributed by merchant as they are, and what the others lack: here it is held
// against the migrations, so that a new table has to be thought about.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, type Row, sql } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../docs/decisions/0030-beyond-one-machine.md', import.meta.url), 'utf8');
const APPS = ['Checkout', 'Pay', 'Vault'] as const;

/** What a row of the page lists, as `Checkout sessions`. */
function listedAs(kind: string): string[] {
  const [, tables = ''] = new RegExp(`^\\| ${kind} \\|([^|]+)\\|`, 'm').exec(page) ?? [];
  return tables
    .split(';')
    .flatMap((part) => [...part.matchAll(/`(\w+)`/g)].map(([, table]) => `${part.trim().split(' ')[0]} ${table}`))
    .sort();
}

interface Table {
  readonly name: string;
  readonly hasMerchant: boolean;
  /** Every primary key, unique index and foreign key has the merchant in it. */
  readonly isFit: boolean;
}

async function tablesOf(app: (typeof APPS)[number]): Promise<Table[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-schema-'));
  const db = await openDatabase({ url: join(folder, 'test.db'), clockOffsetMs: () => 0 });
  try {
    await migrate(db, readMigrations(new URL(`../apps/${app.toLowerCase()}/src/store/migrations/`, import.meta.url)));
    const tables = await namesOf(
      db,
      sql`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`,
    );
    return await Promise.all(tables.map((table) => describeTable(db, app, table)));
  } finally {
    await db.close();
    rmSync(folder, { recursive: true });
  }
}

async function describeTable(db: Database, app: string, table: string): Promise<Table> {
  const columns = await namesOf(db, sql`SELECT name FROM pragma_table_info(${table})`);
  const primary = await namesOf(db, sql`SELECT name FROM pragma_table_info(${table}) WHERE pk > 0`);
  const indices = await namesOf(
    db,
    sql`SELECT name FROM pragma_index_list(${table}) WHERE "unique" AND origin <> 'pk'`,
  );
  const unique = await Promise.all(
    indices.map((index) => namesOf(db, sql`SELECT name FROM pragma_index_info(${index})`)),
  );
  const foreign = await db.all<Row>(sql`SELECT id, "from" FROM pragma_foreign_key_list(${table})`);
  const references = [...new Set(foreign.map(({ id }) => id))].map((id) =>
    foreign.filter((column) => column.id === id).map(({ from }) => String(from)),
  );
  return {
    name: `${app} ${table}`,
    hasMerchant: columns.includes('merchant_id'),
    isFit: [primary, ...unique, ...references].every((key) => key.includes('merchant_id')),
  };
}

const namesOf = async (db: Database, statement: ReturnType<typeof sql>): Promise<string[]> =>
  (await db.all<Row>(statement)).map(({ name }) => String(name));

test('the tables that decision 0030 calls fit for distribution by merchant are, and the others lack what it says', async () => {
  const tables = (await Promise.all(APPS.map(tablesOf))).flat();
  const apart = [...listedAs('one chain'), ...listedAs('of the program')];
  const named = (wanted: (table: Table) => boolean): string[] =>
    tables
      .filter((table) => !apart.includes(table.name) && wanted(table))
      .map(({ name }) => name)
      .sort();
  expect(tables.length).toBeGreaterThan(40);
  expect(apart.filter((name) => !tables.some((table) => table.name === name))).toEqual([]);
  expect(listedAs('fit')).toEqual(named(({ isFit }) => isFit));
  expect(listedAs('keys without the merchant')).toEqual(named(({ isFit, hasMerchant }) => hasMerchant && !isFit));
  expect(listedAs('no merchant')).toEqual(named(({ hasMerchant }) => !hasMerchant));
});
