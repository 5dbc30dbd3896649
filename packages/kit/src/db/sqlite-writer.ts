// The thread that writes to the SQLite files of a process. The disk makes it wait, not the thread that answers requests.
// It is told what to do in order, and answers in order.
import type { SQLInputValue } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import { bound, type Connection, connect } from './sqlite-connection.ts';
import { isUnsynced } from './unavailable.ts';

/** `begin` and `commit` stand around a group of transactions, `mark`s around one of them. */
export type OrderKind = 'open' | 'close' | 'begin' | 'commit' | 'mark' | 'script' | 'all' | 'one' | 'run' | 'each';

/**
 * A message is one list, for to copy many small ones to this thread would cost more than their values: of each order
 * its file, its kind and how many statements it has; of each of those its text, or the number of a text that came
 * before, how many values it has, and the values. An `undefined` and a length stand for a blob: that many of `bytes`.
 */
export interface Orders {
  readonly list: readonly unknown[];
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/** The answers to the orders of one message, and which of them failed instead. */
export interface Replies {
  readonly answers: readonly unknown[];
  readonly failures: readonly (readonly [order: number, error: PlainError])[];
}

interface Order {
  readonly file: number;
  readonly kind: OrderKind;
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly text: string;
  readonly values: SQLInputValue[];
}

interface Written {
  readonly connection: Connection;
  /** Why the group that is running cannot be committed any more. */
  lost: Error | undefined;
}

const files = new Map<number, Written>();
const texts: string[] = [];

parentPort?.on('message', (message: Orders) => {
  const answers: unknown[] = [];
  const failures: [number, PlainError][] = [];
  for (const order of ordersIn(message)) {
    try {
      answers.push(carryOut(order));
    } catch (error) {
      // Thrown on, it ends the thread, and with it the program. What was asked for is not answered: it may be on disk.
      if (isUnsynced(error)) throw new Error('A commit could not be made sure of: fsync failed', { cause: error });
      failures.push([answers.push(undefined) - 1, plainError(error)]);
    }
  }
  parentPort?.postMessage({ answers, failures } satisfies Replies);
});

function* ordersIn({ list, bytes = new Uint8Array() }: Orders): Generator<Order> {
  let at = 0;
  let read = 0;
  const next = <T>(): T => list[at++] as T;
  const blob = (length: number): Uint8Array => {
    read += length;
    return bytes.subarray(read - length, read);
  };
  const statement = (): Statement => {
    const text = readText(next());
    const values = new Array<SQLInputValue>(next<number>());
    for (let i = 0; i < values.length; i += 1) {
      const value = next();
      values[i] = value === undefined ? blob(next()) : bound(value);
    }
    return { text, values };
  };
  while (at < list.length) {
    const [file, kind, count] = [next<number>(), next<OrderKind>(), next<number>()];
    yield { file, kind, statements: Array.from({ length: count }, statement) };
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

function carryOut({ file, kind, statements }: Order): unknown {
  const [first = { text: '', values: [] }] = statements;
  if (kind === 'open') return open(file, first.text);
  const written = files.get(file);
  if (written === undefined) throw new Error('the database is closed');
  if (kind === 'close') return close(file, written);
  if (kind === 'begin') return begin(written);
  if (kind === 'commit') return commit(written);
  if (written.lost !== undefined) throw written.lost;
  if (kind === 'mark') return mark(written, first.text);
  return kind === 'each' ? changeEach(written, statements) : execute(written, kind, first);
}

/** All of them, or none when one changes nothing. */
function changeEach(written: Written, statements: readonly Statement[]): boolean {
  const { db } = written.connection;
  mark(written, 'SAVEPOINT each');
  let isDone = false;
  try {
    isDone = statements.every((statement) => execute(written, 'run', statement) !== 0);
  } finally {
    if (db.isTransaction) mark(written, isDone ? 'RELEASE each' : 'ROLLBACK TO each; RELEASE each');
  }
  return isDone;
}

/** Without one nobody could tell whose writes are whose: the whole group is lost. */
function mark(written: Written, text: string): void {
  try {
    written.connection.db.exec(text);
  } catch (error) {
    written.lost = error as Error;
    throw error;
  }
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

function execute(written: Written, kind: OrderKind, { text, values }: Statement): unknown {
  const { db, prepare } = written.connection;
  try {
    if (kind === 'script') return void db.exec(text);
    const statement = prepare(text);
    if (kind === 'all') return statement.all(...values);
    if (kind === 'one') return statement.get(...values);
    return Number(statement.run(...values).changes);
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

type PlainError = Pick<Error, 'message'> & { readonly code?: string; readonly errcode?: number };

/** An error loses its members on the way between threads. */
const plainError = (error: unknown): PlainError => {
  const { message, code, errcode } = error as PlainError;
  return { message, ...(code === undefined ? {} : { code }), ...(errcode === undefined ? {} : { errcode }) };
};
