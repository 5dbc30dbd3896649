// Uses of card data that come at the same time share a commit: the end of the audit chain is locked once, and goes to the
// disk once, for all of them. In one transaction their changes are made, which can be refused, then their new rows are
// inserted and their records appended, and nobody is answered before its commit.
//
// Nothing of a group is committed with a refused use in it. Where one is refused the whole is rolled back, the others are
// carried out again without it, and it goes alone after them. So whoever is answered stands in one commit with his
// record; whoever is refused was refused by what is committed, and nothing of him ever was.
import { setTimeout } from 'node:timers/promises';
import { type Database, type Handle, together, type Writing } from '@ozura/kit/db/handle';
import { isDeadlock, whyUnavailable } from '@ozura/kit/db/unavailable';

export interface Use<Event, T> {
  readonly event: Event;
  /** Names the rows that others may want as well: all groups take them in the same order, so that none waits in a circle. */
  readonly locks: string;
  /** Refuses by throwing. May be carried out more than once, of which one is committed: it does nothing but ask `tx`. */
  readonly change: (tx: Handle) => Promise<T>;
  /** Known before: `change` asks for what it answers, and cannot be carried out blindly. */
  readonly asks?: boolean;
  readonly inserts?: readonly Insert[];
}

/** A new row, inserted together with those of the others: nobody can be in its way. */
interface Insert {
  readonly into: (tx: Writing, rows: readonly unknown[]) => Promise<void>;
  readonly row: unknown;
}

export const inserting = <Row>(into: (tx: Writing, rows: readonly Row[]) => Promise<void>, row: Row): Insert => ({
  into: into as Insert['into'],
  row,
});

/** The end of the log: locked until the commit, and moved behind the records of `events`, or `EndMoved` is thrown. */
export interface LogEnd<End, Event> {
  lock(tx: Handle): Promise<End>;
  append(tx: Handle, end: End, events: readonly Event[]): Promise<void>;
}

/** The log ends elsewhere than was believed: nothing is written, and it is locked again. */
export class EndMoved extends Error {}

interface Waiting<Event> {
  readonly use: Use<Event, unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds the time that the first of them waits for the last. */
const groupMax = 64;
/** A group begins when the one before it has ended: so it has all that came meanwhile. */
const groupMs = 50;
/** One that takes longer, because it waits for a row or for the disk, is overtaken. */
const groupsAtOnce = 4;

/** Answers what `change` did, after the commit. */
export type SharedCommits<Event> = <T>(use: Use<Event, T>) => Promise<T>;

export function openSharedCommits<End, Event>(db: Database, log: LogEnd<End, Event>): SharedCommits<Event> {
  const waiting: Waiting<Event>[] = [];
  const underWay = new Set<Promise<void>>();
  let isWriting = false;
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      while (underWay.size >= groupsAtOnce) await Promise.race(underWay);
      // One turn of the event loop fills a group that nobody was before.
      await new Promise(setImmediate);
      const group = waiting.splice(0, groupMax).sort(byLocks);
      const committed = commitGroup(db, log, group).finally(() => underWay.delete(committed));
      underWay.add(committed);
      await Promise.race([committed, setTimeout(groupMs, undefined, { ref: false })]);
    }
    isWriting = false;
  };
  return (use) =>
    new Promise((resolve, reject) => {
      waiting.push({ use, resolve: resolve as (value: never) => void, reject });
      if (isWriting) return;
      isWriting = true;
      void write();
    });
}

const byLocks = <Event>({ use: one }: Waiting<Event>, { use: other }: Waiting<Event>): number => {
  if (one.locks === other.locks) return 0;
  return one.locks < other.locks ? -1 : 1;
};

async function commitGroup<End, Event>(
  db: Database,
  log: LogEnd<End, Event>,
  group: readonly Waiting<Event>[],
): Promise<void> {
  const alone: Waiting<Event>[] = [];
  for (let left = group; left.length > 0; ) {
    const ends = await commitTogether(db, log, left);
    left = left.filter((waiting, i) => {
      const end = ends[i];
      if (end?.status !== 'rejected') return end !== undefined;
      // Whom nobody else can have been in the way of, and whoever met a database that cannot be used now.
      const isFinal = group.length === 1 || (whyUnavailable(end.reason) !== undefined && !isDeadlock(end.reason));
      if (isFinal) waiting.reject(end.reason);
      else alone.push(waiting);
      return false;
    });
  }
  await Promise.all(alone.map((waiting) => commitGroup(db, log, [waiting])));
}

type Ends = readonly PromiseSettledResult<unknown>[];

const isRefused = ({ status }: PromiseSettledResult<unknown>): boolean => status === 'rejected';

/** Answers all of them; or nothing is written, and how each of them ended is told. */
async function commitTogether<End, Event>(
  db: Database,
  log: LogEnd<End, Event>,
  group: readonly Waiting<Event>[],
): Promise<Ends> {
  const uses = group.map(({ use }) => use);
  let ends: Ends = [];
  let isWritten = false;
  try {
    await db.transact(async (tx) => {
      // All of them end before anything is given up: what is sent after a rollback would be written.
      ends = await Promise.allSettled(uses.map(({ change }) => change(tx)));
      if (ends.some(isRefused)) throw new Error('a use is refused');
      const events = uses.map(({ event }) => event);
      const inserted = insertAll(tx, uses);
      // The end last: everybody else, in this process and in others, waits for whoever has locked it.
      await together(
        inserted,
        log.lock(tx).then((end) => log.append(tx, end, events)),
      );
      isWritten = true;
    });
  } catch (error) {
    if (error instanceof EndMoved || ends.some(isRefused)) return ends;
    if (!isWritten) return uses.map(() => ({ status: 'rejected', reason: error }));
    // Whether the commit has happened is not guessed.
    for (const { reject } of group) reject(error);
    return [];
  }
  for (const [i, end] of ends.entries()) if (end.status === 'fulfilled') group[i]?.resolve(end.value as never);
  return [];
}

export async function insertAll<Event>(tx: Writing, uses: readonly Use<Event, unknown>[]): Promise<void> {
  const rows = new Map<Insert['into'], unknown[]>();
  for (const { into, row } of uses.flatMap(({ inserts = [] }) => inserts)) {
    const known = rows.get(into) ?? [];
    rows.set(into, known);
    known.push(row);
  }
  await together(...[...rows].map(([into, rows]) => into(tx, rows)));
}
