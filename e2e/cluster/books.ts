// The books of the cluster side by side: the programs' databases on whoever is the primary, and the processor's.
import { DatabaseSync } from 'node:sqlite';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { ageAttempts, ageRefunds } from '../pay-ledger.ts';
import type { Cluster } from './cluster.ts';

export interface Databases {
  readonly checkout: Database;
  readonly pay: Database;
  readonly vault: Database;
}

export interface Books extends Databases {
  /** What the processor has booked, in its order. */
  booked(): readonly Booked[];
  close(): Promise<void>;
}

export interface Booked {
  readonly kind: 'sale' | 'refund' | 'void' | 'decision';
  readonly transaction_id: string;
  readonly reference: string;
  readonly status: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly original: string | null;
}

/** What was looked at when the books were compared. */
export interface Check {
  readonly rule: string;
  /** Which invariants of contract 12.7 it speaks of. */
  readonly proves: readonly number[];
  readonly counted: string;
  readonly problems: readonly string[];
}

/** Past every proxy: whoever judges is not tested. */
export async function openBooks({ pair, sandboxFile }: Pick<Cluster, 'pair' | 'sandboxFile'>): Promise<Books> {
  const { node } = pair.primary();
  const open = (name: string): Promise<Database> => openDatabase({ url: node.urlOf(name), poolMax: 2 });
  const [checkout, pay, vault] = [await open('checkout'), await open('pay'), await open('vault')];
  return {
    checkout,
    pay,
    vault,
    booked: () => {
      const journal = new DatabaseSync(sandboxFile, { readOnly: true });
      try {
        return journal.prepare('SELECT * FROM entries ORDER BY entry_number').all() as unknown as Booked[];
      } finally {
        journal.close();
      }
    },
    close: async () => void (await Promise.all([checkout.close(), pay.close(), vault.close()])),
  };
}

/** A day goes by for every plan that waits for its next cycle. */
export const ageIdlePlans = (pay: Database, nowMs: number): Promise<number> =>
  pay.run(sql`
    UPDATE plans SET anchor_at = anchor_at - ${dayMs}, due_at = due_at - ${dayMs}
    WHERE status = 'active' AND open_cycle IS NULL AND due_at > ${nowMs} AND lease_until <= ${nowMs}`);

const dayMs = 86_400_000;
const roundMs = 1_500;
const roundsMax = 80;
/** Inquiries that are not answered at once wait for minutes, and twice. */
const firstAgeMs = 60_000;
const laterAgeMs = 20 * 60_000;

/** Lets time pass until nothing is open any more. What is open at the end is said. */
export async function comeToRest(books: Books, tell: (line: string) => void): Promise<string[]> {
  for (let round = 0; round < roundsMax; round += 1) {
    const open = await whatIsOpen(books);
    const left = Object.entries(open).filter(([, count]) => count > 0);
    if (left.length === 0) return [];
    if (round % 10 === 0) tell(`still open: ${left.map(([what, count]) => `${count} ${what}`).join(', ')}`);
    const ageMs = round === 0 ? firstAgeMs : laterAgeMs;
    await ageAttempts(books.pay, ageMs);
    await ageRefunds(books.pay, ageMs);
    if (open.attempts === 0) await ageCharges(books.checkout);
    await books.checkout.run(sql`UPDATE webhook_deliveries SET next_try_at = 0 WHERE state = 'pending'`);
    await new Promise((resolve) => setTimeout(resolve, roundMs));
  }
  return Object.entries(await whatIsOpen(books))
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what} did not come to rest`);
}

const ageCharges = (checkout: Database): Promise<number> =>
  checkout.run(sql`
    UPDATE charges SET created_at = created_at - ${firstAgeMs}, next_check_at = next_check_at - ${laterAgeMs}
    WHERE outcome = 'open'`);

const countOf = async (db: Database, statement: ReturnType<typeof sql>): Promise<number> =>
  (await db.one<{ n: number }>(statement))?.n ?? 0;

async function whatIsOpen({ pay, checkout }: Books) {
  const nowMs = await pay.now();
  return {
    attempts: await countOf(pay, sql`SELECT count(*) AS n FROM attempts WHERE next_check_at IS NOT NULL`),
    refunds: await countOf(pay, sql`SELECT count(*) AS n FROM refunds WHERE next_check_at IS NOT NULL`),
    'plans due': await countOf(pay, sql`SELECT count(*) AS n FROM plans WHERE due_at <= ${nowMs}`),
    'events of Pay': await countOf(pay, sql`SELECT count(*) AS n FROM outbox WHERE collected_at IS NULL`),
    charges: await countOf(checkout, sql`SELECT count(*) AS n FROM charges WHERE outcome = 'open'`),
    'events without a number': await countOf(checkout, sql`SELECT count(*) AS n FROM events WHERE sequence IS NULL`),
    webhooks: await countOf(checkout, sql`SELECT count(*) AS n FROM webhook_deliveries WHERE state = 'pending'`),
  };
}
