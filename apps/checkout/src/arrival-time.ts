// When a request came, by the database's clock: asked once for each, together with all that come at the same time.
import type { CheckoutContext } from './context.ts';

export interface Arrived {
  /** When its body was there, in ms. */
  readonly atMs: number;
}

export interface ArrivalTimes {
  readonly arrived: () => Promise<Arrived>;
  /** For the reading of fields, which waits for nothing and follows at once: when the last one came. */
  readonly lastMs: () => number;
}

export function openArrivalTimes({ db, now }: CheckoutContext): ArrivalTimes {
  let lastMs: number | undefined;
  return {
    async arrived() {
      const atMs = await db.now();
      lastMs = atMs;
      return { atMs };
    },
    lastMs: () => lastMs ?? now(),
  };
}
