// Refunds and voids: each call to a processor that gives money back. Every move is a compare-and-set on the state it leaves.
import type { Misses } from '@ozura/core/attempt-evidence';
import type { Outcome } from '@ozura/core/attempt-outcome';
import type { RefundMeans, RefundOperation, RefundState } from '@ozura/core/refund';
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface NewRefund {
  /** Also our reference at the processor, and the id of the transaction. */
  readonly refundId: string;
  readonly merchantId: string;
  readonly operation: RefundOperation;
  readonly idempotencyKey: string | undefined;
  readonly ordinal: number;
  /** Keyed hash of the normalised request. */
  readonly fingerprint: string;
  /** The transaction whose money is given back. */
  readonly saleId: string;
  readonly means: RefundMeans;
  readonly processor: string;
  readonly account: string;
  readonly amountMinor: bigint;
  readonly surchargeMinor: bigint;
  /** Left of the sale after it. */
  readonly remainingMinor: bigint;
  readonly currency: string;
  readonly reason: string | undefined;
  /** In which it was made. */
  readonly traceId?: string | undefined;
}

export interface Refund extends NewRefund {
  readonly state: RefundState;
  readonly outcome: Outcome | undefined;
  readonly createdAtMs: number;
  readonly sentAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly misses: Misses;
}

type RefundRow = {
  refund_id: string;
  merchant_id: string;
  operation: string;
  idempotency_key: string | null;
  ordinal: number;
  fingerprint: string;
  sale_id: string;
  means: string;
  processor: string;
  account: string;
  amount_minor: number;
  surcharge_minor: number;
  remaining_minor: number;
  currency: string;
  reason: string | null;
  state: string;
  outcome: string | null;
  created_at: number;
  sent_at: number | null;
  ended_at: number | null;
  misses: number;
  last_miss_at: number;
  trace_id: string | null;
};

const columns = sql`refund_id, merchant_id, operation, idempotency_key, ordinal, fingerprint, sale_id, means, processor,
  account, amount_minor, surcharge_minor, remaining_minor, currency, reason, state, outcome, created_at, sent_at, ended_at,
  misses, last_miss_at, trace_id`;

const toRefund = (row: RefundRow): Refund => ({
  refundId: row.refund_id,
  merchantId: row.merchant_id,
  operation: row.operation as RefundOperation,
  idempotencyKey: row.idempotency_key ?? undefined,
  ordinal: row.ordinal,
  fingerprint: row.fingerprint,
  saleId: row.sale_id,
  means: row.means as RefundMeans,
  processor: row.processor,
  account: row.account,
  amountMinor: BigInt(row.amount_minor),
  surchargeMinor: BigInt(row.surcharge_minor),
  remainingMinor: BigInt(row.remaining_minor),
  currency: row.currency,
  reason: row.reason ?? undefined,
  state: row.state as RefundState,
  outcome: row.outcome === null ? undefined : (JSON.parse(row.outcome) as Outcome),
  createdAtMs: row.created_at,
  sentAtMs: row.sent_at ?? undefined,
  endedAtMs: row.ended_at ?? undefined,
  misses: { count: row.misses, lastAtMs: row.last_miss_at },
  traceId: row.trace_id ?? undefined,
});

/** Zero when the idempotency key is taken. The next check turns a refund that was never sent into one that never will be. */
export function insertRefund(
  tx: Handle,
  refund: NewRefund,
  { nowMs, nextCheckAtMs }: { readonly nowMs: number; readonly nextCheckAtMs: number },
): Promise<number> {
  return tx.run(sql`
    INSERT INTO refunds (refund_id, merchant_id, operation, idempotency_key, ordinal, fingerprint, sale_id, means, processor,
      account, amount_minor, surcharge_minor, remaining_minor, currency, reason, trace_id, state, created_at,
      next_check_at, lease_until, misses, last_miss_at)
    VALUES (${refund.refundId}, ${refund.merchantId}, ${refund.operation}, ${refund.idempotencyKey ?? null},
      ${refund.ordinal}, ${refund.fingerprint}, ${refund.saleId}, ${refund.means}, ${refund.processor}, ${refund.account},
      ${Number(refund.amountMinor)}, ${Number(refund.surchargeMinor)}, ${Number(refund.remainingMinor)},
      ${refund.currency}, ${refund.reason ?? null}, ${refund.traceId ?? null}, 'INTENT', ${nowMs}, ${nextCheckAtMs}, 0, 0, 0)
    ON CONFLICT (merchant_id, operation, idempotency_key, ordinal) DO NOTHING`);
}

/** Those that are looked into until their outcome is known. */
type OpenRefunds = {
  readonly count: number;
  /** When the one that has waited longest was sent; `null` when there is none. */
  readonly oldestMs: number | null;
};

export async function countOpenRefunds(db: Handle): Promise<OpenRefunds> {
  const open = await db.one<OpenRefunds>(sql`
    SELECT count(*) AS count, min(COALESCE(sent_at, created_at)) AS "oldestMs"
    FROM refunds WHERE next_check_at >= 0`);
  return open ?? { count: 0, oldestMs: null };
}

export async function findRefund(db: Handle, refundId: string): Promise<Refund | undefined> {
  const row = await db.one<RefundRow>(sql`SELECT ${columns} FROM refunds WHERE refund_id = ${refundId}`);
  return row && toRefund(row);
}

export type RefundKey = Pick<NewRefund, 'merchantId' | 'operation' | 'idempotencyKey'>;

/** The last one of the request: what it came to. */
export async function findRefundByKey(
  db: Handle,
  { merchantId, operation, idempotencyKey }: RefundKey,
): Promise<Refund | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const row = await db.one<RefundRow>(sql`
    SELECT ${columns} FROM refunds
    WHERE merchant_id = ${merchantId} AND operation = ${operation} AND idempotency_key = ${idempotencyKey}
    ORDER BY ordinal DESC LIMIT 1`);
  return row && toRefund(row);
}

/** Of all of the request, when they have ended; another call may take it then. */
export const freeRefundKey = (db: Handle, { merchantId, operation, idempotencyKey = '' }: RefundKey): Promise<number> =>
  db.run(sql`
    UPDATE refunds SET idempotency_key = NULL
    WHERE merchant_id = ${merchantId} AND operation = ${operation} AND idempotency_key = ${idempotencyKey}
      AND NOT EXISTS (SELECT 1 FROM refunds AS open WHERE open.merchant_id = ${merchantId}
        AND open.operation = ${operation} AND open.idempotency_key = ${idempotencyKey}
        AND open.state IN ('INTENT', 'SENT', 'UNKNOWN', 'REVIEW'))`);

/** The one that took its place: of one sale at most one void is followed by a refund. */
export async function findFollowingRefund(
  db: Handle,
  { saleId, operation, fingerprint, ordinal }: Pick<Refund, 'saleId' | 'operation' | 'fingerprint' | 'ordinal'>,
): Promise<Refund | undefined> {
  const row = await db.one<RefundRow>(sql`
    SELECT ${columns} FROM refunds
    WHERE sale_id = ${saleId} AND operation = ${operation} AND fingerprint = ${fingerprint} AND ordinal > ${ordinal}
    ORDER BY ordinal DESC LIMIT 1`);
  return row && toRefund(row);
}

/** All of a sale, the oldest first. */
export async function listRefundsOf(db: Handle, saleId: string): Promise<Refund[]> {
  const rows = await db.all<RefundRow>(sql`
    SELECT ${columns} FROM refunds WHERE sale_id = ${saleId} ORDER BY created_at, refund_id`);
  return rows.map(toRefund);
}

/** Those that wait for a person, the oldest first. */
export async function listRefundsInReview(db: Handle, limit: number): Promise<Refund[]> {
  const rows = await db.all<RefundRow>(sql`
    SELECT ${columns} FROM refunds WHERE state = 'REVIEW' ORDER BY sent_at, refund_id LIMIT ${limit}`);
  return rows.map(toRefund);
}

/** Whether another refund goes by the processor's id. */
export async function isRefundKnown(
  db: Handle,
  { refundId, processor, account }: Pick<Refund, 'refundId' | 'processor' | 'account'>,
  processorTransactionId: string,
): Promise<boolean> {
  const row = await db.one(sql`
    SELECT 1 AS known FROM refunds
    WHERE processor = ${processor} AND account = ${account} AND processor_transaction_id = ${processorTransactionId}
      AND refund_id <> ${refundId}`);
  return row !== undefined;
}

/** What changes with a state; what is left out stays. */
export interface RefundMoveFields {
  readonly outcome?: Outcome;
  readonly sentAtMs?: number;
  readonly endedAtMs?: number;
  /** Absent: nothing is left to be checked. */
  readonly nextCheckAtMs?: number;
}

/** Zero: somebody else moved it first. */
export function moveRefund(
  tx: Handle,
  { refundId, from, to }: { readonly refundId: string; readonly from: RefundState; readonly to: RefundState },
  { outcome, sentAtMs, endedAtMs, nextCheckAtMs }: RefundMoveFields,
): Promise<number> {
  const processorId = outcome?.kind === 'approved' ? outcome.processorTransactionId : null;
  return tx.run(sql`
    UPDATE refunds SET
      state = ${to},
      outcome = COALESCE(${outcome === undefined ? null : JSON.stringify(outcome)}, outcome),
      processor_transaction_id = COALESCE(${processorId}, processor_transaction_id),
      sent_at = COALESCE(${sentAtMs ?? null}, sent_at),
      ended_at = COALESCE(${endedAtMs ?? null}, ended_at),
      next_check_at = ${nextCheckAtMs ?? null}
    WHERE refund_id = ${refundId} AND state = ${from}`);
}

/** Written before a void is asked for once more. */
export const noteRefundVoidAsked = (db: Handle, refundId: string, nowMs: number): Promise<number> =>
  db.run(sql`UPDATE refunds SET last_miss_at = ${nowMs} WHERE refund_id = ${refundId} AND means = 'void'`);

/** Refunds whose next check has come and that nobody is looking at, the longest waiting first. */
export async function findDueRefunds(db: Handle, nowMs: number, limit: number): Promise<string[]> {
  const rows = await db.all<{ refund_id: string }>(sql`
    SELECT refund_id FROM refunds WHERE next_check_at <= ${nowMs} AND lease_until <= ${nowMs}
    ORDER BY next_check_at LIMIT ${limit}`);
  return rows.map((row) => row.refund_id);
}

/** When the next check comes that may decide something by itself: what is in review waits for a person. */
export async function findNextRefundAt(db: Handle, afterMs: number): Promise<number | undefined> {
  const row = await db.one<{ due: number | null }>(sql`
    SELECT min(next_check_at) AS due FROM refunds WHERE next_check_at > ${afterMs} AND state <> 'REVIEW'`);
  return row?.due ?? undefined;
}

/** One: the refund is ours until `untilMs`. Zero: another process has it, or it is settled. */
export const leaseRefund = (
  db: Handle,
  refundId: string,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> =>
  db.run(sql`
    UPDATE refunds SET lease_until = ${untilMs}
    WHERE refund_id = ${refundId} AND next_check_at <= ${nowMs} AND lease_until <= ${nowMs}`);

/** Gives the lease back. A refund that was moved meanwhile keeps the next check that came with the move, or none. */
export const releaseRefund = (
  db: Handle,
  { refundId, state }: Pick<Refund, 'refundId' | 'state'>,
  { nextCheckAtMs, misses }: { readonly nextCheckAtMs: number; readonly misses: Misses },
): Promise<number> =>
  db.run(sql`
    UPDATE refunds SET lease_until = 0, misses = ${misses.count},
      last_miss_at = CASE WHEN last_miss_at > ${misses.lastAtMs} THEN last_miss_at ELSE ${misses.lastAtMs} END,
      next_check_at = CASE WHEN state = ${state} THEN ${nextCheckAtMs} ELSE next_check_at END
    WHERE refund_id = ${refundId} AND next_check_at IS NOT NULL`);
