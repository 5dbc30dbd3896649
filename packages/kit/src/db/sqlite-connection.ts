// One connection to a SQLite file: durable, in write-ahead-log mode, with statements prepared once.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Cell, lockTimeoutMs } from './handle.ts';

const SQLITE_BUSY = 5;
const retryMs = 10;

export interface Connection {
  readonly db: DatabaseSync;
  prepare(text: string): StatementSync;
}

export function connect(path: string): Connection {
  const db = new DatabaseSync(path, { timeout: lockTimeoutMs });
  useWriteAheadLog(db);
  // What is deleted is overwritten: a destroyed ciphertext must not be found in the free parts of the file.
  db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA secure_delete = ON');
  // A savepoint keeps the pages that it may have to put back. In a file of its own that is a third of the work of writing,
  // and leaves ciphertext in a folder that nobody thinks of.
  db.exec('PRAGMA temp_store = MEMORY');
  const prepared = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = db.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
  return { db, prepare };
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

/** A number would go to SQLite as a float: 7 / 2 would be 3.5 and 5 in a TEXT column '5.0'. A bigint goes as an integer. */
export const bound = (value: unknown): SQLInputValue =>
  Number.isSafeInteger(value) ? BigInt(value as number) : ((value ?? null) as Cell);

export const boundAll = (values: readonly unknown[]): SQLInputValue[] => values.map(bound);
