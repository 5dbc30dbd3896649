// Which failures say that the database cannot be used now, rather than that a statement was wrong: the same call may
// succeed when the disk, the server or the way to it is back.

/** https://www.sqlite.org/rescode.html: primary codes, which are the last byte of the extended ones. */
const SQLITE: Readonly<Record<number, string>> = {
  5: 'the file is locked',
  6: 'the file is locked',
  7: 'no memory is left',
  8: 'the file is read-only',
  10: 'the disk fails',
  11: 'the file is damaged',
  13: 'the disk is full',
  14: 'the file cannot be opened',
  15: 'the file is locked',
  26: 'the file is damaged',
};

/** Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html, and single codes of others. */
const POSTGRES: readonly (readonly [prefix: string, reason: string])[] = [
  ['08', 'the connection is lost'],
  ['28', 'the server does not let us in'],
  ['3D000', 'the database is not there'],
  ['25006', 'the server is read-only'],
  ['25P03', 'the transaction was idle for too long'],
  ['40001', 'another transaction was in the way'],
  ['40P01', 'another transaction was in the way'],
  ['53100', 'the disk is full'],
  ['53', 'the server is out of resources'],
  ['55P03', 'a lock was not free in time'],
  ['57014', 'a statement took too long'],
  ['57P', 'the server stops or starts'],
  ['58', 'the disk fails'],
  ['XX00', 'the server is damaged'],
];

/** Of the way to the server; every other outbound call of ours fails with a `NoAnswer`. */
const NETWORK = /^(E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_|NOTFOUND|MFILE|NFILE|ADDRNOTAVAIL)|ENOTFOUND$)/;
/** https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** What `pg` says without a code. */
const CONNECTION =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|the database is closed)/;

/** `undefined`: the failure says something else. */
export function whyUnavailable(error: unknown): string | undefined {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown };
  if (typeof errcode === 'number') return SQLITE[errcode & 0xff];
  if (typeof code === 'string') {
    const found = POSTGRES.find(([prefix]) => code.startsWith(prefix));
    if (found !== undefined) return found[1];
    if (NETWORK.test(code)) return 'the server cannot be reached';
    if (CERTIFICATE.test(code)) return 'the certificate of the server is not right';
  }
  return typeof message === 'string' && CONNECTION.test(message) ? 'the server cannot be reached' : undefined;
}

/** Given up so that another transaction goes on: nothing is wrong, and the same may go through at once. */
export const isDeadlock = (error: unknown): boolean => (error as { code?: unknown }).code === '40P01';

/** Of PostgreSQL: by `lock_timeout`. */
export const isLockTimeout = (error: unknown): boolean => (error as { code?: unknown }).code === '55P03';

const SQLITE_BUSY = 5;

/** Of SQLite: another process writes, or opens the same new file. */
export const isLocked = (error: unknown): boolean =>
  ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;

const SQLITE_CONSTRAINT = 19;

/** Of SQLite: by a rule of the schema. Nothing of its transaction is written, and another one may be. */
export const isRefusedWrite = (error: unknown): boolean =>
  ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_CONSTRAINT;

/** SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC. */
const UNSYNCED = new Set([1034, 1290]);

/**
 * After a failed fsync nobody knows what is on the disk, and the system may call the next one a success. Only what is
 * read again from the file after a new start can be relied on.
 */
export const isUnsynced = (error: unknown): boolean => UNSYNCED.has((error as { errcode?: number }).errcode ?? 0);
