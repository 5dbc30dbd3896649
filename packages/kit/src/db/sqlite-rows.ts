// Rows that are quick to read. `node:sqlite` makes an object of a row that V8 keeps as a dictionary, and that costs more,
// with the reading of its members, than the search in the table. Its lists are cheap; here they become plain objects.
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Cell, Row } from './handle.ts';

export interface Selection {
  one(values: readonly SQLInputValue[]): Row | undefined;
  all(values: readonly SQLInputValue[]): Row[];
}

/** For a statement that nobody else uses. */
export function selectionOf(statement: StatementSync): Selection {
  statement.setReturnArrays(true);
  let columns = namesOf(statement);
  let empty = emptyRow(columns);
  const toRow = (cells: readonly SQLOutputValue[]): Row => {
    // Somebody has changed the table, and SQLite has prepared `SELECT *` again.
    if (cells.length !== columns.length) {
      columns = namesOf(statement);
      empty = emptyRow(columns);
    }
    // Not by `...`, which copies member by member where it has met many kinds of rows.
    const row: Row = Object.assign({}, empty);
    for (let i = 0; i < columns.length; i += 1) row[columns[i] as string] = cells[i] as Cell;
    return row;
  };
  return {
    one(values) {
      const cells = statement.get(...values) as unknown as SQLOutputValue[] | undefined;
      return cells && toRow(cells);
    },
    all: (values) => (statement.all(...values) as unknown as SQLOutputValue[][]).map(toRow),
  };
}

const namesOf = (statement: StatementSync): string[] => statement.columns().map(({ name }) => name);

/** All columns from the start: a row is a copy of it, and does not change its form with each member. */
const emptyRow = (columns: readonly string[]): Row => Object.fromEntries(columns.map((name) => [name, null]));
