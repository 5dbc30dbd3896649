// Money that moved: one row a sale, reversal, return or void (contract 8.5).

import type { SortField, TransactionQuery, TransactionType } from '@ozura/contract/pay/trans-query-fields';
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import { type Handle, join, raw, type Statement, sql } from '@ozura/kit/db/handle';

export interface NewTransaction {
  readonly transactionId: string;
  readonly merchantId: string;
  readonly chargeId: string;
  readonly attemptId: string;
  readonly type: TransactionType;
  readonly orderId: string | undefined;
  readonly amountMinor: bigint;
  /** As it is answered. */
  readonly row: TransactionRow;
  readonly atMs: number;
}

export async function insertTransaction(tx: Handle, transaction: NewTransaction): Promise<void> {
  await tx.run(sql`
    INSERT INTO transactions (transaction_id, merchant_id, charge_id, attempt_id, transaction_type, order_id, amount_minor,
      refunded_minor, details, trans_date, created_at)
    VALUES (${transaction.transactionId}, ${transaction.merchantId}, ${transaction.chargeId}, ${transaction.attemptId},
      ${transaction.type}, ${transaction.orderId ?? null}, ${Number(transaction.amountMinor)}, 0,
      ${JSON.stringify(transaction.row)}, ${transaction.atMs}, ${transaction.atMs})`);
}

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
  const rows = await db.all<{ details: string }>(sql`
    SELECT details FROM transactions WHERE ${conditions(filter)}
    ORDER BY ${order} LIMIT ${limit} OFFSET ${(page - 1) * limit}`);
  return rows.map((row) => JSON.parse(row.details) as TransactionRow);
}

export async function countTransactions(db: Handle, filter: TransactionFilter): Promise<number> {
  const row = await db.one<{ total: number }>(sql`
    SELECT count(*) AS total FROM transactions WHERE ${conditions(filter)}`);
  return Number(row?.total ?? 0);
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
