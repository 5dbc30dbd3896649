// What tests look at and change in Pay's database, on either engine.
import { type Database, sql } from '@ozura/kit/db/handle';

/** Longer than the lease of a process that was killed meanwhile. */
const askingMaxMs = 90_000;

/** Moves every time of every open attempt into the past: as if `ms` had gone by. */
export async function ageAttempts(ledger: Database, ms: number): Promise<void> {
  await ledger.run(sql`
    UPDATE attempts SET created_at = created_at - ${ms}, sent_at = sent_at - ${ms}, checks_from = checks_from - ${ms},
      next_check_at = next_check_at - ${ms}, last_miss_at = last_miss_at - ${ms}, lease_until = 0
    WHERE next_check_at IS NOT NULL`);
}

/** The same for refunds and voids. */
export async function ageRefunds(ledger: Database, ms: number): Promise<void> {
  await ledger.run(sql`
    UPDATE refunds SET created_at = created_at - ${ms}, sent_at = sent_at - ${ms}, next_check_at = next_check_at - ${ms},
      last_miss_at = last_miss_at - ${ms}, lease_until = 0
    WHERE next_check_at IS NOT NULL`);
}

/** The same for bank debits that are pending. */
export async function ageDebits(ledger: Database, ms: number): Promise<void> {
  await ledger.run(sql`
    UPDATE transactions SET created_at = created_at - ${ms}, next_check_at = next_check_at - ${ms}
    WHERE next_check_at IS NOT NULL`);
}

/** After time has passed: until each question that is due then was asked. */
export async function untilAllAsked(ledger: Database): Promise<void> {
  const until = Date.now() + askingMaxMs;
  for (;;) {
    const now = await ledger.now();
    const isDue = sql`next_check_at <= ${now} OR (next_check_at IS NOT NULL AND lease_until > ${now})`;
    const due = await ledger.one(sql`
      SELECT 1 AS found FROM attempts WHERE ${isDue} UNION ALL SELECT 1 FROM refunds WHERE ${isDue} LIMIT 1`);
    if (due === undefined) return;
    if (Date.now() > until) throw new Error('Pay does not ask what is due');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export interface LedgerRefund {
  readonly refundId: string;
  readonly state: string;
  readonly means: string;
  readonly amountMinor: number;
}

/** Of a sale, in order. */
export async function refundsOf(ledger: Database, saleId: string): Promise<LedgerRefund[]> {
  const rows = await ledger.all<{ refund_id: string; state: string; means: string; amount_minor: number }>(sql`
    SELECT refund_id, state, means, amount_minor FROM refunds WHERE sale_id = ${saleId} ORDER BY created_at, ordinal`);
  return rows.map((row) => ({
    refundId: row.refund_id,
    state: row.state,
    means: row.means,
    amountMinor: row.amount_minor,
  }));
}

/** Sales whose refunded amount is not the sum of the refunds that happened or may have. */
export async function salesOutOfBalance(ledger: Database): Promise<string[]> {
  const rows = await ledger.all<{ transaction_id: string }>(sql`
    SELECT transaction_id FROM transactions sale
    WHERE refunded_minor <> (SELECT COALESCE(SUM(amount_minor), 0) FROM refunds
      WHERE sale_id = sale.transaction_id AND state IN ('INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED'))`);
  return rows.map((row) => row.transaction_id);
}

/** Of a charge, its attempts' states in order. */
export async function attemptStates(ledger: Database, chargeId: string): Promise<string[]> {
  const rows = await ledger.all<{ state: string }>(
    sql`SELECT state FROM attempts WHERE charge_id = ${chargeId} ORDER BY ordinal`,
  );
  return rows.map(({ state }) => state);
}

/** Our side of the books: sales that are approved and stand. */
export async function approvedReferences(ledger: Database): Promise<string[]> {
  const rows = await ledger.all<{ attempt_id: string }>(
    sql`SELECT attempt_id FROM transactions WHERE transaction_type = 'CreditCardSale' ORDER BY attempt_id`,
  );
  return rows.map((row) => row.attempt_id);
}

/** Types of the events about an attempt, in the order of their writing. */
export async function eventTypes(ledger: Database, attemptId: string): Promise<string[]> {
  const rows = await ledger.all<{ type: string }>(
    sql`SELECT type FROM outbox WHERE subject = ${attemptId} ORDER BY created_at, type`,
  );
  return rows.map(({ type }) => type);
}

/** What was told about a plan, in the order of its changes. */
export async function planEvents(
  ledger: Database,
  planId: string,
): Promise<{ readonly type: string; readonly data: Readonly<Record<string, unknown>> }[]> {
  const rows = await ledger.all<{ type: string; subject: string; data: string }>(
    sql`SELECT type, subject, data FROM outbox WHERE subject LIKE ${`${planId}/%`}`,
  );
  const revision = ({ subject }: { subject: string }): number => Number(subject.split('/')[1]);
  return rows
    .sort((one, other) => revision(one) - revision(other) || one.type.localeCompare(other.type))
    .map(({ type, data }) => ({ type, data: JSON.parse(data) as Record<string, unknown> }));
}

/** Of the charges of a plan's cycles, in their order. */
export async function chargeStates(ledger: Database, planId: string): Promise<string[]> {
  const rows = await ledger.all<{ state: string }>(
    sql`SELECT state FROM charges WHERE plan_id = ${planId} ORDER BY cycle`,
  );
  return rows.map(({ state }) => state);
}
