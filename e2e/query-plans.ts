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

const readsAllOnSqlite = (line: string): boolean => /\bSCAN \w/.test(line);

/** Also by walking a whole index. */
const readsAllOnPostgres = (line: string, at: number, lines: readonly string[]): boolean =>
  / (Seq|Index|Index Only) Scan /.test(` ${line}`) && !/Index Cond/.test(lines[at + 1] ?? '');

/** No table is read from end to end. */
export async function expectIndices(db: Database, look: (db: Handle) => Promise<unknown>): Promise<void> {
  const { engine } = db;
  const lines: string[] = [];
  await db.transact((tx) => look(explaining(tx, engine, (row) => lines.push(Object.values(row).join(' ')))));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter(engine === 'postgres' ? readsAllOnPostgres : readsAllOnSqlite)).toEqual([]);
}
