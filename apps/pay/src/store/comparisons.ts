// Which days of which accounts have been compared with the processor's books, and what ours hold of them.
import type { AttemptState } from '@ozura/core/attempt';
import type { OurAttempt } from '@ozura/core/attempt-comparison';
import { type Handle, join, type Statement, sql } from '@ozura/kit/db/handle';

export interface Account {
  readonly merchantId: string;
  readonly processor: string;
  readonly account: string;
}

export interface ComparedDay extends Account {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
}

/** Those at which something was tried since then. */
export async function listAccounts(db: Handle, sinceMs: number): Promise<Account[]> {
  const rows = await db.all<{ merchant_id: string; processor: string; account: string }>(sql`
    SELECT DISTINCT merchant_id, processor, account FROM attempts WHERE sent_at >= ${sinceMs}
    ORDER BY processor, account`);
  return rows.map((row) => ({ merchantId: row.merchant_id, processor: row.processor, account: row.account }));
}

/** One: the day is ours to compare until `untilMs`. Zero: somebody is at it, or it is done. */
export const leaseComparison = (
  db: Handle,
  { processor, account, day }: ComparedDay,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> =>
  db.run(sql`
    INSERT INTO comparisons (processor, account, day, lease_until) VALUES (${processor}, ${account}, ${day}, ${untilMs})
    ON CONFLICT (processor, account, day) DO UPDATE SET lease_until = ${untilMs}
    WHERE comparisons.compared_at IS NULL AND comparisons.lease_until <= ${nowMs}`);

/** Days since then that somebody began to compare, and nobody has compared. */
export async function listOpenDays(
  db: Handle,
  { processor, account }: Pick<Account, 'processor' | 'account'>,
  sinceDay: string,
): Promise<string[]> {
  const rows = await db.all<{ day: string }>(sql`
    SELECT day FROM comparisons WHERE processor = ${processor} AND account = ${account} AND compared_at IS NULL
      AND day >= ${sinceDay} ORDER BY day`);
  return rows.map(({ day }) => day);
}

export const endComparison = (db: Handle, { processor, account, day }: ComparedDay, nowMs: number): Promise<number> =>
  db.run(sql`
    UPDATE comparisons SET compared_at = ${nowMs}
    WHERE processor = ${processor} AND account = ${account} AND day = ${day} AND compared_at IS NULL`);

type OurRow = {
  attempt_id: string;
  processor_transaction_id: string | null;
  state: string;
  amount_minor: number;
  currency: string;
  undo_refund_sent_at: number | null;
  refunded_minor: number;
  refunding_minor: number;
};

/** `knownByMs`: a refund that happened until then must be in the list. */
const columns = (knownByMs: number): Statement => sql`
  attempt_id, processor_transaction_id, state, amount_minor, currency, undo_refund_sent_at,
  (SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds
    WHERE refunds.sale_id = attempts.attempt_id AND refunds.means = 'refund' AND refunds.state = 'APPROVED'
      AND refunds.ended_at <= ${knownByMs}) AS refunded_minor,
  (SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds
    WHERE refunds.sale_id = attempts.attempt_id AND refunds.means = 'refund'
      AND (refunds.state IN ('SENT', 'UNKNOWN', 'REVIEW') OR refunds.state = 'APPROVED' AND refunds.ended_at > ${knownByMs})
  ) AS refunding_minor`;

const toOurs = (row: OurRow): OurAttempt => ({
  reference: row.attempt_id,
  processorTransactionId: row.processor_transaction_id ?? undefined,
  state: row.state as AttemptState,
  amountMinor: BigInt(row.amount_minor),
  currency: row.currency,
  isGivenBack: row.undo_refund_sent_at !== null,
  refundedMinor: BigInt(row.refunded_minor),
  refundingMinor: BigInt(row.refunding_minor),
});

/** Fewer than the parameters that a statement may have on either engine. */
const namedMax = 400;

/** The attempts that go by one of these names: ours, or the processor's. */
export async function listNamedAttempts(
  db: Handle,
  { processor, account }: Account,
  { names, knownByMs }: { readonly names: readonly string[]; readonly knownByMs: number },
): Promise<OurAttempt[]> {
  const found: OurAttempt[] = [];
  for (let from = 0; from < names.length; from += namedMax) {
    const some = join(names.slice(from, from + namedMax));
    const rows = await db.all<OurRow>(sql`
      SELECT ${columns(knownByMs)} FROM attempts
      WHERE processor = ${processor} AND account = ${account}
        AND (attempt_id IN (${some}) OR processor_transaction_id IN (${some}))`);
    found.push(...rows.map(toOurs));
  }
  return found;
}

/** Paid, sent in that time, and not given back as a whole since. */
export async function listStandingAttempts(
  db: Handle,
  { processor, account }: Account,
  { fromMs, untilMs, knownByMs }: { readonly fromMs: number; readonly untilMs: number; readonly knownByMs: number },
): Promise<OurAttempt[]> {
  const rows = await db.all<OurRow>(sql`
    SELECT ${columns(knownByMs)} FROM attempts
    WHERE processor = ${processor} AND account = ${account} AND state = 'APPROVED'
      AND sent_at >= ${fromMs} AND sent_at < ${untilMs}
      AND EXISTS (SELECT 1 FROM transactions
        WHERE transactions.transaction_id = attempts.attempt_id AND transactions.refunded_minor < transactions.amount_minor)`);
  return rows.map(toOurs);
}
