// Whether a statement finds its rows by an index, on either engine: by how the engine says that it would run it.
import { type Database, type Handle, type Row, type Statement, sql } from '@ozura/kit/db/handle';
import { expect } from 'vitest';

const AS_IF_LARGE = 'SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off';

/** Asks for the plan of what is asked, instead. */
function explaining(tx: Handle, engine: Database['engine'], plan: (row: Row) => void): Handle {
  const explain = async (statement: Statement): Promise<never[]> => {
    // A few rows are read faster without an index: that is not the question.
    if (engine === 'postgres') await tx.script(AS_IF_LARGE);
    const how = engine === 'postgres' ? sql`EXPLAIN ${statement}` : sql`EXPLAIN QUERY PLAN ${statement}`;
    for (const row of await tx.all<Row>(how)) plan(row);
    return [];
  };
  return {
    ...tx,
    all: explain,
    one: (statement) => explain(statement).then(() => undefined),
    run: (statement) => explain(statement).then(() => 0),
  };
}

type Look = (db: Handle) => Promise<unknown>;

/** No table is read from end to end, nor all that a merchant has in one. */
export async function expectIndices(db: Database, look: Look): Promise<void> {
  const { lines, isWhole } = await planOf(db, look);
  expect(lines.filter((line, at) => isWhole(line, at) || walksOnSqlite(line))).toEqual([]);
}

/** The same of a page of a list: it is the first so many of a merchant's rows, in the order of an index. */
export async function expectPage(db: Database, look: Look): Promise<void> {
  const { lines, isWhole } = await planOf(db, look);
  expect(lines.filter((line, at) => isWhole(line, at) || /USE TEMP B-TREE|Sort /.test(line))).toEqual([]);
}

/** By these, where another one would do with many more rows. */
export async function expectIndicesNamed(db: Database, look: Look, names: readonly string[]): Promise<void> {
  const { lines } = await planOf(db, look);
  expect(names.filter((name) => !lines.some((line) => new RegExp(`\\b${name}\\b`).test(line)))).toEqual([]);
}

async function planOf(db: Database, look: Look) {
  const lines: string[] = [];
  const note = (row: Row): void => void lines.push(String(row.detail ?? Object.values(row).join(' ')));
  await db.transact((tx) => look(explaining(tx, db.engine, note)));
  expect(lines.length).toBeGreaterThan(0);
  const catalogue = db.engine === 'postgres' ? OF_POSTGRES : OF_SQLITE;
  const names = async (statement: Statement): Promise<ReadonlySet<string>> =>
    new Set((await db.all<{ name: string }>(statement)).map(({ name }) => name));
  const [tables, partial] = [await names(catalogue.tables), await names(catalogue.partialIndices)];
  const isWhole = (line: string, at: number): boolean => {
    const { table = '', index = '' } = scanIn(line, lines[at + 1] ?? '');
    // A part of a table that has an index of its own may be read whole: what is due, what waits.
    return tables.has(table) && !partial.has(index);
  };
  return { lines, isWhole };
}

const OF_SQLITE = {
  tables: sql`SELECT name FROM sqlite_master WHERE type = 'table'`,
  partialIndices: sql`SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'`,
};
const OF_POSTGRES = {
  tables: sql`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`,
  partialIndices: sql`SELECT indexname AS name FROM pg_indexes WHERE indexdef LIKE '% WHERE %'`,
};

/** What is read from end to end: a table, or an index without a condition, which PostgreSQL tells in the next line. */
function scanIn(line: string, next: string): { readonly table?: string; readonly index?: string } {
  const onSqlite = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(line);
  const onPostgres = /(?:Seq Scan|Index(?: Only)? Scan(?: Backward)? using (\w+)) on (\w+)/.exec(line);
  if (onSqlite !== null) return { table: onSqlite[1] ?? '', index: onSqlite[2] ?? '' };
  if (onPostgres === null || /Index Cond/.test(next)) return {};
  return { table: onPostgres[2] ?? '', index: onPostgres[1] ?? '' };
}

/** Of these a merchant has one row, or a few. */
const FEW = new Set(['merchants', 'event_feeds', 'webhook_endpoints']);

/** Without statistics SQLite takes all that a merchant has, his account at a processor or his endpoint, for ten rows. */
function walksOnSqlite(line: string): boolean {
  const [, table = ''] =
    /^SEARCH (\w+) .*\((?:merchant_id=\?|processor=\? AND account=\?|endpoint_id=\?)\)$/.exec(line) ?? [];
  return table !== '' && !FEW.has(table);
}
