// Bank debits that were accepted and are neither paid nor returned yet.
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import { type Handle, sql } from '@ozura/kit/db/handle';

/** Those to be asked about now, the longest waiting first. */
export async function findDueDebits(
  db: Handle,
  nowMs: number,
  limit: number,
): Promise<{ readonly transactionId: string; readonly debitedAtMs: number }[]> {
  const rows = await db.all<{ transaction_id: string; created_at: number }>(sql`
    SELECT transaction_id, created_at FROM transactions WHERE next_check_at <= ${nowMs}
    ORDER BY next_check_at LIMIT ${limit}`);
  return rows.map((row) => ({ transactionId: row.transaction_id, debitedAtMs: row.created_at }));
}

export async function findNextDebitAt(db: Handle, afterMs: number): Promise<number | undefined> {
  const row = await db.one<{ due: number | null }>(sql`
    SELECT min(next_check_at) AS due FROM transactions WHERE next_check_at > ${afterMs}`);
  return row?.due ?? undefined;
}

/** One: it is ours to ask about. Zero: another process is at it. */
export const postponeDebit = (
  db: Handle,
  transactionId: string,
  { nowMs, nextCheckAtMs }: { readonly nowMs: number; readonly nextCheckAtMs: number },
): Promise<number> =>
  db.run(sql`
    UPDATE transactions SET next_check_at = ${nextCheckAtMs}
    WHERE transaction_id = ${transactionId} AND next_check_at <= ${nowMs}`);

/** Zero when it is not pending any more. */
export const settleDebit = (
  tx: Handle,
  transactionId: string,
  { status, row }: { readonly status: 'approved' | 'returned'; readonly row: TransactionRow },
): Promise<number> =>
  tx.run(sql`
    UPDATE transactions SET status = ${status}, details = ${JSON.stringify(row)}, next_check_at = NULL
    WHERE transaction_id = ${transactionId} AND status = 'pending'`);
