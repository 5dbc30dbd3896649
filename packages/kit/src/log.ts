// Structured logs, one JSON line an event. What may be secret never gets here: requests are logged without bodies,
// headers and query strings, and the redaction below is the second line of defence.
import { openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Logger, pino } from 'pino';
import { makeFolder } from './folder.ts';
import { openDestination } from './log-destination.ts';
import { logged } from './trace.ts';

export type Log = Logger;

const SECRET_MEMBERS = [
  'authorization',
  'x-api-key',
  'x-ozura-api-key',
  'vault-api-key',
  'x-session-key',
  'x-checkout-token',
  'x-service-key',
  'cvcSession',
  'ozuraCvcSession',
  'cvc_session_id',
  'session_key',
];

export interface LogOptions {
  readonly program: string;
  /** `silent` in tests. */
  readonly level: string;
  /** A file path; standard output when absent. */
  readonly file?: string;
}

export function openLog({ program, level, file }: LogOptions): Log {
  // Top-level members only: wildcards cost more than the rest of the line.
  const paths = SECRET_MEMBERS.map((name) => `["${name}"]`);
  // A line that says itself whose it is belongs to nothing else, whatever is running as it is written.
  const mixin = (line: object): object => ('traceId' in line ? {} : logged());
  const options = { name: program, level, redact: { paths, censor: '[secret]' }, mixin };
  const destination = openDestination(file === undefined ? process.stdout.fd : openFile(file), (dropped) =>
    log.warn({ dropped }, 'lines of this log were dropped'),
  );
  const log = pino(options, destination);
  return log;
}

function openFile(path: string): number {
  makeFolder(dirname(path));
  return openSync(path, 'a', 0o600);
}
