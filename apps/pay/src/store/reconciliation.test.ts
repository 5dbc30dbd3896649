// What processes share when they compare books and undo what must not stand, on both engines: each thing is done by one.
import { forEachSchema } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { beforeAll, expect, test } from 'vitest';
import {
  endComparison,
  leaseComparison,
  listChangedDays,
  listOpenDays,
  noteChange,
  reopenComparison,
} from './comparisons.ts';
import {
  endDiscrepancy,
  endUndoing,
  findDiscrepancy,
  insertDiscrepancy,
  leaseUndoing,
  listDueUndoings,
  listOpenDiscrepancies,
  type NewDiscrepancy,
  orderUndoing,
  postponeUndoing,
  proposeDecision,
} from './discrepancies.ts';
import { findUndoRefund, markUndoRefund, noteUndoMisses, unmarkUndoRefund } from './undo-refunds.ts';

const day = { merchantId: 'm', processor: 'sandbox', account: 'm', day: '2026-03-04' };
const ten = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 10 }, work));
const ones = (counts: readonly number[]): number => counts.filter((count) => count === 1).length;

forEachSchema((_engine, open) => {
  let db: Database;
  let made = 0;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
  });

  const late = (): NewDiscrepancy => {
    made += 1;
    return {
      discrepancyId: `evt_${made}`,
      merchantId: 'm',
      processor: 'sandbox',
      account: 'm',
      kind: 'late_approval',
      reference: `R${made}`,
      processorTransactionId: `sbx-${made}`,
      amountMinor: 1840n,
      currency: 'USD',
      undo: 'pending',
    };
  };

  test('a day is compared by one, by another when that one is gone, and not again when it is done', async () => {
    expect(ones(await ten(() => leaseComparison(db, day, { nowMs: 1_000, untilMs: 2_000 })))).toBe(1);
    expect(ones(await ten(() => leaseComparison(db, day, { nowMs: 2_000, untilMs: 3_000 })))).toBe(1);
    const since = { sinceDay: '2026-03-04', sinceMs: 0, untilDay: '2026-03-05' };
    expect(await listOpenDays(db, day, since)).toEqual(['2026-03-04']);
    expect(await listOpenDays(db, day, { ...since, sinceDay: '2026-03-05' })).toEqual([]);
    expect(await listOpenDays(db, day, { ...since, untilDay: '2026-03-04' })).toEqual([]);
    expect(await endComparison(db, day, 2_500)).toBe(1);
    expect(await listOpenDays(db, day, since)).toEqual([]);
    expect(await leaseComparison(db, day, { nowMs: 9_000, untilMs: 9_999 })).toBe(0);
  });

  test('a day that changed after it was compared, or shortly before, is opened again by one, however old', async () => {
    const old = { ...day, day: '2025-01-04' };
    const changed = (fromMs: number, untilMs: number) => listChangedDays(db, old, { fromMs, untilMs, graceMs: 15 });
    await leaseComparison(db, old, { nowMs: 1_000, untilMs: 2_000 });
    await endComparison(db, old, 1_500);
    expect(await changed(0, 9_000)).toEqual([]);
    await noteChange(db, old, 1_485);
    expect(await changed(0, 9_000)).toEqual([]);
    await noteChange(db, old, 1_490);
    expect([await changed(1_491, 9_000), await changed(0, 1_490)]).toEqual([[], []]);
    const found = { day: old.day, comparedAtMs: 1_500 };
    expect(await changed(0, 9_000)).toEqual([found]);
    expect(ones(await ten(() => reopenComparison(db, old, found)))).toBe(1);
    const late = { sinceDay: '2026-03-04', untilDay: '2026-03-09' };
    expect(await listOpenDays(db, old, { ...late, sinceMs: 1_490 })).toContain(old.day);
    expect(await listOpenDays(db, old, { ...late, sinceMs: 1_491 })).not.toContain(old.day);
    expect(await leaseComparison(db, old, { nowMs: 3_000, untilMs: 4_000 })).toBe(1);
    await endComparison(db, old, 3_000);
    expect(await changed(0, 9_000)).toEqual([]);
  });

  test('a difference is raised once, however many find it', async () => {
    const found = late();
    const ids = Array.from({ length: 10 }, (_none, i) => `${found.discrepancyId}-${i}`);
    const written = await Promise.all(ids.map((discrepancyId) => insertDiscrepancy(db, { ...found, discrepancyId })));
    expect(ones(written)).toBe(1);
  });

  test('a late approval is undone by one at a time, until it is undone', async () => {
    const { discrepancyId, ...found } = late();
    await insertDiscrepancy(db, { ...found, discrepancyId });
    const nowMs = await db.now();
    const due = await listDueUndoings(db, nowMs, 100);
    expect(due.find(({ reference }) => reference === found.reference)).toMatchObject({ amountMinor: 1840n });
    const listed = { discrepancyId, triedAtMs: undefined };
    expect(ones(await ten(() => leaseUndoing(db, listed, { nowMs, untilMs: nowMs + 1_000 })))).toBe(1);
    await postponeUndoing(db, discrepancyId, { triedAtMs: nowMs, nextCheckAtMs: nowMs + 5 });
    expect(await leaseUndoing(db, listed, { nowMs, untilMs: nowMs + 1_000 })).toBe(0);
    const [again] = (await listDueUndoings(db, nowMs + 5, 100)).filter(
      ({ reference }) => reference === found.reference,
    );
    expect(again?.triedAtMs).toBe(nowMs);
    // Whoever listed it before somebody tried does not know of that.
    expect(await leaseUndoing(db, listed, { nowMs: nowMs + 5, untilMs: nowMs + 6 })).toBe(0);
    expect(await leaseUndoing(db, { ...listed, ...again }, { nowMs: nowMs + 5, untilMs: nowMs + 6 })).toBe(1);
    expect(await endUndoing(db, discrepancyId, 'voided')).toBe(1);
    expect(await endUndoing(db, discrepancyId, 'refunded')).toBe(0);
    const ended = { discrepancyId, triedAtMs: nowMs + 6 };
    expect(await leaseUndoing(db, ended, { nowMs: nowMs + 9, untilMs: nowMs + 99 })).toBe(0);
  });

  test('its refund is sent by one, and again only when it is proven that it was not sent', async () => {
    const { discrepancyId, ...found } = late();
    await insertDiscrepancy(db, { ...found, discrepancyId });
    const of = { discrepancyId };
    expect(ones(await ten(() => markUndoRefund(db, of, 1)))).toBe(1);
    expect(await markUndoRefund(db, of, 2)).toBe(0);
    const misses = { count: 2, lastAtMs: 9 };
    expect(await noteUndoMisses(db, of, { sentAtMs: 1, misses })).toBe(1);
    expect(await findUndoRefund(db, of)).toEqual({ sentAtMs: 1, misses });
    // What was proven about one of them says nothing about another.
    expect(await unmarkUndoRefund(db, of, 2)).toBe(0);
    expect(ones(await ten(() => unmarkUndoRefund(db, of, 1)))).toBe(1);
    expect(await findUndoRefund(db, of)).toBeUndefined();
    expect(await markUndoRefund(db, of, 3)).toBe(1);
    expect(await findUndoRefund(db, of)).toEqual({ sentAtMs: 3, misses: { count: 0, lastAtMs: 0 } });
    // Nobody ends it without knowing of a refund that was sent while he decided.
    const end = (undoRefundSentAtMs: number | undefined) =>
      endDiscrepancy(db, discrepancyId, { decision: 'undone', undoRefundSentAtMs, nowMs: 9 });
    expect([await end(undefined), await end(1), await end(3)]).toEqual([0, 0, 1]);
  });

  test('a person ends a late approval once, and not while it is being undone', async () => {
    const { discrepancyId, ...found } = late();
    await insertDiscrepancy(db, { ...found, discrepancyId });
    const nowMs = await db.now();
    const isOpen = async () =>
      (await listOpenDiscrepancies(db, 1_000)).some((one) => one.discrepancyId === discrepancyId);
    const end = () => endDiscrepancy(db, discrepancyId, { decision: 'kept', undoRefundSentAtMs: undefined, nowMs });
    await proposeDecision(db, discrepancyId, { decision: 'kept', by: 'ana' });
    expect(await findDiscrepancy(db, discrepancyId)).toMatchObject({
      amountMinor: 1840n,
      undo: 'pending',
      decidedAs: undefined,
      proposal: { decision: 'kept', by: 'ana' },
    });
    await leaseUndoing(db, { discrepancyId, triedAtMs: undefined }, { nowMs, untilMs: nowMs + 1_000 });
    expect([await end(), await orderUndoing(db, discrepancyId, nowMs), await isOpen()]).toEqual([0, 0, true]);
    await postponeUndoing(db, discrepancyId, { triedAtMs: nowMs, nextCheckAtMs: nowMs + 9_000 });
    expect(await orderUndoing(db, discrepancyId, nowMs)).toBe(1);
    expect(await findDiscrepancy(db, discrepancyId)).toMatchObject({ undo: 'pending', proposal: undefined });
    expect(ones(await ten(end))).toBe(1);
    const ended = { discrepancyId, triedAtMs: nowMs };
    expect(await leaseUndoing(db, ended, { nowMs: nowMs + 9_000, untilMs: nowMs + 9_999 })).toBe(0);
    expect(await proposeDecision(db, discrepancyId, { decision: 'undo', by: 'bob' })).toBe(0);
    expect(await orderUndoing(db, discrepancyId, nowMs)).toBe(0);
    expect(await findDiscrepancy(db, discrepancyId)).toMatchObject({ undo: undefined, decidedAs: 'kept' });
    expect(await isOpen()).toBe(false);
  });

  test('what the programs have undone waits for nobody, and what they left alone can still be undone', async () => {
    const [undone, left] = [late(), { ...late(), undo: undefined }];
    for (const one of [undone, left]) await insertDiscrepancy(db, one);
    await endUndoing(db, undone.discrepancyId, 'voided');
    const open = (await listOpenDiscrepancies(db, 1_000)).map(({ discrepancyId }) => discrepancyId);
    expect([open.includes(undone.discrepancyId), open.includes(left.discrepancyId)]).toEqual([false, true]);
    const nowMs = await db.now();
    expect(await orderUndoing(db, undone.discrepancyId, nowMs)).toBe(0);
    expect(await orderUndoing(db, left.discrepancyId, nowMs)).toBe(1);
    expect((await listDueUndoings(db, nowMs, 100)).map(({ discrepancyId }) => discrepancyId)).toContain(
      left.discrepancyId,
    );
  });

  test('what is being undone has a next check, and what is not has none', async () => {
    const { discrepancyId, ...found } = late();
    await insertDiscrepancy(db, { ...found, discrepancyId });
    const update = (text: ReturnType<typeof sql>) => expect(db.run(text)).rejects.toThrow();
    await update(sql`UPDATE discrepancies SET next_check_at = NULL WHERE discrepancy_id = ${discrepancyId}`);
    await update(sql`UPDATE discrepancies SET undo = 'voided' WHERE discrepancy_id = ${discrepancyId}`);
    await update(sql`UPDATE discrepancies SET amount_minor = -1 WHERE discrepancy_id = ${discrepancyId}`);
  });
});
