// One connection to a SQLite file: durable, in write-ahead-log mode, with statements prepared once.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Cell, lockTimeoutMs } from './handle.ts';
import { type Selection, selectionOf } from './sqlite-rows.ts';
import { isLocked } from './unavailable.ts';

const retryMs = 10;

export interface Connection {
  readonly db: DatabaseSync;
  prepare(text: string): StatementSync;
  /** For a statement that answers rows. */
  select(text: string): Selection;
}

export function connect(path: string): Connection {
  const db = new DatabaseSync(path, { timeout: lockTimeoutMs });
  useWriteAheadLog(db);
  // What is deleted is overwritten: a destroyed ciphertext must not be found in the free parts of the file.
  db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA secure_delete = ON');
  // A savepoint keeps the pages that it may have to put back. In a file of its own that is a third of the work of writing,
  // and leaves ciphertext in a folder that nobody thinks of.
  db.exec('PRAGMA temp_store = MEMORY');
  const prepare = known((text) => db.prepare(text));
  return { db, prepare, select: known((text) => selectionOf(db.prepare(text))) };
}

function known<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    let one = made.get(text);
    if (one === undefined) {
      one = make(text);
      made.set(text, one);
    }
    return one;
  };
}

// When several processes open a new file together SQLite refuses this statement at once, without its lock time-out.
function useWriteAheadLog(db: DatabaseSync): void {
  for (let triesLeft = lockTimeoutMs / retryMs; ; triesLeft--) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isLocked(error) || triesLeft === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}

/** A number would go to SQLite as a float: 7 / 2 would be 3.5 and 5 in a TEXT column '5.0'. A bigint goes as an integer. */
const bound = (value: unknown): SQLInputValue =>
  Number.isSafeInteger(value) ? BigInt(value as number) : ((value ?? null) as Cell);

export const boundAll = (values: readonly unknown[]): SQLInputValue[] => values.map(bound);
