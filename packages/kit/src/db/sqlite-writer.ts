// The connection that writes to a SQLite file: groups of transactions, and what a failure takes with it.
import { lockTimeoutMs, type Row, type Statement } from './handle.ts';
import { boundAll, type Connection, connect } from './sqlite-connection.ts';
import { openWriteLog, type WriteLog } from './sqlite-log.ts';
import { isLocked } from './unavailable.ts';

/** `begin` and `commit` stand around a group of transactions, marks around one of them. */
export interface Writer {
  /** Waits while another process writes. */
  begin(): Promise<void>;
  /** What is committed is not on the disk yet. */
  commit(): void;
  rollback(): void;
  mark(text: string): void;
  all(statement: Statement): Row[];
  one(statement: Statement): Row | undefined;
  /** Rows changed. */
  run(statement: Statement): number;
  script(text: string): void;
  /** All of them, or none when one changes nothing. */
  changeEach(statements: readonly Statement[]): boolean;
  readonly log: WriteLog;
  close(): void;
}

const retryMs = 1;

/** Outside of a group a statement would commit by itself, and be answered before the disk has it. */
const over = new Error('the transaction is over');

export function openWriter(path: string): Writer {
  const connection = connect(path);
  try {
    return writerOf(connection);
  } catch (error) {
    connection.db.close();
    throw error;
  }
}

function writerOf(connection: Connection): Writer {
  const { db, prepare } = connection;
  // Its log of writes is there from the first look on.
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  // From here on others make sure of the log and copy it, and nobody waits here for another process.
  db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 0');
  const log = openWriteLog(db);
  /** Why nothing can be written: no group is running, or it cannot be committed any more. */
  let lost: Error | undefined = over;

  const execute = <T>(work: () => T): T => {
    if (lost !== undefined) throw lost;
    try {
      return work();
    } catch (error) {
      // A full disk or an I/O error ends the outer transaction itself; then the whole group fails.
      if (!db.isTransaction) lost = error as Error;
      throw error;
    }
  };
  /** Without one nobody could tell whose writes are whose: the whole group is lost. */
  const mark = (text: string): void => {
    if (lost !== undefined) throw lost;
    try {
      prepare(text).run();
    } catch (error) {
      lost = error as Error;
      throw error;
    }
  };
  const run = ({ sql, values }: Statement): number =>
    execute(() => Number(prepare(sql).run(...boundAll(values)).changes));
  return {
    async begin() {
      await beginWriting(connection);
      lost = undefined;
    },
    commit() {
      if (lost !== undefined) throw lost;
      prepare('COMMIT').run();
      lost = over;
    },
    rollback() {
      lost = over;
      if (db.isTransaction) prepare('ROLLBACK').run();
    },
    mark,
    all: ({ sql, values }) => execute(() => connection.select(sql).all(boundAll(values))),
    one: ({ sql, values }) => execute(() => connection.select(sql).one(boundAll(values))),
    run,
    script: (text) => execute(() => db.exec(text)),
    changeEach(statements) {
      mark('SAVEPOINT each');
      let isDone = false;
      try {
        isDone = statements.every((statement) => run(statement) !== 0);
      } finally {
        if (db.isTransaction && !isDone) mark('ROLLBACK TO each');
        if (db.isTransaction) mark('RELEASE each');
      }
      return isDone;
    },
    log,
    close() {
      log.close();
      db.close();
    },
  };
}

/** SQLite would wait by itself, and let nobody do anything meanwhile. */
async function beginWriting({ prepare }: Connection): Promise<void> {
  for (const untilMs = performance.now() + lockTimeoutMs; ; ) {
    try {
      prepare('BEGIN IMMEDIATE').run();
      return;
    } catch (error) {
      if (!isLocked(error) || performance.now() > untilMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
