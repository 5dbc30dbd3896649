// Money that moved: one row a sale, reversal, return or void (contract 8.5).
import type { SortField, TransactionQuery, TransactionType } from '@ozura/contract/pay/trans-query-fields';
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import { formatMoney } from '@ozura/core/money';
import { type Handle, join, raw, type Statement, sql, type Writing } from '@ozura/kit/db/handle';

export interface NewTransaction {
  readonly transactionId: string;
  readonly merchantId: string;
  readonly chargeId: string;
  /** Of a sale its attempt, of a refund or void the refund. */
  readonly attemptId: string;
  readonly type: TransactionType;
  readonly orderId: string | undefined;
  readonly amountMinor: bigint;
  /** As it is answered, apart from what changes later. */
  readonly row: TransactionRow;
  readonly atMs: number;
  /** Of a bank debit: when to ask what became of it. */
  readonly nextCheckAtMs?: number;
}

export interface Transaction extends Omit<NewTransaction, 'atMs' | 'nextCheckAtMs'> {
  readonly currency: string;
  /** Of a sale: what was refunded, or may have been. */
  readonly refundedMinor: bigint;
  readonly refundedSurchargeMinor: bigint;
}

export async function insertTransaction(tx: Writing, transaction: NewTransaction): Promise<void> {
  await tx.run(sql`
    INSERT INTO transactions (transaction_id, merchant_id, charge_id, attempt_id, transaction_type, status, order_id,
      amount_minor, refunded_minor, refunded_surcharge_minor, details, trans_date, created_at, next_check_at)
    VALUES (${transaction.transactionId}, ${transaction.merchantId}, ${transaction.chargeId}, ${transaction.attemptId},
      ${transaction.type}, ${transaction.row.status ?? 'approved'}, ${transaction.orderId ?? null}, ${Number(transaction.amountMinor)}, 0, 0,
      ${JSON.stringify(transaction.row)}, ${transaction.atMs}, ${transaction.atMs},
      ${transaction.nextCheckAtMs ?? null})`);
}

type StoredRow = {
  transaction_id: string;
  merchant_id: string;
  charge_id: string;
  attempt_id: string;
  transaction_type: string;
  order_id: string | null;
  amount_minor: number;
  refunded_minor: number;
  refunded_surcharge_minor: number;
  details: string;
};

function toTransaction(stored: StoredRow): Transaction {
  const row = JSON.parse(stored.details) as TransactionRow;
  return {
    transactionId: stored.transaction_id,
    merchantId: stored.merchant_id,
    chargeId: stored.charge_id,
    attemptId: stored.attempt_id,
    type: stored.transaction_type as TransactionType,
    orderId: stored.order_id ?? undefined,
    amountMinor: BigInt(stored.amount_minor),
    currency: row.currency ?? '',
    refundedMinor: BigInt(stored.refunded_minor),
    refundedSurchargeMinor: BigInt(stored.refunded_surcharge_minor),
    row,
  };
}

export async function findTransaction(
  db: Handle,
  merchantId: string,
  transactionId: string,
): Promise<Transaction | undefined> {
  const stored = await db.one<StoredRow>(sql`
    SELECT transaction_id, merchant_id, charge_id, attempt_id, transaction_type, order_id, amount_minor, refunded_minor,
      refunded_surcharge_minor, details
    FROM transactions WHERE transaction_id = ${transactionId} AND merchant_id = ${merchantId}`);
  return stored && toTransaction(stored);
}

/** Until this transaction ends, everybody else who wants to refund the sale waits here. */
export const lockTransaction = (tx: Handle, transactionId: string): Promise<number> =>
  tx.run(sql`UPDATE transactions SET refunded_minor = refunded_minor WHERE transaction_id = ${transactionId}`);

/** Negative amounts give back what was taken for a refund that did not happen. */
export const addRefunded = (
  tx: Handle,
  transactionId: string,
  { amountMinor, surchargeMinor }: { readonly amountMinor: bigint; readonly surchargeMinor: bigint },
): Promise<number> =>
  tx.run(sql`
    UPDATE transactions SET refunded_minor = refunded_minor + ${Number(amountMinor)},
      refunded_surcharge_minor = refunded_surcharge_minor + ${Number(surchargeMinor)}
    WHERE transaction_id = ${transactionId}`);

/** The filters of a query, with its times filled in. */
export type TransactionFilter = Pick<TransactionQuery, 'transactionId' | 'attemptId' | 'orderId' | 'type'> & {
  readonly merchantId: string;
  /** Absent: of any time. */
  readonly range: { readonly fromMs: number; readonly toMs: number } | undefined;
};

const SORT_COLUMNS: Readonly<Record<SortField, string>> = {
  createdAt: 'created_at',
  transDate: 'trans_date',
  amount: 'amount_minor',
  transactionType: 'transaction_type',
};

export async function listTransactions(
  db: Handle,
  filter: TransactionFilter,
  { page, limit, sortBy, sortOrder }: Pick<TransactionQuery, 'page' | 'limit' | 'sortBy' | 'sortOrder'>,
): Promise<TransactionRow[]> {
  const order = raw(`${SORT_COLUMNS[sortBy]} ${sortOrder}, transaction_id ${sortOrder}`);
  const rows = await db.all<ListedRow>(sql`
    SELECT details, status, refunded_minor FROM transactions WHERE ${conditions(filter)}
    ORDER BY ${order} LIMIT ${limit} OFFSET ${(page - 1) * limit}`);
  return rows.map(toListed);
}

type ListedRow = Pick<StoredRow, 'details' | 'refunded_minor'> & { status: string };

/** The row as it was written, with what has happened to it since. */
function toListed({ details, status, refunded_minor: refunded }: ListedRow): TransactionRow {
  const row = JSON.parse(details) as TransactionRow;
  if (refunded === 0) return { ...row, status };
  return { ...row, status, refundedAmount: formatMoney(BigInt(refunded), row.currency ?? '') };
}

const dayMs = 24 * 60 * 60 * 1000;

/** Of one snapshot. Whole days are counted already (`transaction_counts`): what is left are the ends of a longer range. */
export async function countTransactions(db: Handle, filter: TransactionFilter): Promise<number> {
  const { transactionId, attemptId, orderId, range } = filter;
  const isByDays = transactionId === undefined && attemptId === undefined && orderId === undefined;
  const isLong = range !== undefined && range.toMs - range.fromMs >= dayMs;
  const statement = isByDays && isLong ? countOfDays(filter, range) : counting(filter);
  const row = await db.one<{ total: number }>(sql`SELECT ${statement} AS total`);
  return Number(row?.total ?? 0);
}

const counting = (filter: TransactionFilter): Statement =>
  sql`(SELECT count(*) FROM transactions WHERE ${conditions(filter)})`;

/**
 * Its days, less what the last has after it. Of the first the lesser part is counted: what it has before the range, or what
 * it has within, whichever takes less of the day.
 */
function countOfDays(filter: TransactionFilter, { fromMs, toMs }: NonNullable<TransactionFilter['range']>): Statement {
  const [firstDay, lastDay] = [Math.floor(fromMs / dayMs), Math.floor(toMs / dayMs)];
  const isMostlyWithin = fromMs - firstDay * dayMs < dayMs / 2;
  const ofType = filter.type === undefined ? sql`` : sql`AND transaction_type = ${filter.type}`;
  const within = (from: number, before: number): Statement =>
    counting({ ...filter, range: { fromMs: from, toMs: before - 1 } });
  const ofFirst = isMostlyWithin
    ? sql`- ${within(firstDay * dayMs, fromMs)}`
    : sql`+ ${within(fromMs, (firstDay + 1) * dayMs)}`;
  return sql`
    (SELECT COALESCE(SUM(total), 0) FROM transaction_counts
      WHERE merchant_id = ${filter.merchantId} AND day BETWEEN ${isMostlyWithin ? firstDay : firstDay + 1} AND ${lastDay} ${ofType})
    ${ofFirst}
    - ${within(toMs + 1, (lastDay + 1) * dayMs)}`;
}

function conditions({ merchantId, transactionId, attemptId, orderId, type, range }: TransactionFilter): Statement {
  const all = [sql`merchant_id = ${merchantId}`];
  if (transactionId !== undefined) all.push(sql`transaction_id = ${transactionId}`);
  if (attemptId !== undefined) all.push(sql`attempt_id = ${attemptId}`);
  if (orderId !== undefined) all.push(sql`order_id = ${orderId}`);
  if (type !== undefined) all.push(sql`transaction_type = ${type}`);
  if (range !== undefined) all.push(sql`created_at BETWEEN ${range.fromMs} AND ${range.toMs}`);
  return join(all, ' AND ');
}
