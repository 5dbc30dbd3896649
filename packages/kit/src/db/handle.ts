// What store functions see of a database: one set of SQL, two engines (SQLite and PostgreSQL).
import type { Statement } from './statement.ts';

export { join, raw } from 'sql-template-tag';
export { type Statement, sql } from './statement.ts';

export type Cell = string | number | Uint8Array | null;
export type Row = Record<string, Cell>;

export interface Handle {
  /** Milliseconds of the database's clock: the one clock that deadlines are compared with (contract 0.7). */
  now(): Promise<number>;
  all<R extends Row>(statement: Statement): Promise<R[]>;
  one<R extends Row>(statement: Statement): Promise<R | undefined>;
  /** Rows changed: zero after a compare-and-set means that somebody else won. */
  run(statement: Statement): Promise<number>;
  /** Several statements without values, as in a migration. */
  script(text: string): Promise<void>;
}

/** For store functions that may stand in `changeEach`: they ask nothing. */
export type Writing = Pick<Handle, 'run'>;

export interface Database extends Handle {
  readonly engine: 'sqlite' | 'postgres';
  /**
   * Runs `body` as one transaction; resolves only after the commit is on disk, rejects with nothing written.
   * `body` awaits nothing but its handle: on SQLite other transactions wait behind it.
   */
  transact<T>(body: (tx: Handle) => Promise<T>): Promise<T>;
  /**
   * The same for statements of which each has to change exactly one row: false, with nothing written, when one does not.
   * Each names its row by a key, cannot change more, and writes nothing that it computes from what another has written.
   * Where speed matters: on SQLite nothing of it is awaited, on PostgreSQL those of one kind share a statement, and on both a commit.
   */
  changeEach(statements: readonly Statement[]): Promise<boolean>;
  /**
   * Of SQLite: what `statements` says when it is its turn, which may be all that has come up until then. False, with
   * nothing written, when one of them changes no row.
   */
  readonly changeInTurn?: (statements: () => readonly Statement[]) => Promise<boolean>;
  /**
   * Of PostgreSQL, for migrations: a connection of its own beside those of the pool, opened by its first statement, on which
   * neither we nor the server give up a statement or a lock.
   */
  readonly beside?: () => Handle & Pick<Database, 'close'>;
  /** Rejects when nothing can be read, or nothing written, now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Time-outs of contract 12.6. */
export const statementTimeoutMs = 5_000;
export const lockTimeoutMs = 2_000;
export const idleTransactionTimeoutMs = 10_000;

/**
 * Statements of one transaction that need not wait for one another: they are carried out in their order, on PostgreSQL
 * with one way to the server instead of one each. Only when all have ended is the first failure told, so that nothing is
 * written after the transaction was given up.
 */
export async function together<Results extends readonly unknown[]>(
  ...work: { readonly [I in keyof Results]: Promise<Results[I]> | Results[I] }
): Promise<Results> {
  const ends = await Promise.allSettled(work);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.map((end) => end.status === 'fulfilled' && end.value) as unknown as Results;
}

class NotOneRow extends Error {}

/** Whether each has changed one row. All go out at once: one that has changed nothing may be why a later one fails. */
export async function changesEach(statements: readonly Statement[], run: Handle['run']): Promise<boolean> {
  for (const end of await Promise.allSettled(statements.map(run))) {
    if (end.status === 'rejected') throw end.reason;
    if (end.value !== 1) return false;
  }
  return true;
}

/** `changeEach` by a transaction. */
export const changingEach =
  (transact: Database['transact']): Database['changeEach'] =>
  async (statements) => {
    try {
      await transact(async (tx) => {
        if (!(await changesEach(statements, (statement) => tx.run(statement)))) throw new NotOneRow();
      });
      return true;
    } catch (error) {
      if (error instanceof NotOneRow) return false;
      throw error;
    }
  };

/** A handle that notes statements, and says that each has changed one row. */
export function noting(): { readonly tx: Writing; readonly statements: readonly Statement[] } {
  const statements: Statement[] = [];
  return { tx: { run: async (statement) => statements.push(statement) && 1 }, statements };
}

/** What `changes` would run, for `changeEach`: all of it or none, rejects when `changes` does. */
export async function statementsOf(changes: (tx: Writing) => Promise<unknown>): Promise<readonly Statement[]> {
  const { tx, statements } = noting();
  await changes(tx);
  return statements;
}
