// SQLite with group commit: waiting transactions run one after the other under savepoints inside one outer
// transaction and one fsync, and are answered together after the commit. Nobody hears "done" before the disk has it.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Cell, type Database, type Handle, lockTimeoutMs, type Row, type Statement } from './handle.ts';

/** Transactions in one commit: bounds the time the first of them waits for the last. */
const groupMax = 128;
const SQLITE_BUSY = 5;
const retryMs = 10;

interface Waiting {
  readonly run: (tx: Handle) => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export interface SqliteOptions {
  readonly path: string;
  readonly clock: () => number;
}

export function openSqlite({ path, clock }: SqliteOptions): Database {
  const writer = connect(path);
  // Reads outside transactions have their own connection, so that they see committed state only.
  const reader = connect(path);
  reader.exec('PRAGMA query_only = ON');
  const tx = handleOn(writer, clock);
  const committed = handleOn(reader, clock);
  const commits = groupCommits(writer, tx);
  return {
    engine: 'sqlite',
    now: committed.now,
    all: committed.all,
    one: committed.one,
    run: (statement) => commits.add((handle) => handle.run(statement)),
    transact: <T>(body: (handle: Handle) => Promise<T>) => commits.add(body),
    script: (text) => commits.add((handle) => handle.script(text)),
    close: async () => {
      await commits.end();
      reader.close();
      writer.close();
    },
  };
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: lockTimeoutMs });
  useWriteAheadLog(db);
  db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000');
  return db;
}

// When several processes open a new file together SQLite refuses this statement at once, without its lock time-out.
function useWriteAheadLog(db: DatabaseSync): void {
  for (let triesLeft = lockTimeoutMs / retryMs; ; triesLeft--) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || triesLeft === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}

function handleOn(db: DatabaseSync, clock: () => number): Handle {
  const prepared = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = db.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
  const values = (statement: Statement) => statement.values.map((value) => bound((value ?? null) as Cell));
  return {
    now: async () => clock(),
    all: async <R extends Row>(statement: Statement) => prepare(statement.sql).all(...values(statement)) as R[],
    one: async <R extends Row>(statement: Statement) =>
      prepare(statement.sql).get(...values(statement)) as R | undefined,
    run: async (statement) => Number(prepare(statement.sql).run(...values(statement)).changes),
    script: async (text) => db.exec(text),
  };
}

// A number goes to SQLite as a float: 7 / 2 would be 3.5 and 5 in a TEXT column '5.0'. A bigint goes as an integer.
const bound = (cell: Cell): SQLInputValue => (Number.isSafeInteger(cell) ? BigInt(cell as number) : cell);

function groupCommits(writer: DatabaseSync, tx: Handle) {
  let queue: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let ended = false;

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      // One turn of the event loop fills a group; there is no timer. Without it writers that go on and on would keep
      // everything else of the program waiting.
      await new Promise(setImmediate);
      const group = queue.slice(0, groupMax);
      queue = queue.slice(groupMax);
      await commitGroup(writer, tx, group);
    }
    flushing = undefined;
  };

  return {
    add<T>(run: (handle: Handle) => Promise<T>): Promise<T> {
      // Work that outlives the program's drain is refused, like on PostgreSQL.
      if (ended) return Promise.reject(new Error('the database is closed'));
      return new Promise<T>((resolve, reject) => {
        queue.push({ run, resolve: resolve as (value: never) => void, reject });
        flushing ??= flush();
      });
    },
    async end(): Promise<void> {
      ended = true;
      await flushing;
    },
  };
}

async function commitGroup(writer: DatabaseSync, tx: Handle, group: readonly Waiting[]): Promise<void> {
  const done: (() => void)[] = [];
  try {
    writer.exec('BEGIN IMMEDIATE');
    for (const waiting of group) done.push(await runInSavepoint(writer, tx, waiting));
    writer.exec('COMMIT');
  } catch (error) {
    if (writer.isTransaction) writer.exec('ROLLBACK');
    for (const waiting of group) waiting.reject(error);
    return;
  }
  for (const answer of done) answer();
}

/** What to answer after the commit. A body that throws takes only its own writes with it. */
async function runInSavepoint(writer: DatabaseSync, tx: Handle, waiting: Waiting): Promise<() => void> {
  writer.exec('SAVEPOINT one');
  try {
    const value = await waiting.run(tx);
    writer.exec('RELEASE one');
    return () => waiting.resolve(value as never);
  } catch (error) {
    // A full disk or an I/O error ends the outer transaction itself; then the whole group fails.
    if (!writer.isTransaction) throw error;
    writer.exec('ROLLBACK TO one; RELEASE one');
    return () => waiting.reject(error);
  }
}
