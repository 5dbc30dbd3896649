// A database that no program can be started on: where it is, who may enter and what may be done there is the operator's.
import type { Database } from './handle.ts';

export class DatabaseUnusable extends Error {
  constructor(cause: unknown) {
    super(textOf(cause as AggregateError), { cause });
    this.name = 'DatabaseUnusable';
  }
}

/** That none of the addresses of a name answers has no text of its own. */
const textOf = ({ message, errors = [] }: AggregateError): string =>
  message || errors.map((error: Error) => error.message).join(', ');

/** The first statements that a program says: they are right, so whatever refuses them is not ours. */
export async function createOnce(db: Database, text: string): Promise<void> {
  const create = (): Promise<void> => db.script(text);
  try {
    // Of two processes that create it in the same moment PostgreSQL refuses one, which then finds it there.
    await create().catch(create);
  } catch (error) {
    throw new DatabaseUnusable(error);
  }
}
