// A database of a simulation: real SQLite in memory, which survives its processes. A transaction is one moment of the
// world; a process may die before it, or after its commit and before it hears of it.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { changingEach, type Database, type Handle, type Row, type Statement } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { boundAll } from '@ozura/kit/db/sqlite-connection';
import type { Process } from './process.ts';
import type { World } from './world.ts';

export interface Disk {
  /** The database as a process sees it. */
  mount(process: Process, engine: Database['engine']): Database;
  /** For what was there before the story begins. */
  readonly before: Handle;
  /** As an onlooker sees it: at once, and without being a part of the story. */
  rows<R extends Row>(text: string, ...values: unknown[]): R[];
  isInTransaction(): boolean;
}

export interface DiskOptions {
  readonly migrations: URL;
  /** Looks at what was just committed. */
  readonly committed: () => void;
  /** How often a transaction fails, or is committed and its answer lost. */
  readonly troubles: number;
}

/** What a database that is in trouble says. */
export class DatabaseTrouble extends Error {}

/** What a disk is made of. It is used again by the next story, empty. */
interface Core {
  readonly db: DatabaseSync;
  prepare(text: string): StatementSync;
}

const cores = new Map<string, Promise<Core>>();

async function openCore({ href }: URL): Promise<Core> {
  const db = new DatabaseSync(':memory:');
  const prepared = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    const statement = prepared.get(text) ?? db.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
  const handle = handleOn({ db, prepare }, () => 0);
  const transact = <T>(body: (tx: Handle) => Promise<T>): Promise<T> => atomically(db, () => body(handle));
  await migrate(
    { ...handle, engine: 'sqlite', transact, changeEach: changingEach(transact), close: nothing, check: nothing },
    readMigrations(new URL(href)),
  );
  // Once: it makes every prepared statement be compiled again.
  db.exec('PRAGMA foreign_keys = ON');
  return { db, prepare };
}

const nothing = async (): Promise<void> => undefined;

/** Takes back everything that the last story wrote: all of it was one transaction, of which its own are parts. */
function beginAnew({ db }: Core): void {
  if (db.isTransaction) db.exec('ROLLBACK');
  db.exec('BEGIN');
}

const handleOn = ({ db, prepare }: Core, now: () => number): Handle => ({
  now: async () => now(),
  all: async <R extends Row>(statement: Statement) => prepare(statement.sql).all(...boundAll(statement.values)) as R[],
  one: async <R extends Row>(statement: Statement) =>
    prepare(statement.sql).get(...boundAll(statement.values)) as R | undefined,
  run: async (statement) => Number(prepare(statement.sql).run(...boundAll(statement.values)).changes),
  script: async (text) => db.exec(text),
});

async function atomically<T>(db: DatabaseSync, body: () => Promise<T>): Promise<T> {
  db.exec('SAVEPOINT one');
  try {
    const value = await body();
    db.exec('RELEASE one');
    return value;
  } catch (error) {
    db.exec('ROLLBACK TO one; RELEASE one');
    throw error;
  }
}

export async function openDisk(world: World, options: DiskOptions): Promise<Disk> {
  const { href } = options.migrations;
  const core = await (cores.get(href) ?? openCore(options.migrations));
  cores.set(href, Promise.resolve(core));
  beginAnew(core);
  const { db, prepare } = core;
  const direct = handleOn(core, world.nowMs);
  let open = 0;
  const inOne = async <T>(body: (tx: Handle) => Promise<T>): Promise<T> => {
    open += 1;
    return atomically(db, () => body(direct)).finally(() => {
      open -= 1;
    });
  };
  return {
    before: direct,
    mount: (process, engine) => ({
      ...mounted({ world, direct, inOne, process, options }),
      engine,
      close: nothing,
      check: nothing,
    }),
    rows: <R extends Row>(text: string, ...values: unknown[]) => prepare(text).all(...boundAll(values)) as R[],
    isInTransaction: () => open > 0,
  };
}

interface Mounting {
  readonly world: World;
  readonly direct: Handle;
  readonly inOne: <T>(body: (tx: Handle) => Promise<T>) => Promise<T>;
  readonly process: Process;
  readonly options: DiskOptions;
}

function mounted({ world, direct, inOne, process, options }: Mounting) {
  const { chance } = world;
  const reading = async <T>(read: () => Promise<T>): Promise<T> => {
    await process.step();
    return read();
  };
  const writing = async <T>(body: (tx: Handle) => Promise<T>): Promise<T> => {
    await process.step();
    if (chance.happens(options.troubles)) throw new DatabaseTrouble('no connection');
    const value = await inOne(body).finally(options.committed);
    // A lost answer to a commit looks like a failure.
    if (chance.happens(options.troubles)) throw new DatabaseTrouble('the answer to a commit was lost');
    await process.step();
    return value;
  };
  return {
    now: direct.now,
    all: <R extends Row>(statement: Statement) => reading(() => direct.all<R>(statement)),
    one: <R extends Row>(statement: Statement) => reading(() => direct.one<R>(statement)),
    run: (statement: Statement) => writing((tx) => tx.run(statement)),
    script: direct.script,
    transact: writing,
    changeEach: changingEach(writing),
  };
}
