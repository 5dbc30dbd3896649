// Uses of card data that only write, with no question but whether each statement has changed its row. Where this process
// knows the end of the audit chain, all that wait are written in one go, with a compare-and-set on that end.
// When the end is another, or one of them is refused, nothing is written, and all go on as in `shared-commits.ts`.
import { type Database, noting, type Statement, type Writing } from '@ozura/kit/db/handle';
import { isRefusedWrite } from '@ozura/kit/db/unavailable';
import { insertAll, type SharedCommits, type Use } from './shared-commits.ts';

export interface KnownEnd<Event> {
  /** Moves the end first: where it is another, nothing is changed. What is appended counts as written. */
  append(tx: Writing, events: readonly Event[], nowMs: number): void;
  /** It was not written. */
  forget(): void;
}

interface Noted<Event, T = unknown> {
  readonly use: Use<Event, T>;
  readonly atMs: number;
  readonly statements: readonly Statement[];
  /** The answer, when all of them are done. */
  readonly value: T;
}

interface Group<Event> {
  readonly uses: Noted<Event>[];
  readonly isDone: Promise<boolean>;
}

/** Bounds what is carried out again when one of them is refused. */
const groupMax = 64;

export function openBlindCommits<Event>(
  db: Pick<Database, 'now'> & Required<Pick<Database, 'changeInTurn'>>,
  end: KnownEnd<Event>,
  otherwise: SharedCommits<Event>,
): SharedCommits<Event> {
  /** Of those that come while the commit before theirs is on its way. */
  let open: Group<Event> | undefined;
  const begin = (): Group<Event> => {
    const uses: Noted<Event>[] = [];
    const changed = db.changeInTurn(() => {
      if (open?.uses === uses) open = undefined;
      return statementsOf(end, uses);
    });
    return { uses, isDone: isDone(changed, end) };
  };
  return async (use) => {
    const noted = use.asks === true ? undefined : await note(db, use);
    if (noted === undefined) return otherwise(use);
    if (open === undefined || open.uses.length >= groupMax) open = begin();
    open.uses.push(noted);
    return (await open.isDone) ? noted.value : otherwise(use);
  };
}

/** Rejects where nobody may try again: the database cannot be used, or does not say whether it was written. */
async function isDone(changed: Promise<boolean>, end: KnownEnd<never>): Promise<boolean> {
  const done = await changed.catch((error: unknown) => {
    if (isRefusedWrite(error)) return false;
    end.forget();
    throw error;
  });
  if (!done) end.forget();
  return done;
}

/** `undefined` for one that asks, or that is refused already: an answer of the database says more. */
async function note<Event, T>(db: Pick<Database, 'now'>, use: Use<Event, T>): Promise<Noted<Event, T> | undefined> {
  const atMs = await db.now();
  const { tx, statements } = noting();
  let hasAsked = false;
  const ask = async (): Promise<never> => {
    hasAsked = true;
    throw new Error('nothing is asked here');
  };
  try {
    const value = await use.change({ ...tx, now: async () => atMs, all: ask, one: ask, script: ask });
    return hasAsked ? undefined : { use, atMs, statements, value };
  } catch {
    return undefined;
  }
}

/** Store functions state their one statement at once. */
function statementsOf<Event>(end: KnownEnd<Event>, noted: readonly Noted<Event>[]): Statement[] {
  const uses = noted.map(({ use }) => use);
  const [ending, inserting] = [noting(), noting()];
  end.append(
    ending.tx,
    uses.map(({ event }) => event),
    noted.at(-1)?.atMs ?? 0,
  );
  void insertAll(inserting.tx, uses);
  return [...ending.statements, ...noted.flatMap(({ statements }) => statements), ...inserting.statements];
}
