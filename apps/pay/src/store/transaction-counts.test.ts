// Counts of days beside the ledger, on both engines: exact in every range, whoever writes what and when.
import { setTimeout } from 'node:timers/promises';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { forEachEngine } from '@ozura/e2e/databases';
import { type Database, type Handle, sql } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { beforeEach, expect, test } from 'vitest';
import { insertDeadCharge } from './charges.ts';
import { insertMerchant } from './merchants.ts';
import { countTransactions, insertTransaction, type TransactionFilter } from './transactions.ts';

const migrations = readMigrations(new URL('./migrations/', import.meta.url));
const dayMs = 86_400_000;
const types = ['CreditCardSale', 'CreditCardReturn', 'CreditCardVoid'] as const;

interface Row {
  readonly merchantId: string;
  readonly type: (typeof types)[number];
  readonly atMs: number;
}

let made = 0;

async function insert(db: Handle, rows: readonly Row[]): Promise<void> {
  for (const { merchantId, type, atMs } of rows) {
    made += 1;
    const [transactionId, chargeId] = [`T${made}`, `chg_${made}`];
    await insertDeadCharge(db, merchantId, chargeId);
    const ids = { transactionId, chargeId, attemptId: transactionId, merchantId, orderId: undefined };
    await insertTransaction(db, { ...ids, type, amountMinor: 100n, row: { transactionId, status: 'approved' }, atMs });
  }
}

const saleAt = (atMs: number): Row => ({ merchantId: 'ozu_1', type: 'CreditCardSale', atMs });

const within = (fromMs: number, toMs: number, type?: Row['type']): TransactionFilter => ({
  merchantId: 'ozu_1',
  transactionId: undefined,
  attemptId: undefined,
  orderId: undefined,
  type,
  range: { fromMs, toMs },
});

const always = within(0, 400 * dayMs);

forEachEngine((_engine, open) => {
  let db: Database;
  beforeEach(async () => {
    db = await open();
    const before = migrations.filter(({ name }) => name < '0016');
    await migrate(db, before);
    for (const merchantId of ['ozu_1', 'ozu_2']) {
      await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings });
    }
  });

  test('a count is that of the rows, in any range and of any type, with rows from before there were counts', async () => {
    // On and around the edges of six days, of two merchants, in no order of time.
    const moments = Array.from({ length: 6 }, (_none, day) =>
      [0, 1, 41_234_567, dayMs - 1].map((ms) => day * dayMs + ms),
    );
    const rows = moments.flat().flatMap((atMs, i): Row[] => {
      const type = types[i % 3] ?? 'CreditCardSale';
      return [
        { merchantId: 'ozu_1', type, atMs },
        { merchantId: i % 4 === 0 ? 'ozu_2' : 'ozu_1', type, atMs },
      ];
    });
    const mixed = rows.map((row, i) => ({ row, order: (i * 29) % rows.length })).sort((a, b) => a.order - b.order);
    const half = mixed.slice(0, 20).map(({ row }) => row);
    await insert(db, half);
    await migrate(db, migrations);
    await insert(
      db,
      mixed.slice(20).map(({ row }) => row),
    );
    const edges = [
      0,
      1,
      41_234_567,
      dayMs - 1,
      dayMs,
      2 * dayMs - 1,
      3 * dayMs + 5,
      4 * dayMs,
      6 * dayMs - 1,
      9 * dayMs,
    ];
    const wrong: unknown[] = [];
    for (const fromMs of edges) {
      for (const toMs of edges.filter((edge) => edge >= fromMs)) {
        for (const type of [undefined, types[1]]) {
          const expected = rows.filter(
            (row) =>
              row.merchantId === 'ozu_1' &&
              (type === undefined || row.type === type) &&
              row.atMs >= fromMs &&
              row.atMs <= toMs,
          ).length;
          const found = await countTransactions(db, within(fromMs, toMs, type));
          if (found !== expected) wrong.push({ fromMs, toMs, type, expected, found });
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('while rows from before are counted, an older program takes payments, and nothing is missed or counted twice', async () => {
    await insert(db, [saleAt(1), saleAt(dayMs)]);
    if (db.engine === 'sqlite') return;
    const [held, isWaiting] = [
      sql`SELECT pg_advisory_xact_lock(16)`,
      sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 16 AND NOT granted`,
    ];
    // Whatever goes through the table has done so, and is not committed, until it has this lock.
    const slow = migrations.map(({ name, text }) =>
      /FROM transactions\b/.test(text) && name >= '0016' ? { name, text: `${text}; ${held.text}` } : { name, text },
    );
    const migrated = await db.transact(async (tx) => {
      await tx.one(held);
      const migrating = migrate(db, slow);
      while ((await db.one(isWaiting)) === undefined) await setTimeout(20);
      await insert(db, [saleAt(2), saleAt(2 * dayMs)]);
      return { migrating };
    });
    await migrated.migrating;
    expect(await countTransactions(db, always)).toBe(4);
    expect(await countTransactions(db, within(0, dayMs - 1))).toBe(2);
  });

  test('commits at the same time all count, and one that is given up does not', async () => {
    await migrate(db, migrations);
    const payments = Array.from({ length: 40 }, (_none, i) =>
      db.transact(async (tx) => {
        await insert(tx, [saleAt(dayMs + i)]);
        if (i % 4 === 0) throw new Error('given up');
      }),
    );
    await Promise.allSettled(payments);
    expect(await countTransactions(db, always)).toBe(30);
    // A clock that was set back writes into a day that is over.
    await insert(db, [saleAt(5)]);
    expect(await countTransactions(db, within(0, dayMs + 1))).toBe(2);
    expect(await countTransactions(db, always)).toBe(31);
  });

  test('a payment does not wait until the count of another is committed', async () => {
    await migrate(db, migrations);
    if (db.engine === 'sqlite') return;
    await db.transact(async (tx) => {
      await insert(tx, [saleAt(1)]);
      await db.transact((other) => insert(other, [saleAt(2), saleAt(3)]));
      expect(await countTransactions(db, always)).toBe(2);
    });
    expect(await countTransactions(db, always)).toBe(3);
    const lanes = await db.all(sql`SELECT lane, total FROM transaction_counts ORDER BY lane`);
    expect(lanes).toEqual([
      { lane: 0, total: 1 },
      { lane: 1, total: 2 },
    ]);
  });

  test('a row of the ledger is not deleted', async () => {
    await migrate(db, migrations);
    await insert(db, [saleAt(1)]);
    await expect(db.run(sql`DELETE FROM transactions`)).rejects.toThrow('a transaction is not deleted');
    expect(await countTransactions(db, always)).toBe(1);
  });
});
