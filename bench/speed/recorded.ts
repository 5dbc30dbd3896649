// Notes what databases are asked to commit, while it is carried out, so that an engine can be asked the same by itself.
import type { Database, Handle, Statement } from '@ozura/kit/db/handle';

export interface Commit<Of> {
  /** Which of the databases. */
  readonly of: Of;
  /** In their order; the clock, which our layer brings along, is not among them. */
  readonly statements: Statement[];
}

/** Commits go to the end of `commits` when they begin. */
export function recording<Of>(db: Database, of: Of, commits: Commit<Of>[]): Database {
  const note = (...statements: Statement[]): Statement[] => {
    commits.push({ of, statements });
    return statements;
  };
  return {
    ...db,
    run(statement) {
      note(statement);
      return db.run(statement);
    },
    transact: (body) => db.transact((tx) => body(noting(tx, note()))),
    changeEach(statements) {
      note(...statements);
      return db.changeEach(statements);
    },
  };
}

const noting = (tx: Handle, statements: Statement[]): Handle => {
  const noted = (statement: Statement): Statement => {
    statements.push(statement);
    return statement;
  };
  return {
    ...tx,
    all: (statement) => tx.all(noted(statement)),
    one: (statement) => tx.one(noted(statement)),
    run: (statement) => tx.run(noted(statement)),
  };
};
