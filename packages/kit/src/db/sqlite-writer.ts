// The thread that writes to the SQLite files of a process. The disk makes it wait, not the thread that answers requests.
// It is told what to do in order, and answers in order.
import { parentPort } from 'node:worker_threads';
import { boundAll, type Connection, connect } from './sqlite-connection.ts';
import { isUnsynced } from './unavailable.ts';

/** `begin` and `commit` stand around a group of transactions. */
export type OrderKind = 'open' | 'close' | 'begin' | 'commit' | 'script' | 'all' | 'one' | 'run' | 'each';
/** `text`: what to execute, or the number of a text that came before. Of `each` the values are `Part`s. */
export type Order = readonly [
  id: number,
  file: number,
  kind: OrderKind,
  text: string | number,
  values: readonly unknown[],
];
export type Part = readonly [text: string | number, values: readonly unknown[]];
export type Reply = readonly [id: number, done: boolean, value: unknown];

interface Written {
  readonly connection: Connection;
  /** Why the group that is running cannot be committed any more. */
  lost: Error | undefined;
}

const files = new Map<number, Written>();
const texts: string[] = [];

parentPort?.on('message', (orders: readonly Order[]) => {
  parentPort?.postMessage(orders.map(carryOut));
});

function carryOut([id, file, kind, named, values]: Order): Reply {
  try {
    // Before anything can fail: texts are numbered by their order.
    const text = readText(named);
    const parts = kind === 'each' ? (values as readonly Part[]).map(readPart) : [];
    if (kind === 'open') return [id, true, open(file, text)];
    const written = files.get(file);
    if (written === undefined) throw new Error('the database is closed');
    if (kind === 'close') return [id, true, close(file, written)];
    if (kind === 'begin') return [id, true, begin(written)];
    if (kind === 'commit') return [id, true, commit(written)];
    if (written.lost !== undefined) throw written.lost;
    if (kind === 'each') return [id, true, changeEach(written, parts)];
    return [id, true, execute(written, { kind, text, values })];
  } catch (error) {
    // Thrown on, it ends the thread, and with it the program. What was asked for is not answered: it may be on disk.
    if (isUnsynced(error)) throw new Error('A commit could not be made sure of: fsync failed', { cause: error });
    return [id, false, plainError(error)];
  }
}

/** What the last process could not make sure of is in the log of writes now, read or not: first it goes to the disk. */
function open(file: number, path: string): void {
  const connection = connect(path);
  connection.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  files.set(file, { connection, lost: undefined });
}

function readText(named: string | number): string {
  if (typeof named === 'string') texts.push(named);
  return typeof named === 'string' ? named : (texts[named] ?? '');
}

interface Change {
  readonly text: string;
  readonly values: readonly unknown[];
}

const readPart = ([named, values]: Part): Change => ({ text: readText(named), values });

/** All of them, or none when one does not change one row. */
function changeEach(written: Written, changes: readonly Change[]): boolean {
  const { db } = written.connection;
  db.exec('SAVEPOINT each');
  let isDone = false;
  try {
    isDone = changes.every((change) => execute(written, { kind: 'run', ...change }) === 1);
  } finally {
    if (db.isTransaction) db.exec(isDone ? 'RELEASE each' : 'ROLLBACK TO each; RELEASE each');
  }
  return isDone;
}

function begin(written: Written): void {
  try {
    written.connection.db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    // Orders of this group are on their way already; outside a transaction each of them would commit by itself.
    written.lost = error as Error;
    throw error;
  }
}

function commit(written: Written): void {
  const { db } = written.connection;
  const { lost } = written;
  written.lost = undefined;
  try {
    if (lost !== undefined) throw lost;
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

interface Execution {
  readonly kind: OrderKind;
  readonly text: string;
  readonly values: readonly unknown[];
}

function execute(written: Written, { kind, text, values }: Execution): unknown {
  const { db, prepare } = written.connection;
  try {
    if (kind === 'script') return void db.exec(text);
    const statement = prepare(text);
    if (kind === 'all') return statement.all(...boundAll(values));
    if (kind === 'one') return statement.get(...boundAll(values));
    return Number(statement.run(...boundAll(values)).changes);
  } catch (error) {
    // A full disk or an I/O error ends the outer transaction itself; then the whole group fails.
    if (!db.isTransaction) written.lost = error as Error;
    throw error;
  }
}

function close(file: number, { connection }: Written): void {
  files.delete(file);
  connection.db.close();
}

/** An error loses its members on the way between threads. */
const plainError = (error: unknown): object => {
  const { message, code, errcode } = error as { message?: string; code?: string; errcode?: number };
  return { message, code, errcode };
};
