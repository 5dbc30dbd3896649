// What PostgreSQL can do by itself with the four commits of a card sale: our statements, but not our database layer.
import { type Cell, type Database, raw } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { commitPayment, layOutCard, makeTables, openLedgers } from './commits.ts';
import type { EngineHome } from './engines.ts';
import { pgbench, type Script } from './pgbench.ts';
import { type Commit, recording } from './recorded.ts';

export interface PaymentsByPgbench {
  /** Each client a connection; each of its statements a way to the server and back, each of its commits its own. */
  perSecond(clients: number, seconds: number): Promise<number>;
  close(): Promise<void>;
}

export async function openPaymentsByPgbench(home: EngineHome, program: string): Promise<PaymentsByPgbench> {
  const { db, url } = await openBoth(home);
  const { commits, names } = await recordOne(db);
  let rowsBefore = 0;
  return {
    async perSecond(clients, seconds) {
      const rows = Math.round(rowsASecond * seconds);
      await layOutCards(db, rowsBefore, rows);
      const before = await usesOf(db);
      const set = ['n :n + 1', `row ${rowsBefore} + (:n - 1) * ${clients} + :client_id`];
      const script: Script = { set, commits, names, keeps: 'RETURNING sequence, mac, seal' };
      const rate = pgbench(program, script, { url, folder: home.folder, seconds, clients });
      const after = await usesOf(db);
      const payments = after.records - before.records;
      if (payments === 0 || after.codes - before.codes !== -payments) throw new Error('payments without a card');
      rowsBefore += rows;
      return rate;
    },
    close: () => db.close(),
  };
}

/** Cards: more than any machine pays with. */
const rowsASecond = 4_000;

/** The tables of both programs in one database, so that one connection reaches them: what both have is the Vault's. */
async function openBoth(home: EngineHome): Promise<{ readonly db: Database; readonly url: string }> {
  const ofPay = await home.create('limits_payments');
  const url = Object.assign(new URL(ofPay), { search: 'options=-c search_path%3Dvault,public' }).href;
  const pay = await openDatabase({ url: ofPay, poolMax: 1 });
  await pay.script('CREATE SCHEMA vault');
  await makeTables(pay, 'pay').finally(() => pay.close());
  const db = await openDatabase({ url });
  await makeTables(db, 'vault');
  return { db, url };
}

/** The commits of a payment, and what is another value in each: whatever was so in two of them. */
async function recordOne(db: Database): Promise<Pick<Script, 'commits' | 'names'>> {
  const recorded: Commit<'both'>[] = [];
  const noted = recording(db, 'both', recorded);
  const ledgers = await openLedgers(noted, noted);
  const payments: Commit<'both'>[][] = [];
  for (let i = 0; i < 2; i += 1) {
    const card = await layOutCard(db);
    recorded.length = 0;
    await commitPayment(ledgers, card);
    payments.push([...recorded]);
  }
  const [first = [], second = []] = payments.map((commits) => commits.map(({ statements }) => statements));
  const known = new Set(first.flat().flatMap(({ values }) => values));
  const own = second.flat().flatMap(({ values }) => values.filter((value) => !known.has(value)));
  const names = own.filter(isName).map((name): [Cell, string] => [name, nameAs(name, ':row')]);
  return { commits: second, names: new Map([...names, ...endOfLog(second)]) };
}

/** A time and a text with such a name in it can stay what they are. */
const isName = (value: unknown): value is string => typeof value === 'string' && /^[\w-]+$/.test(value);

const kindLetters = 4;

/** As long as the name, with its kind in front, and in the order of time. */
const nameAs = (name: string, row: string): string =>
  `'${/^[a-z]{3}_/.test(name) ? name.slice(0, kindLetters) : 'own_'}' || lpad(${row}::text, ${name.length - kindLetters}, '0')`;

/** What the lock of the audit log's end has answered becomes the end that its move starts from. */
function endOfLog(commits: Script['commits']): [Cell, string][] {
  const move = commits.flat().find(({ text }) => /UPDATE audit_head SET sequence = \$1, mac/.test(text));
  if (move === undefined) throw new Error('a payment does not move the end of the audit log');
  const hashed = (value: string): string => `encode(sha256(convert_to(${value} || :row::text, 'UTF8')), 'hex')`;
  const places = [':sequence + 1', hashed(':mac'), hashed(':seal'), ':sequence', ':mac', ':seal'];
  return places.map((place, i) => [move.values[i] as Cell, place]);
}

/** Under the names that payments know them by. */
async function layOutCards(db: Database, from: number, count: number): Promise<void> {
  const { token } = await layOutCard(db);
  const copies = (table: string, own: Readonly<Record<string, string>>): string => {
    const values = Object.entries(own).map(([column, value]) => `'${column}', ${value}`);
    return `INSERT INTO ${table} SELECT (jsonb_populate_record(of, jsonb_build_object(${values}))).*
      FROM ${table} AS of, generate_series(${from}, ${from + count - 1}) AS n WHERE of.token = '${token}'`;
  };
  const name = nameAs(token, 'n');
  await db.script('SET statement_timeout = 0');
  await db.script(copies('tokens', { token: name, fingerprint: name }));
  await db.script(copies('cvc_entries', { token: name, lookup_id: nameAs('0'.repeat(64), 'n') }));
  await db.script('VACUUM ANALYZE');
}

async function usesOf(db: Database): Promise<{ readonly records: number; readonly codes: number }> {
  const count = async (table: string): Promise<number> =>
    (await db.one<{ n: number }>(raw(`SELECT count(*) AS n FROM ${table}`)))?.n ?? 0;
  return { records: await count('audit_records'), codes: await count('cvc_entries') };
}
