// How PostgreSQL is migrated while older processes take payments (decision 0030): by one process at a time, whose statements
// never keep a writer waiting for longer than he waits himself.
import { setTimeout } from 'node:timers/promises';
import { type Database, type Handle, sql } from './handle.ts';
import { watching } from './postgres-blockers.ts';
import { isDeadlock, isLockTimeout } from './unavailable.ts';
import { DatabaseUnusable } from './unusable.ts';

export type Tell = (what: string) => void;

/** Writers queue behind a statement that waits for its lock; they give up after `lockTimeoutMs`, so three of these may add up. */
const lockWaitMs = 500;
/** With the pauses about two minutes. */
const triesMaxDefault = 60;
/** Between tries. Of several lengths, so that it does not go in step with who comes every so many seconds. */
const pauseMs = (tries: number): number => 1_000 + 250 * (tries % 4);
/** More than once while a lock is waited for. */
const lookEveryMs = 150;
const turnEveryMs = 100;

/** A statement takes as long as it takes once it has its locks. Who asks for none for long, or whose machine is lost, leaves them. */
const SETTINGS = [
  'statement_timeout = 0',
  `lock_timeout = ${lockWaitMs}`,
  ...[
    'tcp_keepalives_idle = 10',
    'tcp_keepalives_interval = 5',
    'tcp_keepalives_count = 3',
    'tcp_user_timeout = 30000',
  ],
]
  .map((setting) => `SET LOCAL ${setting}`)
  .join('; ');

/**
 * Of this table, because several programs may share a database, each in a schema of its own. It is asked for again and again:
 * a statement that waits holds a snapshot, and an index that is built online waits for all of those. Not a lock on the table:
 * processes write into it to see whether they can.
 */
const takeTurn = sql`SELECT 1 AS mine WHERE pg_try_advisory_xact_lock('pg_class'::regclass::oid::int, 'migrations'::regclass::oid::int)`;

/** Until the end of the transaction that `body` is in nobody else migrates. */
export async function inTurn<T>(db: Database, tell: Tell, body: (tx: Handle) => Promise<T>): Promise<T> {
  for (let isTold = false; ; isTold = true) {
    const done = await db.transact(async (tx) => {
      await tx.script(SETTINGS);
      return (await tx.one(takeTurn)) === undefined ? undefined : { value: await body(tx) };
    });
    if (done !== undefined) return done.value;
    if (!isTold) tell('waits for another process, which migrates the database');
    await setTimeout(turnEveryMs);
  }
}

interface Step {
  readonly name: string;
  readonly work: (tx: Handle) => Promise<boolean>;
  readonly tell: Tell;
  readonly triesMax: number | undefined;
}

/** All of it or nothing: while a lock is not free soon, it is left to writers for a while and tried again. */
export async function applyBetweenWriters(db: Database, step: Step): Promise<boolean> {
  const { name, work, tell, triesMax = triesMaxDefault } = step;
  const looker = db.beside?.();
  let holder = 'a transaction that does not end';
  const note = (who: string): void => {
    if (who !== holder) tell(`migration ${name} waits for ${who}`);
    holder = who;
  };
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        const watched = { looker: tries === 1 ? undefined : looker, everyMs: lookEveryMs, note };
        return await inTurn(db, tell, (tx) => watching({ ...watched, of: tx }, () => work(tx)));
      } catch (error) {
        if (!isLockTimeout(error) && !isDeadlock(error)) throw error;
        if (tries >= triesMax) throw new DatabaseUnusable(new Error(givenUp(name, tries, holder)));
      }
      await setTimeout(pauseMs(tries));
    }
  } finally {
    await looker?.close();
  }
}

const givenUp = (name: string, tries: number, holder: string): string =>
  `migration ${name} was not applied: in ${tries} tries it has not got its locks from ${holder}. ` +
  'Nothing was changed; start again when that has ended';
