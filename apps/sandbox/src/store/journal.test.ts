// The journal on both engines.

import { forEachEngine } from '@ozura/e2e/databases';
import type { Database } from '@ozura/kit/db/handle';
import { sql } from '@ozura/kit/db/handle';
import { beforeAll, expect, test } from 'vitest';
import {
  insertSale,
  insertVoid,
  nextEntryNumber,
  type SaleEntry,
  salesBookedBetween,
  salesByReference,
} from './journal.ts';

const sale = (reference: string, number: number): SaleEntry => ({
  transactionId: `sbx-${number}`,
  reference,
  merchant: 'ozu_sandbox',
  status: 'approved',
  amountMinor: 1840,
  currency: 'USD',
  bin: '424242',
  lastFour: '4242',
  authCode: '012345',
  avsResult: 'Y',
  cvvResult: 'M',
});

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
  });

  const book = (reference: string): Promise<SaleEntry> =>
    db.transact(async (tx) => {
      const number = await nextEntryNumber(tx);
      const entry = sale(reference, number);
      await insertSale(tx, number, entry);
      return entry;
    });

  test('a sale is read back as it was booked', async () => {
    const entry = await book('A1');
    expect(await salesByReference(db, 'A1')).toEqual([{ ...entry, bookedAtMs: expect.any(Number), voided: false }]);
  });

  test('two sales with one reference are two entries, the older first', async () => {
    const first = await book('B1');
    const second = await book('B1');
    const ids = (await salesByReference(db, 'B1')).map(({ transactionId }) => transactionId);
    expect(ids).toEqual([first.transactionId, second.transactionId]);
  });

  test('fifty sales at once get fifty numbers', async () => {
    const sales = await Promise.all(Array.from({ length: 50 }, () => book('C1')));
    expect(new Set(sales.map(({ transactionId }) => transactionId)).size).toBe(50);
  });

  test('a void marks its sale, and a second one is refused', async () => {
    const entry = await book('D1');
    const undo = (): Promise<void> =>
      db.transact(async (tx) => {
        const number = await nextEntryNumber(tx);
        await insertVoid(tx, number, { id: `sbx-${number}`, sale: entry });
      });
    await undo();
    expect((await salesByReference(db, 'D1'))[0]?.voided).toBe(true);
    await expect(undo()).rejects.toThrow();
  });

  test('a day lists the sales of its time and no others', async () => {
    await book('E1');
    const now = await db.now();
    const listed = await salesBookedBetween(db, now - 60_000, now + 60_000);
    expect(listed.map(({ reference }) => reference)).toContain('E1');
    expect(await salesBookedBetween(db, now - 120_000, now - 60_000)).toEqual([]);
  });

  test('no entry is changed or removed', async () => {
    await book('F1');
    await expect(db.run(sql`UPDATE entries SET amount_minor = 1`)).rejects.toThrow('append-only');
    await expect(db.run(sql`DELETE FROM entries`)).rejects.toThrow('append-only');
  });
});
