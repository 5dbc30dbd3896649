// The thread that copies logs of writes into their files, one after the other, as it is told.
import { parentPort } from 'node:worker_threads';
import { connect } from './sqlite-connection.ts';
import { isUnsynced } from './unavailable.ts';

/** Other processes read an old state as long as the disk needs for a commit of theirs, but a backup as long as it takes. */
const othersMaxMs = 50;

/** Answers with the failure after which the disk cannot be trusted, if it has met one. */
parentPort?.on('message', (path: string) => {
  let failure: unknown;
  try {
    copy(path);
  } catch (error) {
    if (isUnsynced(error)) failure = error;
  }
  parentPort?.postMessage(failure);
});

function copy(path: string): void {
  const { db } = connect(path);
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    // What busy processes have written meanwhile, while they wait: else there would always be some, and never a new log.
    db.exec(`PRAGMA busy_timeout = ${othersMaxMs}; PRAGMA wal_checkpoint(RESTART)`);
    // Writes one page, and changes nothing. It is the first of the new log, whose head has to be on the disk before others
    // follow: that wait is here, and not between two requests.
    db.exec('BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT');
  } finally {
    db.close();
  }
}
