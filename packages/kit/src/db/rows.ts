// Inserts of many rows: for the database, and on the way to it, a statement costs more than a row does.
import { join, type Statement, together, type Writing } from './handle.ts';

/** Few numbers of rows, because each makes a statement of its own that is prepared on each connection. */
const sizes = [64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1] as const;

/** `insert` puts its statement around the values of several rows, each of which is made by `values`, in brackets. */
export async function insertRows<Row>(
  tx: Writing,
  rows: readonly Row[],
  insert: (values: Statement) => Statement,
  values: (row: Row) => Statement,
): Promise<void> {
  const statements: Statement[] = [];
  for (let at = 0; at < rows.length; ) {
    const size = sizes.find((size) => size <= rows.length - at) ?? 1;
    statements.push(insert(join(rows.slice(at, at + size).map(values))));
    at += size;
  }
  await together(...statements.map((statement) => tx.run(statement)));
}
