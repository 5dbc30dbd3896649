// Single inserts that come at the same time share a statement, a commit, and a way to the server and back: one fsync for
// many, as on SQLite. Only inserts, which wait for nobody's row: one that waits would keep the others waiting.
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Row, Statement } from './handle.ts';
import { isSilence, onClient } from './postgres-client.ts';
import { gather } from './postgres-gather.ts';
import { type RowInsert, rowInsertOf } from './postgres-rows.ts';
import type { Sender } from './postgres-statements.ts';

export interface Inserts {
  /** Rows inserted; resolves after the commit. `undefined` for any other statement. */
  add(statement: Statement): Promise<number> | undefined;
  /** Resolves when everything that was added has ended. */
  end(): Promise<void>;
}

/** Rows of a group. Few numbers, for each makes a statement of its own. */
const sizes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
const rowsMax = 64;
/** Bounds how long the first row waits where they come one by one. */
const looksMax = 8;
/** A group begins when the one before it has ended: so each has all that came meanwhile. One that takes longer is not waited for. */
const groupMs = 50;
const groupsAtOnce = 2;

interface Waiting {
  readonly statement: Statement;
  readonly resolve: (rows: number) => void;
  readonly reject: (error: unknown) => void;
}

type Group = readonly Waiting[];

/** Those who wait with the same text. */
interface Line {
  readonly insert: RowInsert;
  readonly waiting: Waiting[];
  readonly underWay: Set<Promise<void>>;
  writer: Promise<void> | undefined;
}

export function openInserts(pool: pg.Pool, send: Sender): Inserts {
  const lines = new Map<string, Line>();
  const write = async (line: Line): Promise<void> => {
    const { insert, waiting, underWay } = line;
    while (waiting.length > 0) {
      while (underWay.size >= groupsAtOnce) await Promise.race(underWay);
      await gatherMore(waiting);
      const group = waiting.splice(0, rowsOfNext(insert, waiting));
      // They have been given up meanwhile.
      if (group.length === 0) break;
      const written = insertGroup(pool, send, line, group).finally(() => underWay.delete(written));
      underWay.add(written);
      await Promise.race([written, setTimeout(groupMs, undefined, { ref: false })]);
    }
    // In the same step as the look at who waits: nobody comes in between, to wait for a writer that has gone.
    line.writer = undefined;
  };
  return {
    add(statement) {
      const insert = rowInsertOf(statement);
      if (insert === undefined) return undefined;
      const line = lines.get(statement.text) ?? { insert, waiting: [], underWay: new Set(), writer: undefined };
      lines.set(statement.text, line);
      return new Promise((resolve, reject) => {
        line.waiting.push({ statement, resolve, reject });
        line.writer ??= write(line);
      });
    },
    async end() {
      for (const line of lines.values()) {
        while (line.writer !== undefined) await line.writer;
        await Promise.all(line.underWay);
      }
    },
  };
}

/** While each look finds more of them: what a group costs besides its rows is worth ten of them. */
async function gatherMore(waiting: Group): Promise<void> {
  let before = 0;
  for (let look = 0; look < looksMax && waiting.length > before && waiting.length < rowsMax; look += 1) {
    before = waiting.length;
    await gather();
  }
}

/** Two that cannot be told apart go into two groups. */
function rowsOfNext({ keyed }: RowInsert, waiting: Group): number {
  const keys = new Set<unknown>();
  let rows = 0;
  for (const { statement } of waiting) {
    const [key] = statement.values;
    if (rows === rowsMax || (keyed !== undefined && keys.has(key))) break;
    keys.add(key);
    rows += 1;
  }
  return sizes.findLast((size) => size <= rows) ?? 1;
}

async function insertGroup(pool: pg.Pool, send: Sender, { insert, waiting }: Line, group: Group): Promise<void> {
  const refuse = (refused: Group, error: unknown): void => {
    // The next groups would wait for a server that says nothing, each as long as this one: none of them was sent.
    const behind = isSilence(error) ? waiting.splice(0) : [];
    for (const { reject } of [...refused, ...behind]) reject(error);
  };
  const alone = (one: Waiting): Promise<void> =>
    send(pool, one.statement).then(
      ({ rowCount }) => one.resolve(rowCount ?? 0),
      (error: unknown) => refuse([one], error),
    );
  if (group.length === 1) return void (await Promise.all(group.map(alone)));
  try {
    const rows = await onClient(pool, (client) => insertTogether(client, send, insert, group));
    // One of them is refused by the database; nothing is written, and each hears for itself.
    if (rows === undefined) await Promise.all(group.map(alone));
    else for (const [i, { resolve }] of group.entries()) resolve(rows[i] ?? 0);
  } catch (error) {
    refuse(group, error);
  }
}

/** Rows of each; `undefined` with nothing written. */
async function insertTogether(
  client: pg.PoolClient,
  send: Sender,
  insert: RowInsert,
  group: Group,
): Promise<number[] | undefined> {
  const values = group.flatMap(({ statement }) => statement.values);
  try {
    return rowsOfEach(insert, group, await send(client, { text: insert.text(group.length), values }));
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    // Refused for certain by a server that goes on to answer; one that ends may have ended after the commit.
    await client.query('SELECT');
    return undefined;
  }
}

function rowsOfEach({ keyed }: RowInsert, group: Group, { rowCount, rows }: pg.QueryResult<Row>): number[] {
  if (rowCount === group.length) return group.map(() => 1);
  const written = new Set<unknown>(rows.map((row) => keyed && row[keyed]));
  const each = group.map(({ statement: { values } }) => Number(written.has(values[0])));
  const told = each.reduce((sum, row) => sum + row, 0);
  if (told !== rowCount)
    throw new Error(`an insert of ${group.length} rows wrote ${rowCount}, of which ${told} are known`);
  return each;
}
