// Differences between the processors' books and ours, the bookings among them that are being undone, and the days that
// were compared.
import type { Difference, DifferenceKind } from '@ozura/core/attempt-comparison';
import type { DecidedDiscrepancy, DiscrepancyDecision } from '@ozura/core/discrepancy-decision';
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
  /** The last time that somebody was at it, at the latest; absent: nobody was. */
  readonly triedAtMs: number | undefined;
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
  lease_until: number;
};

export async function listDueUndoings(db: Handle, nowMs: number, limit: number): Promise<Undoing[]> {
  const rows = await db.all<UndoingRow>(sql`
    SELECT discrepancy_id, processor, account, reference, processor_transaction_id, amount_minor, currency, found_at,
      lease_until
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
    triedAtMs: row.lease_until === 0 ? undefined : row.lease_until,
  }));
}

/** One: it is ours until `untilMs`. Zero: somebody is at it, or was since it was listed. */
export const leaseUndoing = (
  db: Handle,
  { discrepancyId, triedAtMs = 0 }: Pick<Undoing, 'discrepancyId' | 'triedAtMs'>,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> =>
  db.run(sql`
    UPDATE discrepancies SET lease_until = ${untilMs}
    WHERE discrepancy_id = ${discrepancyId} AND next_check_at <= ${nowMs} AND lease_until <= ${nowMs}
      AND lease_until = ${triedAtMs}`);

export const endUndoing = (db: Handle, discrepancyId: string, undo: 'voided' | 'refunded'): Promise<number> =>
  db.run(sql`
    UPDATE discrepancies SET undo = ${undo}, next_check_at = NULL WHERE discrepancy_id = ${discrepancyId}
      AND undo = 'pending'`);

export const postponeUndoing = (
  db: Handle,
  discrepancyId: string,
  { triedAtMs, nextCheckAtMs }: { readonly triedAtMs: number; readonly nextCheckAtMs: number },
): Promise<number> =>
  db.run(sql`
    UPDATE discrepancies SET next_check_at = ${nextCheckAtMs}, lease_until = ${triedAtMs}
    WHERE discrepancy_id = ${discrepancyId} AND undo = 'pending'`);

/** As a person sees it. */
export interface Discrepancy extends DecidedDiscrepancy, Difference {
  readonly discrepancyId: string;
  readonly merchantId: string;
  readonly processor: string;
  readonly foundAtMs: number;
}

type DiscrepancyRow = Omit<UndoingRow, 'account' | 'lease_until'> & {
  kind: string;
  merchant_id: string;
  undo: string | null;
  decided_as: string | null;
  proposed_as: string | null;
  proposed_by: string | null;
  undo_refund_sent_at: number | null;
};

const columns = sql`discrepancy_id, kind, merchant_id, processor, reference, processor_transaction_id, amount_minor,
  currency, found_at, undo, decided_as, proposed_as, proposed_by, undo_refund_sent_at`;

const toDiscrepancy = (row: DiscrepancyRow): Discrepancy => ({
  discrepancyId: row.discrepancy_id,
  kind: row.kind as DifferenceKind,
  merchantId: row.merchant_id,
  processor: row.processor,
  reference: row.reference,
  processorTransactionId: row.processor_transaction_id,
  amountMinor: BigInt(row.amount_minor),
  currency: row.currency,
  foundAtMs: row.found_at,
  undo: (row.undo ?? undefined) as Discrepancy['undo'],
  decidedAs: (row.decided_as ?? undefined) as DiscrepancyDecision | undefined,
  proposal:
    row.proposed_as === null
      ? undefined
      : { decision: row.proposed_as as DiscrepancyDecision, by: row.proposed_by ?? '' },
  undoRefundSentAtMs: row.undo_refund_sent_at ?? undefined,
});

export async function findDiscrepancy(db: Handle, discrepancyId: string): Promise<Discrepancy | undefined> {
  const row = await db.one<DiscrepancyRow>(sql`
    SELECT ${columns} FROM discrepancies WHERE discrepancy_id = ${discrepancyId}`);
  return row && toDiscrepancy(row);
}

/** Those that nobody has decided, and that are not undone; the oldest first. */
export async function listOpenDiscrepancies(db: Handle, limit: number): Promise<Discrepancy[]> {
  const rows = await db.all<DiscrepancyRow>(sql`
    SELECT ${columns} FROM discrepancies WHERE decided_as IS NULL AND COALESCE(undo, 'pending') = 'pending'
    ORDER BY found_at, discrepancy_id LIMIT ${limit}`);
  return rows.map(toDiscrepancy);
}

/** Zero when it was decided meanwhile. */
export const proposeDecision = (
  tx: Handle,
  discrepancyId: string,
  { decision, by }: NonNullable<Discrepancy['proposal']>,
): Promise<number> =>
  tx.run(sql`
    UPDATE discrepancies SET proposed_as = ${decision}, proposed_by = ${by}
    WHERE discrepancy_id = ${discrepancyId} AND decided_as IS NULL`);

/** By the job. Zero when it is being undone just now, or is decided already. */
export const orderUndoing = (tx: Handle, discrepancyId: string, nowMs: number): Promise<number> =>
  tx.run(sql`
    UPDATE discrepancies SET undo = 'pending', next_check_at = ${nowMs}, proposed_as = NULL, proposed_by = NULL
    WHERE discrepancy_id = ${discrepancyId} AND decided_as IS NULL AND lease_until <= ${nowMs}
      AND COALESCE(undo, 'pending') = 'pending'`);

interface Ending {
  readonly decision: Exclude<DiscrepancyDecision, 'undo'>;
  /** Of our own refund, when the decision was made knowing of it. */
  readonly undoRefundSentAtMs: number | undefined;
  readonly nowMs: number;
}

/** For good: nothing is tried any more. Zero as above, or when a refund was sent meanwhile. */
export const endDiscrepancy = (
  tx: Handle,
  discrepancyId: string,
  { decision, undoRefundSentAtMs, nowMs }: Ending,
): Promise<number> =>
  tx.run(sql`
    UPDATE discrepancies SET decided_as = ${decision}, decided_at = ${nowMs}, undo = NULL, next_check_at = NULL,
      proposed_as = NULL, proposed_by = NULL
    WHERE discrepancy_id = ${discrepancyId} AND decided_as IS NULL AND lease_until <= ${nowMs}
      AND COALESCE(undo, 'pending') = 'pending' AND COALESCE(undo_refund_sent_at, 0) = ${undoRefundSentAtMs ?? 0}`);
