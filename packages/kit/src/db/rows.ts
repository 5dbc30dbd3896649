// Inserts of many rows: for the database, and on the way to it, a statement costs more than a row does.
import { join, type Statement, together, type Writing } from './handle.ts';
import { withValues } from './statement.ts';

/** Few numbers of rows, because each makes a statement of its own that is prepared on each connection. */
const sizes = [64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1] as const;

export type InsertRows<Row> = (tx: Writing, rows: readonly Row[]) => Promise<void>;

/**
 * `insert` puts its statement around the values of several rows, each of which is made by `values`, in brackets. The
 * statement for so many rows is put together once: its text is longer than they are.
 */
export function insertingRows<Row>(
  insert: (values: Statement) => Statement,
  values: (row: Row) => Statement,
): InsertRows<Row> {
  const known = new Map<number, Statement>();
  const statementOf = (rows: readonly Statement[]): Statement => {
    const same = known.get(rows.length);
    if (same !== undefined) {
      return withValues(
        same,
        rows.flatMap(({ values }) => values),
      );
    }
    const statement = insert(join(rows));
    known.set(rows.length, statement);
    return statement;
  };
  return async (tx, rows) => {
    const all = rows.map(values);
    const statements: Statement[] = [];
    for (let at = 0; at < all.length; ) {
      const size = sizes.find((size) => size <= all.length - at) ?? 1;
      statements.push(statementOf(all.slice(at, at + size)));
      at += size;
    }
    await together(...statements.map((statement) => tx.run(statement)));
  };
}
