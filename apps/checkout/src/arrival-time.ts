// When a request came, by the database's clock: asked once for each, together with all that come at the same time.
import type { CheckoutContext } from './context.ts';

export interface Arrived {
  /** When its caller was known, in ms. */
  readonly atMs: number;
}

export interface Arrivals<Request, Who> {
  readonly authenticate: (request: Request) => Promise<Who & Arrived>;
  /** For the reading of a body, which knows no caller: when the last one came. */
  readonly lastMs: () => number;
}

export function openArrivals<Request, Who extends object>(
  { db, now }: CheckoutContext,
  authenticate: (request: Request) => Promise<Who>,
): Arrivals<Request, Who> {
  let lastMs: number | undefined;
  return {
    lastMs: () => lastMs ?? now(),
    async authenticate(request) {
      const who = await authenticate(request);
      const atMs = await db.now();
      lastMs = atMs;
      return { ...who, atMs };
    },
  };
}
