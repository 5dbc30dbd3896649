// What the sandbox's handlers are given.
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';

export interface SandboxContext extends Context {
  readonly db: Database;
  /** Aborted when the program stops: answers that are held back are dropped. */
  readonly stopping: AbortSignal;
}
