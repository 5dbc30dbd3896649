// SQLite: reads on a connection of their own, so that they see what is on the disk only; writes in groups
// (`sqlite-commits.ts`), so that many share one wait for the disk.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Handle, Row, Statement } from './handle.ts';
import { type Commits, joinCommits, type Reader, type Work } from './sqlite-commits.ts';
import { boundAll, type Connection, connect } from './sqlite-connection.ts';
import type { Writer } from './sqlite-writer.ts';
import { type ClockRow, movesClock, readClockText, shownBy } from './test-clock.ts';

export interface SqliteOptions {
  readonly path: string;
  readonly testClock: boolean;
  readonly realTime: () => number;
}

export async function openSqlite({ path, testClock, realTime }: SqliteOptions): Promise<Database> {
  const connection = connect(path);
  connection.db.exec('PRAGMA query_only = ON');
  const reader = readerOf(connection);
  const commits = await joinOrClose(connection, reader);
  const clock = testClock ? movedClock(connection, realTime) : realTime;
  let closed = false;
  // Work that outlives the program's drain is refused, like on PostgreSQL.
  const add = <T>(work: Work): Promise<T> =>
    closed ? Promise.reject(new Error('the database is closed')) : commits.add(work);
  return {
    engine: 'sqlite',
    ...readingHandle(connection, clock),
    run(statement) {
      const changed = add<number>((writer) => writer.run(statement));
      return movesClock(statement) ? changed.finally(noteMove) : changed;
    },
    transact(body) {
      // Others are carried out in between: what it logs is to say to which work it belongs.
      const inContext = AsyncLocalStorage.bind(body);
      return add((writer) => runUnderSavepoint(writer, () => inContext(writingHandle(writer, clock))));
    },
    changeEach: (statements) => add((writer) => writer.changeEach(statements)),
    changeInTurn: (state) => add((writer) => writer.changeEach(state())),
    script: (text) => add((writer) => runUnderSavepoint(writer, async () => writer.script(text))),
    check: async () => {
      connection.prepare('SELECT 1').get();
      await commits.check();
    },
    close: async () => {
      closed = true;
      await commits.leave(reader);
      connection.db.close();
    },
  };
}

/** How often this process has moved the clock of a database. */
let moves = 0;
const noteMove = (): void => {
  moves += 1;
};

/** Read once a millisecond, for another process may move it, and again when we have moved it. */
function movedClock({ prepare }: Connection, realTime: () => number): () => number {
  let setting: ClockRow | undefined;
  let readAtMs = 0;
  let readAfter = 0;
  return () => {
    const nowMs = realTime();
    if (setting === undefined || readAtMs !== nowMs || readAfter !== moves) {
      setting = prepare(readClockText).get() as ClockRow;
      readAtMs = nowMs;
      readAfter = moves;
    }
    return shownBy(setting, nowMs);
  };
}

async function joinOrClose({ db }: Connection, reader: Reader): Promise<Commits> {
  try {
    return await joinCommits(db.location() ?? '', reader);
  } catch (error) {
    db.close();
    throw error;
  }
}

function readerOf({ db, prepare }: Connection): Reader {
  return {
    hold() {
      prepare('BEGIN').run();
      // Only what is read first decides what is seen.
      prepare('PRAGMA data_version').get();
    },
    release() {
      if (db.isTransaction) prepare('COMMIT').run();
    },
  };
}

const readingHandle = ({ select }: Connection, clock: () => number): Pick<Handle, 'now' | 'all' | 'one'> => ({
  now: async () => clock(),
  all: async <R extends Row>({ sql, values }: Statement) => select(sql).all(boundAll(values)) as R[],
  one: async <R extends Row>({ sql, values }: Statement) => select(sql).one(boundAll(values)) as R | undefined,
});

const writingHandle = (writer: Writer, clock: () => number): Handle => ({
  now: async () => clock(),
  all: async <R extends Row>(statement: Statement) => writer.all(statement) as R[],
  one: async <R extends Row>(statement: Statement) => writer.one(statement) as R | undefined,
  run: async (statement) => writer.run(statement),
  script: async (text) => writer.script(text),
});

/** A body that throws takes only its own writes with it. */
async function runUnderSavepoint<T>(writer: Writer, body: () => Promise<T>): Promise<T> {
  writer.mark('SAVEPOINT one');
  try {
    const value = await body();
    writer.mark('RELEASE one');
    return value;
  } catch (error) {
    writer.mark('ROLLBACK TO one');
    writer.mark('RELEASE one');
    throw error;
  }
}
