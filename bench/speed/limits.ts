// What stands above us: the disk, the database by itself, and the commits of a request without the request.
import { insertSession } from '@ozura/checkout/store/sessions';
import { requestOver } from '@ozura/e2e/simulation/customers';
import { type Cell, type Database, statementsOf } from '@ozura/kit/db/handle';
import { commitPayment, commitSession, layOutCard, openLedgers, openTables } from './commits.ts';
import { pagesPerSecond } from './disk.ts';
import type { Engine, EngineHome } from './engines.ts';
import { findPgbench, pgbench } from './pgbench.ts';
import { openPaymentsByPgbench } from './pgbench-payments.ts';
import { paymentsBySqlite } from './sqlite-payments.ts';

/** So many a second of a number of requests at a time, or of clients. */
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
  /** The statement of a new session, by the generator of PostgreSQL, each client a connection and each row a commit. Empty: not there. */
  readonly engineSessions: readonly AtATime[];
  /** The four commits of a card sale by the engine alone: of SQLite one after the other, so there is one number. */
  readonly enginePayments: readonly AtATime[];
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
    return { engine: home.engine, pages, groupedPages, sessions, payments, ...(await byEngine(home, seconds, places)) };
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
    engineSessions: meanOfEach(one.engineSessions, other.engineSessions),
    enginePayments: meanOfEach(one.enginePayments, other.enginePayments),
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

type ByEngine = Pick<Limits, 'engineSessions' | 'enginePayments'>;

async function byEngine(home: EngineHome, seconds: number, places: readonly number[]): Promise<ByEngine> {
  if (home.engine === 'sqlite') {
    const perSecond = await paymentsBySqlite(home, Math.round(300 * seconds));
    return { engineSessions: [], enginePayments: [{ atATime: 1, perSecond }] };
  }
  const program = findPgbench();
  if (program === undefined) {
    console.error('no pgbench on this machine (Debian: postgresql-contrib): left out');
    return { engineSessions: [], enginePayments: [] };
  }
  const payments = await openPaymentsByPgbench(home, program);
  const enginePayments: AtATime[] = [];
  for (const atATime of places) {
    enginePayments.push({ atATime, perSecond: await payments.perSecond(atATime, seconds) });
  }
  await payments.close();
  return { engineSessions: await sessionsByPgbench(home, program, { seconds, places }), enginePayments };
}

async function sessionsByPgbench(home: EngineHome, program: string, { seconds, places }: Size): Promise<AtATime[]> {
  const id = 'session_of_pgbench';
  const times = { createdAtMs: Date.now(), expiresAtMs: Date.now() + 1_800_000 };
  const statements = await statementsOf((tx) =>
    insertSession(tx as Database, { id, request: requestOver(1_840n), ...times }),
  );
  const place = { url: home.urlOf('limits_checkout'), folder: home.folder, seconds };
  return places.map((atATime) => {
    // Each client counts for itself, in the order of time like ours, and has other names than those of the measurement before.
    const name = `'session_' || lpad(:n::text, 12, '0') || lpad((${atATime * 1_000} + :client_id)::text, 18, '0')`;
    const script = { set: ['n :n + 1'], commits: [statements], names: new Map<Cell, string>([[id, name]]) };
    return { atATime, perSecond: pgbench(program, script, { ...place, clients: atATime }) };
  });
}
