// Differences between the processors' books and ours, the bookings among them that are being undone, and the days that
// were compared.
import type { Difference } from '@ozura/core/attempt-comparison';
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface NewDiscrepancy extends Difference {
  readonly discrepancyId: string;
  readonly merchantId: string;
  readonly processor: string;
  readonly account: string;
  /** Set when it is to be undone. */
  readonly undo: 'pending' | undefined;
}

/** Zero when it was raised before. */
export async function insertDiscrepancy(db: Handle, difference: NewDiscrepancy): Promise<number> {
  const nowMs = await db.now();
  return db.run(sql`
    INSERT INTO discrepancies (discrepancy_id, kind, merchant_id, processor, account, reference,
      processor_transaction_id, amount_minor, currency, found_at, undo, next_check_at, lease_until)
    VALUES (${difference.discrepancyId}, ${difference.kind}, ${difference.merchantId}, ${difference.processor},
      ${difference.account}, ${difference.reference}, ${difference.processorTransactionId},
      ${Number(difference.amountMinor)}, ${difference.currency}, ${nowMs}, ${difference.undo ?? null},
      ${difference.undo === undefined ? null : nowMs}, 0)
    ON CONFLICT DO NOTHING`);
}

/** A booking that must not stand. */
export interface Undoing {
  readonly discrepancyId: string;
  readonly processor: string;
  readonly account: string;
  readonly reference: string;
  readonly processorTransactionId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly foundAtMs: number;
}

type UndoingRow = {
  discrepancy_id: string;
  processor: string;
  account: string;
  reference: string;
  processor_transaction_id: string;
  amount_minor: number;
  currency: string;
  found_at: number;
};

export async function listDueUndoings(db: Handle, nowMs: number, limit: number): Promise<Undoing[]> {
  const rows = await db.all<UndoingRow>(sql`
    SELECT discrepancy_id, processor, account, reference, processor_transaction_id, amount_minor, currency, found_at
    FROM discrepancies WHERE next_check_at <= ${nowMs} AND lease_until <= ${nowMs} ORDER BY next_check_at LIMIT ${limit}`);
  return rows.map((row) => ({
    discrepancyId: row.discrepancy_id,
    processor: row.processor,
    account: row.account,
    reference: row.reference,
    processorTransactionId: row.processor_transaction_id,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    foundAtMs: row.found_at,
  }));
}

/** One: it is ours until `untilMs`. */
export const leaseUndoing = (
  db: Handle,
  discrepancyId: string,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> =>
  db.run(sql`
    UPDATE discrepancies SET lease_until = ${untilMs}
    WHERE discrepancy_id = ${discrepancyId} AND next_check_at <= ${nowMs} AND lease_until <= ${nowMs}`);

export const endUndoing = (db: Handle, discrepancyId: string, undo: 'voided' | 'refunded'): Promise<number> =>
  db.run(sql`
    UPDATE discrepancies SET undo = ${undo}, next_check_at = NULL WHERE discrepancy_id = ${discrepancyId}
      AND undo = 'pending'`);

export const postponeUndoing = (db: Handle, discrepancyId: string, nextCheckAtMs: number): Promise<number> =>
  db.run(sql`
    UPDATE discrepancies SET next_check_at = ${nextCheckAtMs}, lease_until = 0 WHERE discrepancy_id = ${discrepancyId}
      AND undo = 'pending'`);
