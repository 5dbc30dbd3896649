// Where log lines go. Payments go on when a log cannot be written: its disk is full, its reader has stopped reading or is
// gone. Lines then wait in memory; what would be too much is dropped and counted.
import { fstatSync, write, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

export interface LogDestination {
  write(line: string): void;
  /** Calls back when what was written until now has gone out, or could not. */
  flush(done: () => void): void;
}

/** Of what waits, in characters. */
const waitingMax = 4 * 1024 * 1024;
const lingerMs = 10;
const againMs = 1_000;

/** Hands over what waits, as the program ends: one for each destination in which lines wait. */
const lastWords = new Set<() => void>();
let isHeard = false;

/** Hands bytes over, once; tells how many of them could not be. */
interface Outlet {
  put(bytes: Uint8Array, done: (left: number) => void): void;
  /** Without waiting, as the program ends. */
  putNow(bytes: Uint8Array): void;
}

/** `told` hears how many lines were dropped, when lines go out again. */
export function openDestination(fd: number, told: (dropped: number) => void): LogDestination {
  const outlet = outletTo(fd);
  let lines = '';
  let size = 0;
  let dropped = 0;
  let rest: Uint8Array = new Uint8Array();
  let isBusy = false;
  let flushing: (() => void)[] = [];

  const waiting = (): Uint8Array => {
    const bytes = Buffer.from(lines);
    return rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
  };
  const send = (): void => {
    const bytes = waiting();
    const ended = flushing;
    [lines, size, rest, flushing] = ['', 0, bytes, []];
    outlet.put(bytes, (left) => {
      rest = bytes.subarray(bytes.length - left);
      size += left;
      // Who asked meanwhile asked about lines that came meanwhile.
      if (left > 0 || lines === '') ended.push(...flushing.splice(0));
      for (const done of ended) done();
      // Busy until then: lines that come meanwhile wait too.
      if (left > 0) return void setTimeout(send, againMs).unref();
      isBusy = false;
      lastWords.delete(sayLast);
      if (dropped > 0) {
        const count = dropped;
        dropped = 0;
        told(count);
      }
      if (lines !== '') begin();
    });
  };
  const begin = (): void => {
    if (isBusy) return;
    isBusy = true;
    lastWords.add(sayLast);
    // Lines that come close together go out together: a write for each turn costs more than its lines.
    setTimeout(send, lingerMs);
  };
  const sayLast = (): void => outlet.putNow(waiting());
  hearTheEnd();
  return {
    write(line) {
      if (size + line.length > waitingMax) {
        dropped += 1;
        return;
      }
      lines += line;
      size += line.length;
      begin();
    },
    flush(done) {
      if (!isBusy) return done();
      flushing.push(done);
    },
  };
}

function hearTheEnd(): void {
  if (isHeard) return;
  isHeard = true;
  process.once('exit', () => {
    for (const sayLast of lastWords) sayLast();
  });
}

/** Files are written by a thread of their own; to a pipe or a terminal nothing is written that would have to wait. */
function outletTo(fd: number): Outlet {
  const isFile = fd !== process.stdout.fd || fstatSync(fd).isFile();
  return { put: isFile ? putFile(fd) : putStream(process.stdout), putNow: putNow(fd) };
}

const putFile =
  (fd: number): Outlet['put'] =>
  (bytes, done) =>
    write(fd, bytes, (error, written) => {
      const left = bytes.length - written;
      if (error !== null || left === 0) done(error === null ? 0 : bytes.length);
      else putFile(fd)(bytes.subarray(written), done);
    });

function putStream(stream: Writable): Outlet['put'] {
  let isGone = false;
  stream.on('error', () => {
    isGone = true;
  });
  // Nobody will ever read what comes after the reader has gone.
  return (bytes, done) => void (isGone ? done(0) : stream.write(bytes, () => done(0)));
}

/** How long the end of the program waits for a reader that is behind: a pipe takes 64 KB at once. */
const lastTries = 20;
const lastTryMs = 10;

const putNow =
  (fd: number): Outlet['putNow'] =>
  (bytes) => {
    let left = bytes;
    for (let tries = lastTries; left.length > 0 && tries > 0; ) {
      try {
        left = left.subarray(writeSync(fd, left));
      } catch (error) {
        // The program ends either way.
        if ((error as { code?: unknown }).code !== 'EAGAIN') return;
        tries -= 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lastTryMs);
      }
    }
  };
