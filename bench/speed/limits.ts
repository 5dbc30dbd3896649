// What stands above us: the disk, the database by itself, and the commits of a request without the request.
import { insertSession } from '@ozura/checkout/store/sessions';
import { requestOver } from '@ozura/e2e/simulation/customers';
import { type Cell, type Database, statementsOf } from '@ozura/kit/db/handle';
import { commitPayment, commitSession, layOutCard, openLedgers, openTables } from './commits.ts';
import { pagesPerSecond } from './disk.ts';
import type { Engine, EngineHome } from './engines.ts';
import { findPgbench, pgbench } from './pgbench.ts';

export interface Limits {
  readonly engine: Engine;
  /** Pages of 8 KB a second: each with its fdatasync, and 32 with one. */
  readonly pages: number;
  readonly groupedPages: number;
  /** Rows of new sessions a second, through our database layer and nothing else. */
  readonly sessions: number;
  /** The four commits of a card sale through it. */
  readonly payments: number;
  /** The statement of a new session, by the generator of PostgreSQL, each client a connection and each row a commit. Empty: not there. */
  readonly pgbenchSessions: readonly { readonly clients: number; readonly perSecond: number }[];
}

const together = 32;

/** `clients`: of pgbench, one measurement each. */
export async function measureLimits(home: EngineHome, seconds: number, clients: readonly number[]): Promise<Limits> {
  const pages = pagesPerSecond(home.folder, 1, seconds);
  const groupedPages = pagesPerSecond(home.folder, together, seconds);
  const checkout = await openTables(home, 'checkout');
  const pay = await openTables(home, 'pay');
  const vault = await openTables(home, 'vault');
  try {
    await commitsPerSecond(() => commitSession(checkout), 500);
    const sessions = await commitsPerSecond(() => commitSession(checkout), Math.round(4_000 * seconds));
    const payments = await paymentsPerSecond(pay, vault, Math.round(600 * seconds));
    const pgbenchSessions = await byPgbench(home, clients, seconds);
    return { engine: home.engine, pages, groupedPages, sessions, payments, pgbenchSessions };
  } finally {
    await Promise.all([checkout.close(), pay.close(), vault.close()]);
  }
}

async function commitsPerSecond(commit: () => Promise<unknown>, count: number): Promise<number> {
  let begun = 0;
  const commitMore = async (): Promise<void> => {
    for (begun += 1; begun <= count; begun += 1) await commit();
  };
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: together }, commitMore));
  return (count * 1000) / (performance.now() - startedAtMs);
}

async function paymentsPerSecond(pay: Database, vault: Database, count: number): Promise<number> {
  const ledgers = await openLedgers(pay, vault);
  const warm = Math.ceil(count / 10);
  const cards = await Promise.all(Array.from({ length: count + warm + 2 * together }, () => layOutCard(vault)));
  const next = async (): Promise<void> => {
    const card = cards.pop();
    if (card === undefined) throw new Error('more payments than cards');
    await commitPayment(ledgers, card);
  };
  await commitsPerSecond(next, warm);
  return commitsPerSecond(next, count);
}

async function byPgbench(
  home: EngineHome,
  clients: readonly number[],
  seconds: number,
): Promise<Limits['pgbenchSessions']> {
  const program = home.engine === 'postgres' ? findPgbench() : undefined;
  if (program === undefined) {
    if (home.engine === 'postgres') console.error('no pgbench on this machine (Debian: postgresql-contrib): left out');
    return [];
  }
  const id = 'session_of_pgbench';
  const times = { createdAtMs: Date.now(), expiresAtMs: Date.now() + 1_800_000 };
  const statements = await statementsOf((tx) =>
    insertSession(tx as Database, { id, request: requestOver(1_840n), ...times }),
  );
  const place = { url: home.urlOf('limits_checkout'), folder: home.folder, seconds };
  return clients.map((count) => {
    // Other names than those of the clients before them.
    const name = `'session_' || lpad(:n::text, 12, '0') || lpad((${count * 1_000} + :client_id)::text, 18, '0')`;
    const names = new Map<Cell, string>([[id, name]]);
    return { clients: count, perSecond: pgbench(program, { statements, names }, { ...place, clients: count }) };
  });
}
