// Many copies of one row, straight into the engine, a batch a statement. Triggers and foreign keys are off meanwhile: the
// rows are like those that came by the rules, and come much faster.
import { DatabaseSync } from 'node:sqlite';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import type { Engine } from './engines.ts';

/** Of a column: SQL over `n`, the number of the copy, and `of`, the row that is copied. */
export type Expression = (write: Dialect) => string;

export interface Table {
  readonly name: string;
  /** The column that tells the row to copy. */
  readonly key: string;
  /** What is other in each copy. */
  readonly own: Readonly<Record<string, Expression>>;
  /** SQL that does for all of them what a trigger does for each. */
  readonly afterwards?: string;
}

export interface Copies {
  readonly table: Table;
  /** The key of the row to copy, as SQL. */
  readonly model: string;
  readonly count: number;
  /** Hears how many more are done. */
  readonly tell: (rows: number) => void;
}

interface Dialect {
  readonly count: number;
  /** `n` with zeros in front. */
  padded(digits: number): string;
  numbers(from: number, to: number): string;
}

const DIALECTS: Readonly<Record<Engine, Omit<Dialect, 'count'>>> = {
  sqlite: {
    padded: (digits) => `printf('%0${digits}d', n)`,
    numbers: (from, to) =>
      `WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${to})`,
  },
  postgres: {
    padded: (digits) => `lpad(n::text, ${digits}, '0')`,
    numbers: (from, to) => `WITH numbers AS (SELECT n::bigint FROM generate_series(${from}, ${to - 1}) AS n)`,
  },
};

/** Programs that write to the file meanwhile wait for one batch at most. */
const batchRows = { sqlite: 20_000, postgres: 200_000 } as const;

/** The statements of all batches, and how many rows each adds. */
function* batches(engine: Engine, { table, model, count }: Copies, columns: readonly string[]) {
  const dialect = { ...DIALECTS[engine], count };
  const values = columns.map((column) => table.own[column]?.(dialect) ?? `of.${column}`);
  for (let from = 0; from < count; from += batchRows[engine]) {
    const to = Math.min(count, from + batchRows[engine]);
    const text = `INSERT INTO ${table.name} (${columns.join(', ')}) ${dialect.numbers(from, to)}
      SELECT ${values.join(', ')} FROM ${table.name} AS of, numbers WHERE of.${table.key} = ${model}`;
    yield { text, rows: to - from };
  }
}

export function copyToFile(path: string, all: readonly Copies[]): void {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 10_000 });
  // What is lost in a crash is a measurement.
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000');
  try {
    for (const copies of all) {
      const { name } = copies.table;
      const triggers = db
        .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?`)
        .all(name);
      for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger.name}`);
      const columns = db
        .prepare('SELECT name FROM pragma_table_info(?)')
        .all(name)
        .map((column) => String(column.name));
      for (const { text, rows } of batches('sqlite', copies, columns)) {
        db.exec(text);
        copies.tell(rows);
      }
      db.exec(copies.table.afterwards ?? '');
      for (const trigger of triggers) db.exec(String(trigger.sql));
    }
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

export async function copyOnServer(url: string, copies: Copies): Promise<void> {
  const db = await openDatabase({ url, poolMax: 1 });
  try {
    const { name } = copies.table;
    const columns = await db.all<{ name: string }>(sql`
      SELECT column_name::text AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = ${name}`);
    const names = columns.map((column) => column.name);
    for (const { text, rows } of batches('postgres', copies, names)) {
      await db.script(`SET statement_timeout = 0; SET session_replication_role = replica; ${text}`);
      copies.tell(rows);
    }
    await db.script(copies.table.afterwards ?? '');
    // The server does so by itself, but not at once.
    await db.script('SET statement_timeout = 0');
    await db.script(`VACUUM ANALYZE ${name}`);
    await db.script('CHECKPOINT');
  } finally {
    await db.close();
  }
}
