// Looks at the books again and again while everything fails: what has ended stays as it ended, and no link is used more
// often than it may be (contract 12.7, 4 and 6).
import { type Database, sql } from '@ozura/kit/db/handle';
import { type Books, type Check, openBooks } from './books.ts';
import type { Cluster } from './cluster.ts';

export interface Watch {
  /** After a last look. */
  stop(): Promise<Check[]>;
}

const everyMs = 1_500;

export function openWatch(cluster: Cluster): Watch {
  const seen: Seen = { ends: new Map(), moves: [], overused: [] };
  let looks = 0;
  let isStopped = false;
  const look = async (): Promise<void> => {
    const books = await openBooks(cluster);
    try {
      await lookAt(books, seen);
      looks += 1;
    } finally {
      await books.close();
    }
  };
  const run = async (): Promise<void> => {
    while (!isStopped) {
      // Nobody is the primary at times.
      await look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const running = run();
  return {
    async stop() {
      isStopped = true;
      await running;
      await look();
      return [
        {
          rule: 'what has ended stays as it ended',
          proves: [4],
          counted: `${seen.ends.size} ends, ${looks} looks`,
          problems: seen.moves,
        },
        {
          rule: 'no link is used or reserved more often than it may be',
          proves: [6],
          counted: `${looks} looks`,
          problems: seen.overused,
        },
      ];
    },
  };
}

interface Seen {
  /** By what has ended: how. */
  readonly ends: Map<string, string>;
  readonly moves: string[];
  readonly overused: string[];
}

type Ended = { readonly id: string; readonly state: string };

async function lookAt({ checkout, pay }: Books, { ends, moves, overused }: Seen): Promise<void> {
  const now = new Map(
    [...(await endedSessions(checkout)), ...(await endedAttempts(pay))].map((row) => [row.id, row.state]),
  );
  for (const [id, state] of ends) {
    const is = now.get(id) ?? 'gone, or open again';
    if (is !== state) moves.push(`${id} was ${state}, and is ${is}`);
  }
  for (const [id, state] of now) ends.set(id, state);
  const links = await checkout.all<{ id: string }>(
    sql`SELECT id FROM payment_links WHERE usage_limit IS NOT NULL AND used + reserved > usage_limit`,
  );
  overused.push(...links.map(({ id }) => id));
}

const endedSessions = (checkout: Database): Promise<Ended[]> =>
  checkout.all<Ended>(sql`SELECT id, status AS state FROM sessions WHERE status <> 'pending'`);

/** Those that no edge leaves (contract 12.1). */
const endedAttempts = (pay: Database): Promise<Ended[]> =>
  pay.all<Ended>(sql`
    SELECT attempt_id AS id, state FROM attempts
    WHERE state IN ('DECLINED', 'REFUSED', 'NOT_SENT', 'NOT_PROCESSED', 'REVERSED')`);
