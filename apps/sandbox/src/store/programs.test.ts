import { forEachEngine } from '@ozura/e2e/databases';
import type { Database } from '@ozura/kit/db/handle';
import { beforeAll, expect, test } from 'vitest';
import { nextEntryNumber } from './journal.ts';
import { countStep, deletePrograms, insertProgram, type NewProgram, programsOf } from './programs.ts';

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
  });

  const insert = (program: NewProgram) =>
    db.transact(async (tx) => insertProgram(tx, await nextEntryNumber(tx), program));

  test('programs are read back, the newest first, with the steps they have taken', async () => {
    const plain: NewProgram = { merchant: 'ozu_a', match: {}, steps: ['approve'] };
    const whole: NewProgram = {
      merchant: 'ozu_a',
      match: { cardLastFour: '4242', orderId: 'o', amount: '1.00', operation: 'sale' },
      steps: ['review', 'approve'],
      inquiryLagSeconds: 5,
      processorClass: 3,
    };
    const [first, second] = [await insert(plain), await insert(whole)];
    await countStep(db, second.programNumber);
    expect(await programsOf(db, 'ozu_a')).toEqual([{ ...second, stepsTaken: 1 }, first]);
    expect(second).toMatchObject(whole);
    expect(await programsOf(db, 'ozu_b')).toEqual([]);
  });

  test('a merchant forgets his own programs and nobody else’s', async () => {
    await insert({ merchant: 'ozu_c', match: {}, steps: ['approve'] });
    await insert({ merchant: 'ozu_d', match: {}, steps: ['approve'] });
    expect(await deletePrograms(db, 'ozu_c')).toBe(1);
    expect(await programsOf(db, 'ozu_d')).toHaveLength(1);
  });
});
