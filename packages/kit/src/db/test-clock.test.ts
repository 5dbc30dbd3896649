import { forEachEngine } from '@ozura/e2e/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './handle.ts';
import { openDatabase } from './open.ts';
import { readClock, realTime, writeClock } from './test-clock.ts';

const aYearMs = 365 * 86_400_000;

forEachEngine((_engine, _open, create) => {
  describe('a database in test mode', () => {
    let url: string;
    let db: Database;
    let other: Database;
    let unmoved: Database;
    beforeAll(async () => {
      url = await create();
      // As two processes on one database would.
      [db, other] = await Promise.all([openDatabase({ url, testClock: true }), openDatabase({ url, testClock: true })]);
      unmoved = await openDatabase({ url });
    });
    afterAll(() => Promise.all([db, other, unmoved].map((one) => one?.close())));

    const aheadMs = async (one: Database): Promise<number> => (await one.now()) - (await unmoved.now());

    it('shows real time until its clock is moved', async () => {
      expect(await readClock(db)).toEqual({ offsetMs: 0, frozenAtMs: undefined });
      expect(Math.abs(await aheadMs(db))).toBeLessThan(1_000);
    });

    it('shows the moved time at once, on every handle and inside transactions', async () => {
      await writeClock(db, { offsetMs: aYearMs });
      for (const one of [db, other]) expect(Math.abs((await aheadMs(one)) - aYearMs)).toBeLessThan(1_000);
      const inside = await other.transact((tx) => tx.now());
      expect(Math.abs(inside - (await unmoved.now()) - aYearMs)).toBeLessThan(1_000);
    });

    it('stands still where it is told to', async () => {
      await writeClock(other, { offsetMs: 5, frozenAtMs: aYearMs });
      expect([await db.now(), await other.now(), await db.transact((tx) => tx.now())]).toEqual(Array(3).fill(aYearMs));
    });

    it('returns to real time', async () => {
      await writeClock(db, realTime);
      expect(Math.abs(await aheadMs(other))).toBeLessThan(1_000);
    });

    it('keeps its clock when it is opened again', async () => {
      await writeClock(db, { offsetMs: 0, frozenAtMs: 7 });
      const again = await openDatabase({ url, testClock: true });
      expect(await again.now()).toBe(7);
      await again.close();
    });
  });
});
