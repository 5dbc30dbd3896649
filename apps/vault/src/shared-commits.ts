// Uses of card data that come at the same time share a commit: the end of the audit chain is locked once, and goes to the
// disk once, for all of them. Their changes are made in one transaction, then their records are appended, and nobody is
// answered before its commit.
//
// Nothing of a group is committed with a refused use in it. Where one is refused the whole is rolled back, the others are
// carried out again without it, and it goes alone after them. So whoever is answered stands in one commit with his
// record; whoever is refused was refused by what is committed, and nothing of him ever was.
import type { Database, Handle } from '@ozura/kit/db/handle';
import { whyUnavailable } from '@ozura/kit/db/unavailable';

export interface Use<Event, T> {
  readonly event: Event;
  /** Names the rows that others may want as well: all groups take them in the same order, so that none waits in a circle. */
  readonly rows: string;
  /** Refuses by throwing. May be carried out more than once, of which one is committed: it does nothing but ask `tx`. */
  readonly change: (tx: Handle) => Promise<T>;
}

/** The end of the log: locked until the commit, and moved behind the records of `events`. */
export interface LogEnd<End, Event> {
  lock(tx: Handle): Promise<End>;
  append(tx: Handle, end: End, events: readonly Event[]): Promise<void>;
}

interface Waiting<Event> {
  readonly use: Use<Event, unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds the time that the first of them waits for the last. */
const groupMax = 64;
/** While one group is on its way to the disk the changes of the next one are made. */
const groupsAtOnce = 2;

/** Answers what `change` did, after the commit. */
export type SharedCommits<Event> = <T>(use: Use<Event, T>) => Promise<T>;

export function openSharedCommits<End, Event>(db: Database, log: LogEnd<End, Event>): SharedCommits<Event> {
  let queue: Waiting<Event>[] = [];
  let writers = 0;
  const write = async (): Promise<void> => {
    // One turn of the event loop fills a group; there is no timer.
    await new Promise(setImmediate);
    while (queue.length > 0) {
      const group = queue.slice(0, groupMax);
      queue = queue.slice(groupMax);
      await commitGroup(db, log, group.sort(byRows));
    }
    writers -= 1;
  };
  return (use) =>
    new Promise((resolve, reject) => {
      queue.push({ use, resolve: resolve as (value: never) => void, reject });
      if (writers >= groupsAtOnce) return;
      writers += 1;
      void write();
    });
}

const byRows = <Event>({ use: one }: Waiting<Event>, { use: other }: Waiting<Event>): number => {
  if (one.rows === other.rows) return 0;
  return one.rows < other.rows ? -1 : 1;
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
      const isFinal = group.length === 1 || whyUnavailable(end.reason) !== undefined;
      if (isFinal) waiting.reject(end.reason);
      else alone.push(waiting);
      return false;
    });
  }
  await Promise.all(alone.map((waiting) => commitGroup(db, log, [waiting])));
}

class Undone extends Error {}

/** Answers all of them; or nothing is written, and how their changes ended is told. */
async function commitTogether<End, Event>(
  db: Database,
  log: LogEnd<End, Event>,
  group: readonly Waiting<Event>[],
): Promise<PromiseSettledResult<unknown>[]> {
  let ends: PromiseSettledResult<unknown>[] = [];
  try {
    await db.transact(async (tx) => {
      // All of them end before anything is given up: what is sent after a rollback would be written.
      ends = await Promise.allSettled(group.map(({ use }) => use.change(tx)));
      if (ends.some(({ status }) => status === 'rejected')) throw new Undone();
      // Last: everybody else, in this process and in others, waits for whoever has locked it.
      const end = await log.lock(tx);
      await log.append(
        tx,
        end,
        group.map(({ use }) => use.event),
      );
    });
  } catch (error) {
    if (error instanceof Undone) return ends;
    for (const { reject } of group) reject(error);
    return [];
  }
  for (const [i, end] of ends.entries()) if (end.status === 'fulfilled') group[i]?.resolve(end.value as never);
  return [];
}
