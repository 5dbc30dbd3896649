// An approval that surfaces after its attempt has ended without a payment (contract 12.3): an alarm, once, and a void
// unless the setting says that a person decides.
import { randomBytes } from 'node:crypto';
import { forEachEngine } from '@ozura/e2e/databases';
import type { Database } from '@ozura/kit/db/handle';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { PayContext } from './context.ts';
import { raiseLateApproval } from './discrepancies.ts';
import type { Attempt } from './store/attempts.ts';
import { listDueUndoings, listOpenDiscrepancies } from './store/discrepancies.ts';

const whose = { merchantId: 'ozu_bluekettle', processor: 'sandbox', account: 'ozu_bluekettle' };

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
  });
  const alarms = vi.fn();
  beforeEach(() => alarms.mockClear());

  const surface = async (attemptId: string, autoVoidLateApprovals?: boolean): Promise<void> => {
    const config = { autoVoidLateApprovals };
    const context = { db, config, random: randomBytes, log: { error: () => undefined }, metrics: { add: alarms } };
    const attempt = { ...whose, attemptId, amountMinor: 1840n, currency: 'USD', state: 'NOT_PROCESSED' };
    await raiseLateApproval(context as unknown as PayContext, attempt as Attempt, `sbx-${attemptId}`);
  };
  const undone = async () =>
    (await listDueUndoings(db, (await db.now()) + 1, 100)).map(({ reference, amountMinor }) => [
      reference,
      amountMinor,
    ]);

  test('is undone by the program, and by a person alone where the setting says so', async () => {
    for (const [attemptId, setting] of [['A1'], ['A2', true], ['A3', false]] as const) {
      await surface(attemptId, setting);
    }
    expect((await undone()).sort()).toEqual([
      ['A1', 1840n],
      ['A2', 1840n],
    ]);
    const open = await listOpenDiscrepancies(db, 100);
    expect(open.map(({ reference, undo }) => [reference, undo]).sort()).toEqual([
      ['A1', 'pending'],
      ['A2', 'pending'],
      ['A3', undefined],
    ]);
    expect(alarms).toHaveBeenCalledTimes(3);
  });

  test('is told once, however often it is found, and its undoing does not begin again', async () => {
    await surface('B1', false);
    await surface('B1', true);
    expect(alarms).toHaveBeenCalledTimes(1);
    expect((await undone()).filter(([reference]) => reference === 'B1')).toEqual([]);
  });
});
