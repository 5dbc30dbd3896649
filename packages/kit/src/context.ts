// The only place where a program gets its clock and its randomness. Everything else is handed a context.
import { randomBytes } from 'node:crypto';
import type { RandomBytes } from '@ozura/core/ids';
import type { Log } from './log.ts';

export interface Context {
  /** Milliseconds. For logs, caches and ids; deadlines are compared with the database's clock. */
  readonly now: () => number;
  /** Cryptographically secure. */
  readonly random: RandomBytes;
  readonly log: Log;
}

export const openContext = (log: Log): Context => ({ now: () => Date.now(), random: randomBytes, log });
