// The log of writes of a SQLite file (its WAL). A commit writes to the end of it without waiting for the disk; who waits
// is another thread, so that requests are served meanwhile.
import { closeSync, fdatasync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { sync } from '../folder.ts';

export interface WriteLog {
  /** Resolves when all that was committed before is on the disk. Where that fails it does not, and the program ends. */
  sync(): Promise<void>;
  /** What is in it, copied already or not. */
  pages(): number;
  /**
   * Into the file, and begins it anew: else it would grow for ever. Nobody may write meanwhile. What cannot be copied now,
   * because another process reads an old state or the disk is full, is copied another time.
   */
  copy(): Promise<void>;
  close(): void;
}

/**
 * While it is open `db` is too, so that nobody removes the log. What the last process could not make sure of is in it,
 * read or not: first that goes to the disk, and with it the name of a log that is new.
 */
export function openWriteLog(db: DatabaseSync): WriteLog {
  const path = db.location() ?? '';
  sync(`${path}-wal`);
  sync(dirname(path));
  const file = openSync(`${path}-wal`, 'r+');
  const look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  return {
    sync: () =>
      new Promise((resolve) => fdatasync(file, (error) => (error === null ? resolve() : void endProgram(error)))),
    pages: () => (look.get() as { log: number }).log,
    copy: () => copyLog(path),
    close: () => closeSync(file),
  };
}

/**
 * After a failed fsync nobody knows what is on the disk, and the system may call the next one a success. Nobody is
 * answered, the program ends, and recovers at its next start from what it reads then.
 */
export function endProgram(cause: unknown): Promise<never> {
  setImmediate(() => {
    throw new Error('A commit could not be made sure of: fsync failed', { cause });
  });
  return new Promise(() => undefined);
}

let copier: Worker | undefined;
const waiting: (() => void)[] = [];

function copyLog(path: string): Promise<void> {
  copier ??= startCopier();
  const thread = copier;
  return new Promise((resolve) => {
    waiting.push(resolve);
    thread.ref();
    thread.postMessage(path);
  });
}

/** Not at the start: that takes time, and many programs never need it. */
function startCopier(): Worker {
  const thread = new Worker(new URL('./sqlite-copier.ts', import.meta.url));
  thread.on('message', (failure: unknown) => {
    if (failure !== undefined) return void endProgram(failure);
    waiting.shift()?.();
    if (waiting.length === 0) thread.unref();
  });
  // No memory or no file descriptor was left for it.
  thread.on('error', () => {
    copier = undefined;
    for (const resolve of waiting.splice(0)) resolve();
  });
  return thread;
}
