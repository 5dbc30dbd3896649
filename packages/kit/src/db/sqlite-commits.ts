// Group commit: transactions that wait run one after the other inside one outer transaction, and are answered together
// when the disk has it; until then nobody sees it either. All handles of this process on one file share its groups.
import { NotReady } from '../not-ready.ts';
import { endProgram } from './sqlite-log.ts';
import { openWriter, type Writer } from './sqlite-writer.ts';
import { isUnsynced } from './unavailable.ts';

/** When it throws or rejects it has left nothing behind: it is one statement, or has taken its writes back. */
export type Work = (writer: Writer) => unknown;

/** A connection that reads. From `hold` to `release` it sees what it saw at the first. */
export interface Reader {
  hold(): void;
  release(): void;
}

export interface Commits {
  /** Resolves with what the work answers, when the disk has what it wrote. */
  add<T>(work: Work): Promise<T>;
  /** Rejects while commits fail or hang. Writes only when the last one failed. */
  check(): Promise<void>;
  /** Resolves when the group that is under way is committed or refused. */
  settled(): Promise<unknown>;
  /** Resolves when everything that was added is committed or refused. */
  leave(reader: Reader): Promise<void>;
}

interface Waiting {
  readonly work: Work;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  /** What it will be told. */
  end?: { readonly value: unknown } | { readonly error: unknown };
}

/** A commit that takes longer has met a disk that hangs. */
const commitMaxMs = 5_000;

/** Transactions in one commit: bounds the time the first of them waits for the last. */
const groupMax = 128;

/** What a commit costs besides its rows is worth so many: fewer wait a little for more. */
const groupMin = 8;

/** Pages that the log of writes grows by before it is copied into the file, as SQLite would. */
const loggedMaxPages = 1_000;

/** To ask for its length is a tenth of what a group costs. */
const groupsPerLook = 8;

/** Writes one page, and changes nothing. */
const probe: Work = (writer) => writer.script('PRAGMA user_version = 0');

interface Shared {
  readonly commits: Commits;
  readonly readers: Set<Reader>;
}

/** By file, whatever way leads to it: else readers of one queue would see what another has not on the disk yet. */
const shared = new Map<string, Shared>();

/** Resolves when nothing can be read that the disk does not have. */
export async function joinCommits(path: string, reader: Reader): Promise<Commits> {
  const { commits, readers } = shared.get(path) ?? openShared(path);
  readers.add(reader);
  await commits.settled();
  return commits;
}

function openShared(path: string): Shared {
  const readers = new Set<Reader>();
  const writer = openWriter(path);
  const close = (): void => {
    shared.delete(path);
    writer.close();
  };
  const opened = { readers, commits: groupCommits(writer, readers, close) };
  shared.set(path, opened);
  return opened;
}

function groupCommits(writer: Writer, readers: Set<Reader>, close: () => void): Commits {
  let queue: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let committing: Promise<boolean> | undefined;
  let begunAtMs: number | undefined;
  let hasFailed = false;
  let groups = 0;
  let copiedPages = 0;

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      // What comes at the same time makes a group, there is no timer: whoever was told comes back with more.
      await endOfStep();
      if (queue.length < groupMin) await wholeTurn();
      const group = queue.slice(0, groupMax);
      queue = queue.slice(groupMax);
      begunAtMs = performance.now();
      committing = commitGroup({ writer, readers, group });
      hasFailed = !(await committing);
      for (const waiting of group) tell(waiting);
      groups += 1;
      if (groups % groupsPerLook === 0) await keepLogShort();
      begunAtMs = undefined;
    }
    flushing = undefined;
  };
  const keepLogShort = async (): Promise<void> => {
    const pages = writer.log.pages();
    // Another process may have begun the log anew.
    copiedPages = Math.min(copiedPages, pages);
    if (pages - copiedPages < loggedMaxPages) return;
    await writer.log.copy();
    copiedPages = writer.log.pages();
  };
  const add = <T>(work: Work): Promise<T> =>
    new Promise((resolve, reject) => {
      queue.push({ work, resolve, reject });
      flushing ??= flush();
    });
  return {
    add,
    async check() {
      if (begunAtMs !== undefined && performance.now() - begunAtMs > commitMaxMs) throw new NotReady('the disk hangs');
      if (hasFailed) await add(probe);
    },
    settled: async () => committing,
    async leave(reader) {
      await flushing;
      // Only once: its file descriptor may be somebody else's by now.
      if (readers.delete(reader) && readers.size === 0) close();
    },
  };
}

interface Group {
  readonly writer: Writer;
  readonly readers: ReadonlySet<Reader>;
  readonly group: readonly Waiting[];
}

/** Whether the disk has it. */
async function commitGroup({ writer, readers, group }: Group): Promise<boolean> {
  try {
    await writer.begin();
    for (const waiting of group) {
      const ending = carryOut(waiting, writer);
      if (ending !== undefined) await ending;
    }
    for (const reader of readers) reader.hold();
    writer.commit();
  } catch (error) {
    if (isUnsynced(error)) return endProgram(error);
    writer.rollback();
    for (const reader of readers) reader.release();
    for (const waiting of group) noteError(waiting)(error);
    return false;
  }
  await writer.log.sync();
  for (const reader of readers) reader.release();
  return true;
}

/** Requests that came together go step by step together (`http/arrivals.ts`). */
const endOfStep = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Called in the middle of a turn: to its end, and through the next one. */
async function wholeTurn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

/** Nothing is awaited that need not be: the group of a busy program is carried out in one go. */
function carryOut(waiting: Waiting, writer: Writer): Promise<void> | undefined {
  try {
    const value = waiting.work(writer);
    if (value instanceof Promise) return value.then(noteValue(waiting), noteError(waiting));
    noteValue(waiting)(value);
  } catch (error) {
    noteError(waiting)(error);
  }
  return undefined;
}

const noteValue =
  (waiting: Waiting) =>
  (value: unknown): void => {
    waiting.end = { value };
  };

const noteError =
  (waiting: Waiting) =>
  (error: unknown): void => {
    waiting.end = { error };
  };

function tell({ end, resolve, reject }: Waiting): void {
  if (end !== undefined && 'error' in end) reject(end.error);
  else resolve(end?.value as never);
}
