// Single inserts that come at the same time share a commit, and a way to the server and back: one fsync for many, as on
// SQLite. Only inserts, which wait for nobody's row: one that waits would keep the others waiting.
import type pg from 'pg';
import type { Statement } from './handle.ts';
import { onClient } from './postgres-client.ts';
import type { Sender } from './postgres-statements.ts';

export interface Inserts {
  takes(statement: Statement): boolean;
  /** Rows inserted; resolves after the commit. */
  add(statement: Statement): Promise<number>;
  /** Resolves when everything that was added has ended. */
  end(): Promise<void>;
}

/** Bounds the time that the first of them waits for the last. */
const groupMax = 64;
/** While one group is on its way to the disk the next one is carried out. */
const groupsAtOnce = 2;

interface Waiting {
  readonly statement: Statement;
  readonly resolve: (rows: number) => void;
  readonly reject: (error: unknown) => void;
}

export function openInserts(pool: pg.Pool, send: Sender): Inserts {
  let queue: Waiting[] = [];
  const writers = new Set<Promise<void>>();
  const write = async (): Promise<void> => {
    // One turn of the event loop fills a group; there is no timer.
    await new Promise(setImmediate);
    while (queue.length > 0) {
      const group = queue.slice(0, groupMax);
      queue = queue.slice(groupMax);
      await insertGroup(pool, send, group);
    }
  };
  return {
    takes: ({ strings: [start = ''] }) => /^\s*INSERT\s/.test(start),
    add: (statement) =>
      new Promise((resolve, reject) => {
        queue.push({ statement, resolve, reject });
        if (writers.size >= groupsAtOnce) return;
        const writer = write().finally(() => writers.delete(writer));
        writers.add(writer);
      }),
    async end() {
      while (writers.size > 0) await Promise.all(writers);
    },
  };
}

async function insertGroup(pool: pg.Pool, send: Sender, group: readonly Waiting[]): Promise<void> {
  const alone = (one: Waiting): Promise<void> => answer(one, send(pool, one.statement));
  if (group.length === 1) return void (await Promise.all(group.map(alone)));
  try {
    const results = await onClient(pool, (client) => commitTogether(client, send, group));
    // One of them is refused by the database; nothing is written, and each hears for itself.
    await Promise.all(group.map((one, i) => (results === undefined ? alone(one) : answer(one, results[i]))));
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

type Result = Promise<pg.QueryResult>;

/**
 * `undefined` with nothing written. All goes out at once: should BEGIN itself fail, each insert is a commit of its own,
 * and what each of them has heard is true.
 */
async function commitTogether(
  client: pg.PoolClient,
  send: Sender,
  group: readonly Waiting[],
): Promise<Result[] | undefined> {
  const begun = client.query('BEGIN');
  const results: Result[] = group.map(({ statement }) => send(client, statement));
  const committed = client.query('COMMIT');
  await Promise.allSettled([begun, ...results, committed]);
  const { command } = await committed;
  return command === 'COMMIT' ? results : undefined;
}

const answer = ({ resolve, reject }: Waiting, result: Result | undefined): Promise<void> =>
  Promise.resolve(result).then((done) => resolve(done?.rowCount ?? 0), reject);
