// What stands above us: the disk, and the commits of a request without the request. The engine alone is in `alone.ts`.
import type { Database } from '@ozura/kit/db/handle';
import { commitPayment, commitSession, layOutCard, openLedgers, openTables } from './commits.ts';
import { pagesPerSecond } from './disk.ts';
import type { Engine, EngineHome } from './engines.ts';

/** So many a second of a number of requests at a time. */
export interface AtATime {
  readonly atATime: number;
  readonly perSecond: number;
}

export interface Limits {
  readonly engine: Engine;
  /** Pages of 8 KB a second: each with its fdatasync, and 32 with one. */
  readonly pages: number;
  readonly groupedPages: number;
  /** Rows of new sessions a second, through our database layer and nothing else. */
  readonly sessions: number;
  /** The four commits of a card sale through it. */
  readonly payments: readonly AtATime[];
}

const together = 32;

/** `places`: how many at a time, one measurement each. */
export async function measureLimits(home: EngineHome, seconds: number, places: readonly number[]): Promise<Limits> {
  const pages = pagesPerSecond(home.folder, 1, seconds);
  const groupedPages = pagesPerSecond(home.folder, together, seconds);
  const checkout = await openTables(home, 'checkout');
  const pay = await openTables(home, 'pay');
  const vault = await openTables(home, 'vault');
  try {
    await commitsPerSecond(() => commitSession(checkout), 500, together);
    const sessions = await commitsPerSecond(() => commitSession(checkout), Math.round(4_000 * seconds), together);
    const payments = await paymentsPerSecond(pay, vault, { seconds, places });
    return { engine: home.engine, pages, groupedPages, sessions, payments };
  } finally {
    await Promise.all([checkout.close(), pay.close(), vault.close()]);
  }
}

/** Of two measurements of the same. */
export function meanOf(one: Limits, other: Limits): Limits {
  const mean = (a: number, b: number | undefined): number => (a + (b ?? Number.NaN)) / 2;
  const meanOfEach = (some: readonly AtATime[], others: readonly AtATime[]): AtATime[] =>
    some.map(({ atATime, perSecond }, i) => ({ atATime, perSecond: mean(perSecond, others[i]?.perSecond) }));
  return {
    engine: one.engine,
    pages: mean(one.pages, other.pages),
    groupedPages: mean(one.groupedPages, other.groupedPages),
    sessions: mean(one.sessions, other.sessions),
    payments: meanOfEach(one.payments, other.payments),
  };
}

async function commitsPerSecond(commit: () => Promise<unknown>, count: number, atATime: number): Promise<number> {
  let begun = 0;
  const commitMore = async (): Promise<void> => {
    for (begun += 1; begun <= count; begun += 1) await commit();
  };
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: atATime }, commitMore));
  return (count * 1000) / (performance.now() - startedAtMs);
}

interface Size {
  readonly seconds: number;
  readonly places: readonly number[];
}

async function paymentsPerSecond(pay: Database, vault: Database, { seconds, places }: Size): Promise<AtATime[]> {
  const ledgers = await openLedgers(pay, vault);
  const measured: AtATime[] = [];
  const count = Math.round(600 * seconds);
  for (const atATime of places) {
    const warm = Math.ceil(count / 10);
    const cards = await Promise.all(Array.from({ length: count + warm + 2 * atATime }, () => layOutCard(vault)));
    const next = async (): Promise<void> => {
      const card = cards.pop();
      if (card === undefined) throw new Error('more payments than cards');
      await commitPayment(ledgers, card);
    };
    await commitsPerSecond(next, warm, atATime);
    measured.push({ atATime, perSecond: await commitsPerSecond(next, count, atATime) });
  }
  return measured;
}
