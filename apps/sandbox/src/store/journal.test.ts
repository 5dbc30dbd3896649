// The journal on both engines.

import { forEachEngine } from '@ozura/e2e/databases';
import type { Database } from '@ozura/kit/db/handle';
import { sql } from '@ozura/kit/db/handle';
import { beforeAll, expect, test } from 'vitest';
import {
  type BookedEntry,
  type Entry,
  entriesByReference,
  insertEntry,
  insertSettlement,
  nextEntryNumber,
  salesBookedBetween,
} from './journal.ts';

const farAwayMs = 4_000_000_000_000;

const sale = (reference: string, number: number): Entry => ({
  kind: 'sale',
  method: 'card',
  settlesAtMs: farAwayMs,
  visibleAtMs: 0,
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

  const book = (reference: string): Promise<Entry> =>
    db.transact(async (tx) => {
      const number = await nextEntryNumber(tx);
      const entry = sale(reference, number);
      await insertEntry(tx, number, entry);
      return entry;
    });

  const bookAbout = (entry: Entry, changes: Partial<Entry>): Promise<Entry> =>
    db.transact(async (tx) => {
      const number = await nextEntryNumber(tx);
      const about = { ...sale(`X${number}`, number), original: entry.transactionId, ...changes };
      await insertEntry(tx, number, about);
      return about;
    });

  const only = async (reference: string): Promise<BookedEntry | undefined> =>
    (await entriesByReference(db, reference))[0];

  test('a sale is read back as it was booked', async () => {
    const entry = await book('A1');
    expect(await entriesByReference(db, 'A1')).toEqual([
      { ...entry, entryNumber: 1, bookedAtMs: expect.any(Number), refundedMinor: 0, settled: false },
    ]);
  });

  test('two sales with one reference are two entries, the older first', async () => {
    const first = await book('B1');
    const second = await book('B1');
    const ids = (await entriesByReference(db, 'B1')).map(({ transactionId }) => transactionId);
    expect(ids).toEqual([first.transactionId, second.transactionId]);
  });

  test('fifty sales at once get fifty numbers', async () => {
    const sales = await Promise.all(Array.from({ length: 50 }, () => book('C1')));
    expect(new Set(sales.map(({ transactionId }) => transactionId)).size).toBe(50);
  });

  test('a void marks its sale, and a second one is refused', async () => {
    const entry = await book('D1');
    const undo = () => bookAbout(entry, { kind: 'void', status: 'voided' });
    await undo();
    expect(await only('D1')).toMatchObject({ voidId: expect.stringMatching(/^sbx-/) });
    await expect(undo()).rejects.toThrow();
  });

  test('refunds add up, apart from those that were declined or undone', async () => {
    const entry = await book('D2');
    await bookAbout(entry, { kind: 'refund', amountMinor: 300 });
    await bookAbout(entry, { kind: 'refund', amountMinor: 20, status: 'declined' });
    const undone = await bookAbout(entry, { kind: 'refund', amountMinor: 5 });
    expect((await only('D2'))?.refundedMinor).toBe(305);
    await bookAbout(undone, { kind: 'void', status: 'voided' });
    expect((await only('D2'))?.refundedMinor).toBe(300);
  });

  test('a review ends with its decision, and there is one', async () => {
    const entry = await book('D3');
    await bookAbout(entry, { kind: 'decision', status: 'declined', declineCode: 'lost_card' });
    expect(await only('D3')).toMatchObject({ status: 'declined', declineCode: 'lost_card' });
    await expect(bookAbout(entry, { kind: 'decision' })).rejects.toThrow();
  });

  test('a settlement settles what its merchant booked before', async () => {
    await book('D4');
    expect((await only('D4'))?.settled).toBe(false);
    await db.transact(async (tx) => insertSettlement(tx, await nextEntryNumber(tx), 'ozu_other'));
    expect((await only('D4'))?.settled).toBe(false);
    await db.transact(async (tx) => insertSettlement(tx, await nextEntryNumber(tx), 'ozu_sandbox'));
    expect((await only('D4'))?.settled).toBe(true);
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
