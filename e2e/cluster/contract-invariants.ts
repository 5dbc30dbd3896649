// The invariants of the contract (12.7), each with the checks of a run that speak of it, and with what a run cannot see.
import type { Check } from './books.ts';

interface Invariant {
  readonly says: string;
  readonly unseen?: string;
}

const INVARIANTS: Readonly<Record<number, Invariant>> = {
  1: { says: 'at most one approved, un-reversed sale per session and per idempotency key' },
  2: { says: "the processor's approved, un-reversed sales are those of the ledger, by reference, amount and currency" },
  3: {
    says: 'a session is completed exactly when there is one such transaction of equal total, else there is none',
    unseen:
      'sessions that are cancelled or expire: nobody cancels, and a run is shorter than a session lives (`npm run simulate`)',
  },
  4: {
    says: 'no move leaves a terminal state',
    unseen: 'what moves and comes back between two looks (the database refuses it: `guards.test.ts`)',
  },
  5: { says: 'the amount is the same at processor, attempt, transaction, success URL and event' },
  6: {
    says: 'used + reserved ≤ usageLimit at every commit; used = completed sessions of the link',
    unseen: 'commits between two looks (a CHECK of the database refuses them)',
  },
  7: {
    says: 'same key and body: same status and body, one effect',
    unseen: 'keys of plans, voids and links (`merchant-invariants.ts` of `npm run simulate`)',
  },
  8: { says: "no request of one merchant reads or changes another's objects" },
  9: { says: 'every 2xx that a client received is true after a crash' },
  10: { says: 'each terminal move has exactly one event id, delivered at least once or still queued' },
  11: {
    says: 'no card number, security code, key or session key in any log, row, response, URL, page or dump',
    unseen:
      "memory and core dumps (`isolation.test.ts`), what a page does in a browser (`card-data.test.ts`), and HAProxy's log of requests, which is off",
  },
};

/** One row each: number, what it says, the checks, the result, what was not seen. */
export const judged = (checks: readonly Check[]): string[][] =>
  Object.entries(INVARIANTS).map(([number, { says, unseen = '' }]) => {
    const own = checks.filter(({ proves }) => proves.includes(Number(number)));
    return [number, says, own.map(({ rule }) => rule).join('; '), resultOf(own), unseen];
  });

function resultOf(checks: readonly Check[]): string {
  if (checks.length === 0) return 'not judged';
  const problems = checks.reduce((sum, check) => sum + check.problems.length, 0);
  return problems === 0 ? 'holds' : `${problems} problems`;
}
