// Single inserts that come at the same time share a statement, a commit, and a way to the server and back: one fsync for
// many, as on SQLite. Only inserts, which wait for nobody's row: one that waits would keep the others waiting.
import type pg from 'pg';
import type { Row, Statement } from './handle.ts';
import { type Line, openLine, type Waiting } from './postgres-gather.ts';
import { type RowInsert, rowInsertOf } from './postgres-rows.ts';
import { type Sender, sendUnlessRefused } from './postgres-statements.ts';

export interface Inserts {
  /** Rows inserted; resolves after the commit. `undefined` for any other statement. */
  add(statement: Statement): Promise<number> | undefined;
  /** Resolves when everything that was added has ended. */
  end(): Promise<void>;
}

/** Rows of a group. Few numbers, for each makes a statement of its own. */
const sizes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
const rowsMax = 64;
const groupsAtOnce = 2;

type Group = readonly Waiting<Statement, number>[];

export function openInserts(pool: pg.Pool, send: Sender): Inserts {
  /** Of those with the same text. */
  const lines = new Map<string, Line<Statement, number>>();
  const open = (text: string, insert: RowInsert): Line<Statement, number> => {
    const line = openLine<Statement, number>({
      ...{ most: rowsMax, groupsAtOnce, next: (waiting) => rowsOfNext(insert, waiting) },
      write: (group) => insertGroup(pool, send, insert, group),
    });
    lines.set(text, line);
    return line;
  };
  return {
    add(statement) {
      const insert = rowInsertOf(statement);
      return insert && (lines.get(statement.text) ?? open(statement.text, insert)).add(statement);
    },
    end: async () => void (await Promise.all([...lines.values()].map((line) => line.end()))),
  };
}

/** Two that cannot be told apart go into two groups. */
function rowsOfNext({ keyed }: RowInsert, waiting: Group): number {
  const keys = new Set<unknown>();
  let rows = 0;
  for (const { work } of waiting) {
    const [key] = work.values;
    if (rows === rowsMax || (keyed !== undefined && keys.has(key))) break;
    keys.add(key);
    rows += 1;
  }
  return sizes.findLast((size) => size <= rows) ?? 1;
}

async function insertGroup(pool: pg.Pool, send: Sender, insert: RowInsert, group: Group): Promise<void> {
  const alone = ({ work, resolve, reject }: Group[number]): Promise<void> =>
    send(pool, work).then(({ rowCount }) => resolve(rowCount ?? 0), reject);
  if (group.length === 1) return void (await Promise.all(group.map(alone)));
  try {
    const values = group.flatMap(({ work }) => work.values);
    const answer = await sendUnlessRefused(pool, send, { text: insert.text(group.length), values });
    // One of them is refused by the database; nothing is written, and each hears for itself.
    if (answer === undefined) return void (await Promise.all(group.map(alone)));
    const rows = rowsOfEach(insert, group, answer);
    for (const [i, { resolve }] of group.entries()) resolve(rows[i] ?? 0);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

function rowsOfEach({ keyed }: RowInsert, group: Group, { rowCount, rows }: pg.QueryResult<Row>): number[] {
  if (rowCount === group.length) return group.map(() => 1);
  const written = new Set<unknown>(rows.map((row) => keyed && row[keyed]));
  const each = group.map(({ work }) => Number(written.has(work.values[0])));
  const told = each.reduce((sum, row) => sum + row, 0);
  if (told !== rowCount)
    throw new Error(`an insert of ${group.length} rows wrote ${rowCount}, of which ${told} are known`);
  return each;
}
