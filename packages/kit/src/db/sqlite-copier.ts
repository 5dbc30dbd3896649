// The thread that copies logs of writes into their files, one after the other, as it is told.
import { parentPort } from 'node:worker_threads';
import { connect } from './sqlite-connection.ts';
import { isUnsynced } from './unavailable.ts';

parentPort?.on('message', (path: string) => {
  try {
    copy(path);
  } catch (error) {
    // Thrown on, it ends the program.
    if (isUnsynced(error)) throw error;
  }
  parentPort?.postMessage('copied');
});

function copy(path: string): void {
  const { db } = connect(path);
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    // Writes one page, and changes nothing. It is the first of the new log, whose head has to be on the disk before others
    // follow: that wait is here, and not between two requests.
    db.exec('BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT');
  } finally {
    db.close();
  }
}
