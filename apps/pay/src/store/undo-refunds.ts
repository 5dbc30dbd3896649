// Refunds that undo a booking which must not stand, of an attempt or of a late approval: when each was sent, and how often
// the processor has not found it since.
import type { Misses } from '@ozura/core/attempt-evidence';
import { type Handle, type Statement, sql } from '@ozura/kit/db/handle';

export type UndoOf = { readonly attemptId: string } | { readonly discrepancyId: string };

const table = (of: UndoOf): Statement => ('attemptId' in of ? sql`attempts` : sql`discrepancies`);

const stillPending = (of: UndoOf): Statement =>
  'attemptId' in of
    ? sql`attempt_id = ${of.attemptId} AND state = 'VOID_PENDING'`
    : sql`discrepancy_id = ${of.discrepancyId} AND undo = 'pending'`;

/** One: it may be sent now, by whoever asked, and by nobody else. */
export const markUndoRefund = (db: Handle, of: UndoOf, nowMs: number): Promise<number> =>
  db.run(sql`
    UPDATE ${table(of)} SET undo_refund_sent_at = ${nowMs}, undo_misses = 0, undo_missed_at = 0
    WHERE ${stillPending(of)} AND undo_refund_sent_at IS NULL`);

/** It is proven that nothing came of the one that was sent at `sentAtMs`. */
export const unmarkUndoRefund = (db: Handle, of: UndoOf, sentAtMs: number): Promise<number> =>
  db.run(sql`
    UPDATE ${table(of)} SET undo_refund_sent_at = NULL
    WHERE ${stillPending(of)} AND undo_refund_sent_at = ${sentAtMs}`);

/** Sent, and nobody has said yet what became of it. */
export interface OpenUndoRefund {
  readonly sentAtMs: number;
  readonly misses: Misses;
}

type UndoRefundRow = { undo_refund_sent_at: number | null; undo_misses: number; undo_missed_at: number };

export async function findUndoRefund(db: Handle, of: UndoOf): Promise<OpenUndoRefund | undefined> {
  const row = await db.one<UndoRefundRow>(sql`
    SELECT undo_refund_sent_at, undo_misses, undo_missed_at FROM ${table(of)} WHERE ${stillPending(of)}`);
  const sentAtMs = row?.undo_refund_sent_at ?? undefined;
  if (row === undefined || sentAtMs === undefined) return undefined;
  return { sentAtMs, misses: { count: row.undo_misses, lastAtMs: row.undo_missed_at } };
}

export const noteUndoMisses = (db: Handle, of: UndoOf, { sentAtMs, misses }: OpenUndoRefund): Promise<number> =>
  db.run(sql`
    UPDATE ${table(of)} SET undo_misses = ${misses.count}, undo_missed_at = ${misses.lastAtMs}
    WHERE ${stillPending(of)} AND undo_refund_sent_at = ${sentAtMs}`);
