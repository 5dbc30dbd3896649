// SQLite with group commit: waiting transactions run one after the other under savepoints inside one outer
// transaction and one fsync, and are answered together after the commit. Nobody hears "done" before the disk has it.
// Writing has a thread of its own (`sqlite-writer.ts`), so that requests are served while the disk works.
import { AsyncLocalStorage } from 'node:async_hooks';
import { NotReady } from '../not-ready.ts';
import { type Database, type Handle, type Row, raw, type Statement } from './handle.ts';
import { boundAll, type Connection, connect } from './sqlite-connection.ts';
import { type Selection, selectionOf } from './sqlite-rows.ts';
import { type Asking, type Order, openWriter, type Writer } from './sqlite-thread.ts';
import { type ClockRow, movesClock, readClockText, shownBy } from './test-clock.ts';

/** A commit that takes longer has met a disk that hangs. */
const commitMaxMs = 5_000;

/** Writes one page, and changes nothing. */
const probe = 'PRAGMA user_version = 0';

/** Transactions in one commit: bounds the time the first of them waits for the last. */
const groupMax = 128;

/** One order is atomic by itself and need not be waited for; anything else runs under a savepoint. */
type Work = Order | Stating | Body;
type Body = () => Promise<unknown>;

/** An order whose statements are said when it is its turn. */
interface Stating {
  readonly state: () => readonly Statement[];
}

interface Waiting extends Asking {
  readonly work: Work;
}

export interface SqliteOptions {
  readonly path: string;
  readonly testClock: boolean;
  readonly realTime: () => number;
}

export async function openSqlite({ path, testClock, realTime }: SqliteOptions): Promise<Database> {
  const commits = await shareCommits(path);
  // Reads outside transactions have their own connection, so that they see committed state only.
  const reader = connect(path);
  reader.db.exec('PRAGMA query_only = ON');
  const clock = testClock ? movedClock(reader, realTime) : realTime;
  const tx = writingHandle(commits.writer, clock);
  let closed = false;
  // Work that outlives the program's drain is refused, like on PostgreSQL.
  const add = <T>(work: Work): Promise<T> =>
    closed ? Promise.reject(new Error('the database is closed')) : commits.add(work);
  return {
    engine: 'sqlite',
    ...readingHandle(reader, clock),
    run(statement) {
      const changed = add<number>({ kind: 'run', statements: [statement] });
      return movesClock(statement) ? changed.finally(noteMove) : changed;
    },
    // Others are carried out in between: what it logs is to say to which work it belongs.
    transact: (body) => add(AsyncLocalStorage.bind(() => body(tx))),
    changeEach: (statements) => add({ kind: 'each', statements }),
    changeInTurn: (state) => add({ state }),
    script: (text) => add(() => tx.script(text)),
    check: async () => {
      reader.prepare('SELECT 1').get();
      await commits.check();
    },
    close: async () => {
      closed = true;
      await commits.release();
      reader.db.close();
    },
  };
}

/** How often this process has moved the clock of a database. */
let moves = 0;
const noteMove = (): void => {
  moves += 1;
};

/** Read once a millisecond, for another process may move it, and again when we have moved it. */
function movedClock({ prepare }: Connection, realTime: () => number): () => number {
  let setting: ClockRow | undefined;
  let readAtMs = 0;
  let readAfter = 0;
  return () => {
    const nowMs = realTime();
    if (setting === undefined || readAtMs !== nowMs || readAfter !== moves) {
      setting = prepare(readClockText).get() as ClockRow;
      readAtMs = nowMs;
      readAfter = moves;
    }
    return shownBy(setting, nowMs);
  };
}

interface Commits {
  readonly writer: Writer;
  add<T>(work: Work): Promise<T>;
  /** Rejects while commits fail or hang. Writes only when the last one failed. */
  check(): Promise<unknown>;
  /** Resolves when everything that was added is committed or refused. */
  release(): Promise<void>;
}

/** By file: two queues for one file would wait for each other's lock on the one thread that could let go of it. */
const shared = new Map<string, { readonly commits: Promise<Commits>; users: number }>();

function shareCommits(path: string): Promise<Commits> {
  const known = shared.get(path) ?? { commits: openCommits(path), users: 0 };
  known.users += 1;
  shared.set(path, known);
  return known.commits;
}

async function openCommits(path: string): Promise<Commits> {
  try {
    return groupCommits(path, await openWriter(path));
  } catch (error) {
    // What cannot be opened now may be opened later.
    shared.delete(path);
    throw error;
  }
}

function readingHandle({ db }: Connection, clock: () => number): Pick<Handle, 'now' | 'all' | 'one'> {
  const selections = new Map<string, Selection>();
  const selection = (text: string): Selection => {
    const known = selections.get(text) ?? selectionOf(db.prepare(text));
    selections.set(text, known);
    return known;
  };
  return {
    now: async () => clock(),
    all: async <R extends Row>({ sql: text, values }: Statement) => selection(text).all(boundAll(values)) as R[],
    one: async <R extends Row>({ sql: text, values }: Statement) =>
      selection(text).one(boundAll(values)) as R | undefined,
  };
}

const writingHandle = ({ order }: Writer, clock: () => number): Handle => ({
  now: async () => clock(),
  all: (statement) => order('all', [statement]),
  one: (statement) => order('one', [statement]),
  run: (statement) => order('run', [statement]),
  script: (text) => order('script', [raw(text)]),
});

function groupCommits(path: string, writer: Writer): Commits {
  let queue: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let begunAtMs: number | undefined;
  let hasFailed = false;

  const flush = async (): Promise<void> => {
    // One turn of the event loop fills the first group, there is no timer; those after it have what came meanwhile.
    await new Promise(setImmediate);
    let answer = (): void => undefined;
    while (queue.length > 0) {
      const group = queue.slice(0, groupMax);
      queue = queue.slice(groupMax);
      begunAtMs = performance.now();
      const committing = commitGroup(writer, group);
      // The thread has its next work by now: those who are answered go on with theirs, which takes longer than the disk.
      answer();
      const committed = await committing;
      begunAtMs = undefined;
      hasFailed = !committed.isDone;
      answer = committed.answer;
    }
    flushing = undefined;
    answer();
  };

  const add = <T>(work: Work): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      queue.push({ work, resolve, reject });
      flushing ??= flush();
    });
  return {
    writer,
    add,
    async check() {
      if (begunAtMs !== undefined && performance.now() - begunAtMs > commitMaxMs) throw new NotReady('the disk hangs');
      if (hasFailed) await add({ kind: 'script', statements: [raw(probe)] });
    },
    async release() {
      await flushing;
      const sharing = shared.get(path);
      if (sharing === undefined) return;
      sharing.users -= 1;
      if (sharing.users > 0) return;
      shared.delete(path);
      await writer.order('close');
    },
  };
}

interface Committed {
  readonly isDone: boolean;
  /** Tells all of the group. */
  readonly answer: () => void;
}

async function commitGroup({ order, give }: Writer, group: readonly Waiting[]): Promise<Committed> {
  // Orders are carried out one after the other, and those of a group that could not begin are refused, so most of them
  // need not be waited for: the answer to the commit speaks for them, and comes after theirs.
  const answers: (() => void)[] = [];
  give({ kind: 'begin', statements: [] }, NOBODY);
  for (const { work, resolve, reject } of group) {
    const asking: Asking = {
      resolve: (value) => answers.push(() => resolve(value)),
      reject: (error) => answers.push(() => reject(error)),
    };
    if (typeof work === 'function') await runUnderSavepoint(work, give).then(asking.resolve, asking.reject);
    else if ('state' in work) giveStated(work, give, asking);
    else give(work, asking);
  }
  try {
    await order('commit');
  } catch (error) {
    const refuseAll = (): void => {
      for (const { reject } of group) reject(error as Error);
    };
    return { isDone: false, answer: refuseAll };
  }
  const answerAll = (): void => {
    for (const answer of answers) answer();
  };
  return { isDone: true, answer: answerAll };
}

function giveStated({ state }: Stating, give: Writer['give'], asking: Asking): void {
  try {
    give({ kind: 'each', statements: state() }, asking);
  } catch (error) {
    asking.reject(error as Error);
  }
}

const NOBODY: Asking = { resolve: () => undefined, reject: () => undefined };

/** A body that throws takes only its own writes with it. */
async function runUnderSavepoint(body: Body, give: Writer['give']): Promise<never> {
  const mark = (text: string): void => give({ kind: 'mark', statements: [raw(text)] }, NOBODY);
  mark('SAVEPOINT one');
  try {
    const value = await body();
    mark('RELEASE one');
    return value as never;
  } catch (error) {
    mark('ROLLBACK TO one; RELEASE one');
    throw error;
  }
}
