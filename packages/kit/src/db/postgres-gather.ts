// What comes at the same time goes to the server together.
import { setTimeout } from 'node:timers/promises';
import { isSilence } from './postgres-client.ts';

const turns = 4;

/**
 * Resolves some turns of the event loop later. A program with nothing to do passes them in microseconds; in one that is
 * busy each brings more to go along. There is no timer.
 */
export async function gather(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
}

/** Somebody who waits to be told what became of his work. */
export interface Waiting<Work, Answer> {
  readonly work: Work;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface Grouping<Work, Answer> {
  /** How many of those who wait go next; of `most` no more come in time. */
  readonly most: number;
  readonly next: (waiting: readonly Waiting<Work, Answer>[]) => number;
  /** One that takes longer than `groupMs` is overtaken by so many others at most. */
  readonly groupsAtOnce: number;
  /** Tells each of them, and never rejects. */
  readonly write: (group: readonly Waiting<Work, Answer>[]) => Promise<void>;
}

export interface Line<Work, Answer> {
  add(work: Work): Promise<Answer>;
  /** Resolves when everything that was added has ended. */
  end(): Promise<void>;
}

/** Bounds how long the first one waits where they come one by one. */
const looksMax = 8;
/** A group begins when the one before it has ended: so each has all that came meanwhile. One that takes longer is not waited for. */
const groupMs = 50;

/** Work of one kind, in groups. */
export function openLine<Work, Answer>({
  most,
  next,
  groupsAtOnce,
  write,
}: Grouping<Work, Answer>): Line<Work, Answer> {
  const waiting: Waiting<Work, Answer>[] = [];
  const underWay = new Set<Promise<void>>();
  let writer: Promise<void> | undefined;
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      while (underWay.size >= groupsAtOnce) await Promise.race(underWay);
      await gatherMore(waiting, most);
      // They have been given up meanwhile.
      if (waiting.length === 0) break;
      const written = write(waiting.splice(0, next(waiting))).finally(() => underWay.delete(written));
      underWay.add(written);
      await Promise.race([written, setTimeout(groupMs, undefined, { ref: false })]);
    }
    // In the same step as the look at who waits: nobody comes in between, to wait for a writer that has gone.
    writer = undefined;
  };
  /** The next groups would wait for a server that says nothing, each as long as this one: none of them was sent. */
  const refuse = (error: unknown, reject: (error: unknown) => void): void => {
    reject(error);
    if (isSilence(error)) for (const behind of waiting.splice(0)) behind.reject(error);
  };
  return {
    add: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, resolve, reject: (error) => refuse(error, reject) });
        writer ??= writeAll();
      }),
    async end() {
      while (writer !== undefined) await writer;
      await Promise.all(underWay);
    },
  };
}

/** While each look finds more of them: what a group costs besides its rows is worth ten of them. */
async function gatherMore(waiting: readonly unknown[], most: number): Promise<void> {
  let before = 0;
  for (let look = 0; look < looksMax && waiting.length > before && waiting.length < most; look += 1) {
    before = waiting.length;
    await gather();
  }
}
