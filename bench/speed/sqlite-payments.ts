// What SQLite can do by itself with the four commits of a card sale: our statements, but not our database layer.
import type { Database, Statement } from '@ozura/kit/db/handle';
import { boundAll, type Connection, connect } from '@ozura/kit/db/sqlite-connection';
import { commitPayment, type LaidOut, layOutCard, openLedgers, openTables } from './commits.ts';
import type { EngineHome } from './engines.ts';
import { type Commit, recording } from './recorded.ts';

type Of = 'pay' | 'vault';

/**
 * Payments a second: one connection to each file, one payment after the other, each of its commits with a sync of its own.
 * Statements and values are those of payments that our layer has made in other files before.
 */
export async function paymentsBySqlite(home: EngineHome, count: number): Promise<number> {
  const first = await openFiles(home, 'recorded');
  const { cards, payments } = await record(first, count);
  await first.close();
  const second = await openFiles(home, 'plain');
  await openLedgers(second.pay, second.vault);
  await second.close();
  const files = { pay: connect(home.urlOf('plain_pay')), vault: connect(home.urlOf('plain_vault')) };
  try {
    commit(files.vault, cards);
    const startedAtMs = performance.now();
    for (const { of, statements } of payments) commit(files[of], statements);
    return (count * 1000) / (performance.now() - startedAtMs);
  } finally {
    for (const { db } of Object.values(files)) db.close();
  }
}

interface Files extends Readonly<Record<Of, Database>> {
  close(): Promise<void>;
}

async function openFiles(home: EngineHome, name: string): Promise<Files> {
  const [pay, vault] = [await openTables(home, 'pay', name), await openTables(home, 'vault', name)];
  return { pay, vault, close: async () => void (await Promise.all([pay.close(), vault.close()])) };
}

async function record({ pay, vault }: Files, count: number) {
  const commits: Commit<Of>[] = [];
  const noted = recording(vault, 'vault', commits);
  const ledgers = await openLedgers(recording(pay, 'pay', commits), noted);
  commits.length = 0;
  const laidOut: LaidOut[] = [];
  for (let i = 0; i < count; i += 1) laidOut.push(await layOutCard(noted));
  const cards = commits.splice(0).flatMap(({ statements }) => statements);
  for (const card of laidOut) await commitPayment(ledgers, card);
  return { cards, payments: commits };
}

function commit({ db, prepare }: Connection, statements: readonly Statement[]): void {
  db.exec('BEGIN IMMEDIATE');
  for (const { sql, values } of statements) prepare(sql).all(...boundAll(values));
  db.exec('COMMIT');
}
