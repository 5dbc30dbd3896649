// What happened after a backup is not in it. Until somebody has looked, nothing that may have been paid since is paid again.
import { endPendingSessions } from '@ozura/checkout/store/sessions';
import { eventsKeptMs } from '@ozura/core/event';
import type { Mode } from '@ozura/core/ids';
import type { Database } from '@ozura/kit/db/handle';
import { isBegun, migrate } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { offerAgain } from '@ozura/pay/store/outbox';
import { holdDuePlans } from '@ozura/pay/store/plans';
import { CannotStart } from '../cannot-start.ts';
import { migrationsOf } from '../migrate.ts';
import type { ProgramName } from '../serve-variables.ts';
import type { Words } from '../words.ts';

/** By then the daily comparison has seen every booking that the backup lacks (contract 12.4), and a person its result. */
const holdMs = 48 * 60 * 60_000;

/** How many of each; absent where that database was not brought back. */
export interface Held {
  readonly plans?: number;
  readonly sessions?: number;
}

export interface BroughtBack {
  readonly mode: Mode;
  readonly checkoutUrl: string | undefined;
  readonly payUrl: string | undefined;
  /** When Checkout's copy was made: Pay's, made after it, may count events as collected that are not in Checkout's. */
  readonly checkoutTakenAtMs: number | undefined;
}

/** Clocks of two machines, and what was under way. */
const doubtMs = 60_000;

/** No program may be running. A backup of an older version is brought up to date, as at the start of a program. */
export async function holdBack({ mode, checkoutUrl, payUrl, checkoutTakenAtMs }: BroughtBack): Promise<Held> {
  const on = async (program: ProgramName, url: string, change: Change): Promise<number> => {
    const db = await openDatabase({ url, testClock: mode === 'test', poolMax: 1 });
    try {
      // One that was not brought back yet, or another than was meant: to make tables there would be no hold.
      if (!(await isBegun(db))) throw new CannotStart(`${program.toUpperCase()}_DATABASE_URL: has no tables yet`);
      await migrate(db, migrationsOf(program));
      return await change(db, await db.now());
    } finally {
      await db.close();
    }
  };
  const holdPay: Change = async (db, nowMs) => {
    if (checkoutTakenAtMs !== undefined) {
      const collectedSinceMs = checkoutTakenAtMs - doubtMs;
      await offerAgain(db, { collectedSinceMs, createdAfterMs: nowMs - eventsKeptMs });
    }
    return holdDuePlans(db, { nowMs, untilMs: nowMs + holdMs });
  };
  return {
    ...(checkoutUrl === undefined ? {} : { sessions: await on('checkout', checkoutUrl, endPendingSessions) }),
    ...(payUrl === undefined ? {} : { plans: await on('pay', payUrl, holdPay) }),
  };
}

/** How many rows it held. */
type Change = (db: Database, nowMs: number) => Promise<number>;

export const printHeld = (words: Words, held: Held, files: readonly string[]): void =>
  words.print({ files, held }, [...files, ...linesOf(held)]);

/** Of the databases that are here. One that was forgotten would be paid from again. */
export const printHold = (words: Words, held: Held): void =>
  words.print({ files: [], held }, [
    ...(held.sessions === undefined ? [notHeld('CHECKOUT')] : []),
    ...(held.plans === undefined ? [notHeld('PAY')] : []),
    ...linesOf(held),
  ]);

const notHeld = (program: string): string => `${program}_DATABASE_URL is not set: nothing was held there.`;

const linesOf = ({ sessions, plans }: Held): string[] => [
  ...(sessions === undefined ? [] : [`${counted(sessions, 'open session')} will expire: it may have been paid since.`]),
  ...(plans === undefined
    ? []
    : [`${counted(plans, 'plan')} that fell due will not be charged before two days have passed.`]),
  ...(sessions === undefined && plans === undefined ? [] : ['Before you start: docs/operating.md, "After a restore".']),
];

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
