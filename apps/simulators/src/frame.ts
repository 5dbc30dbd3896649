// What the simulators have in common: books, instructions, and the program's clock and chance.
import type { Context } from '@ozura/kit/context';
import type { Books } from './books.ts';
import type { Steps } from './steps.ts';

export interface Frame extends Context {
  readonly books: Books;
  readonly steps: Steps;
  /** Aborted when the program stops: answers that are held back are dropped. */
  readonly stopping: AbortSignal;
}
