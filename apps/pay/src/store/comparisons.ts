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

type Day = Omit<ComparedDay, 'merchantId'>;

type AccountRow = { merchant_id: string; processor: string; account: string };

const toAccount = (row: AccountRow): Account => ({
  merchantId: row.merchant_id,
  processor: row.processor,
  account: row.account,
});

/** Those at which something was sold or given back since then, each with who used it last. */
export async function listAccounts(db: Handle, sinceMs: number): Promise<Account[]> {
  const accounts = new Map<string, Account>();
  const add = (row: AccountRow): void =>
    void accounts.set(JSON.stringify([row.processor, row.account]), toAccount(row));
  const refunding = await db.all<AccountRow>(sql`
    SELECT DISTINCT merchant_id, processor, account FROM refunds WHERE sent_at >= ${sinceMs}`);
  for (const row of refunding) add(row);
  // Two looks into the index for each account, and not one at each attempt that there ever was.
  let last = await findNextAccount(db, { processor: '', account: '' });
  while (last !== undefined) {
    const { processor, account } = last;
    const row = await db.one<AccountRow>(sql`
      SELECT merchant_id, processor, account FROM attempts
      WHERE processor = ${processor} AND account = ${account} AND sent_at >= ${sinceMs} ORDER BY sent_at DESC LIMIT 1`);
    if (row !== undefined) add(row);
    last = await findNextAccount(db, last);
  }
  return [...accounts.values()];
}

type Name = Pick<Account, 'processor' | 'account'>;

/** In the order of the index. */
const findNextAccount = (db: Handle, { processor, account }: Name): Promise<Name | undefined> =>
  db.one(sql`
    SELECT processor, account FROM attempts
    WHERE sent_at IS NOT NULL AND (processor, account) > (${processor}, ${account})
    ORDER BY processor, account LIMIT 1`);

/** One: the day is ours to compare until `untilMs`. Zero: somebody is at it, or it is done. */
export const leaseComparison = (
  db: Handle,
  { processor, account, day }: Day,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> =>
  db.run(sql`
    INSERT INTO comparisons (processor, account, day, lease_until) VALUES (${processor}, ${account}, ${day}, ${untilMs})
    ON CONFLICT (processor, account, day) DO UPDATE SET lease_until = ${untilMs}
    WHERE comparisons.compared_at IS NULL AND comparisons.lease_until <= ${nowMs}`);

/** Days until then that nobody has compared: of late, or that something changed in of late. */
export async function listOpenDays(
  db: Handle,
  { processor, account }: Pick<Account, 'processor' | 'account'>,
  { sinceDay, sinceMs, untilDay }: { readonly sinceDay: string; readonly sinceMs: number; readonly untilDay: string },
): Promise<string[]> {
  const rows = await db.all<{ day: string }>(sql`
    SELECT day FROM comparisons WHERE processor = ${processor} AND account = ${account} AND compared_at IS NULL
      AND (day >= ${sinceDay} OR reopened_at >= ${sinceMs}) AND day < ${untilDay} ORDER BY day`);
  return rows.map(({ day }) => day);
}

/** Something was given back, or not, of a sale of that day: what the comparison says of it may be another thing by now. */
export const noteChange = (tx: Handle, { processor, account, day }: Day, nowMs: number): Promise<number> =>
  tx.run(sql`
    INSERT INTO comparisons (processor, account, day, lease_until, reopened_at)
    VALUES (${processor}, ${account}, ${day}, 0, ${nowMs})
    ON CONFLICT (processor, account, day) DO UPDATE SET reopened_at = ${nowMs}`);

export interface EndedComparison {
  readonly day: string;
  readonly comparedAtMs: number;
}

/** Days that have been compared since that one. */
export async function listComparedDays(
  db: Handle,
  { processor, account }: Pick<Account, 'processor' | 'account'>,
  sinceDay: string,
): Promise<EndedComparison[]> {
  const rows = await db.all<{ day: string; compared_at: number }>(sql`
    SELECT day, compared_at FROM comparisons WHERE processor = ${processor} AND account = ${account}
      AND day >= ${sinceDay} AND compared_at IS NOT NULL ORDER BY day`);
  return rows.map((row) => ({ day: row.day, comparedAtMs: row.compared_at }));
}

/** Days that changed in that time, and were compared before that could be known to the processor's list. */
export async function listChangedDays(
  db: Handle,
  { processor, account }: Pick<Account, 'processor' | 'account'>,
  { fromMs, untilMs, graceMs }: { readonly fromMs: number; readonly untilMs: number; readonly graceMs: number },
): Promise<EndedComparison[]> {
  const rows = await db.all<{ day: string; compared_at: number }>(sql`
    SELECT day, compared_at FROM comparisons WHERE processor = ${processor} AND account = ${account}
      AND reopened_at >= ${fromMs} AND reopened_at < ${untilMs} AND compared_at < reopened_at + ${graceMs}
    ORDER BY day`);
  return rows.map((row) => ({ day: row.day, comparedAtMs: row.compared_at }));
}

/** Zero: somebody else has opened it again. */
export const reopenComparison = (
  db: Handle,
  { processor, account }: Pick<Account, 'processor' | 'account'>,
  { day, comparedAtMs }: EndedComparison,
): Promise<number> =>
  db.run(sql`
    UPDATE comparisons SET compared_at = NULL
    WHERE processor = ${processor} AND account = ${account} AND day = ${day} AND compared_at = ${comparedAtMs}`);

export const endComparison = (db: Handle, { processor, account, day }: Day, nowMs: number): Promise<number> =>
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
  voids: number;
};

/** What must be in the list: refunds that happened until `knownByMs`, and voids until `voidedByMs`. */
export interface Known {
  readonly knownByMs: number;
  readonly voidedByMs: number;
}

const columns = ({ knownByMs, voidedByMs }: Known): Statement => sql`
  attempt_id, processor_transaction_id, state, amount_minor, currency, undo_refund_sent_at,
  (SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds
    WHERE refunds.sale_id = attempts.attempt_id AND refunds.means = 'refund' AND refunds.state = 'APPROVED'
      AND refunds.ended_at <= ${knownByMs}) AS refunded_minor,
  (SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds
    WHERE refunds.sale_id = attempts.attempt_id AND refunds.means = 'refund'
      AND (refunds.state IN ('SENT', 'UNKNOWN', 'REVIEW') OR refunds.state = 'APPROVED' AND refunds.ended_at > ${knownByMs})
  ) AS refunding_minor,
  (SELECT COUNT(*) FROM refunds WHERE refunds.sale_id = attempts.attempt_id AND refunds.means = 'void'
    AND refunds.state = 'APPROVED' AND refunds.ended_at <= ${voidedByMs}) AS voids`;

const toOurs = (row: OurRow): OurAttempt => ({
  reference: row.attempt_id,
  processorTransactionId: row.processor_transaction_id ?? undefined,
  state: row.state as AttemptState,
  amountMinor: BigInt(row.amount_minor),
  currency: row.currency,
  isGivenBack: row.undo_refund_sent_at !== null,
  refundedMinor: BigInt(row.refunded_minor),
  refundingMinor: BigInt(row.refunding_minor),
  isVoided: Number(row.voids) > 0,
});

/** Fewer than the parameters that a statement may have on either engine. */
const namedMax = 400;

/** The attempts that go by one of these names: ours, or the processor's. */
export async function listNamedAttempts(
  db: Handle,
  { processor, account }: Account,
  names: readonly string[],
  known: Known,
): Promise<OurAttempt[]> {
  const found = new Map<string, OurAttempt>();
  for (let from = 0; from < names.length; from += namedMax) {
    const some = names.slice(from, from + namedMax).map((name) => sql`(${name})`);
    for (const column of [sql`attempt_id`, sql`processor_transaction_id`]) {
      // `CROSS JOIN`: by a list of names SQLite would walk through all attempts of the account.
      const rows = await db.all<OurRow>(sql`
        WITH named (name) AS (VALUES ${join(some)})
        SELECT ${columns(known)} FROM named CROSS JOIN attempts
        WHERE processor = ${processor} AND account = ${account} AND ${column} = named.name`);
      for (const row of rows) found.set(row.attempt_id, toOurs(row));
    }
  }
  return [...found.values()];
}

/** Paid, sent in that time, and not given back as a whole since. */
export async function listStandingAttempts(
  db: Handle,
  { processor, account }: Account,
  { fromMs, untilMs, ...known }: Known & { readonly fromMs: number; readonly untilMs: number },
): Promise<OurAttempt[]> {
  const rows = await db.all<OurRow>(sql`
    SELECT ${columns(known)} FROM attempts
    WHERE processor = ${processor} AND account = ${account} AND state = 'APPROVED'
      AND sent_at >= ${fromMs} AND sent_at < ${untilMs}
      AND EXISTS (SELECT 1 FROM transactions
        WHERE transactions.transaction_id = attempts.attempt_id AND transactions.refunded_minor < transactions.amount_minor)`);
  return rows.map(toOurs);
}

/**
 * Sent in that time, ended, and in doubt once: nobody heard the answer, or a void had to be believed. Not those that ended
 * of late: what undid them need not be shown yet, and would be undone a second time.
 */
export async function listDoubtedAttempts(
  db: Handle,
  { processor, account }: Account,
  { fromMs, untilMs, ...known }: Known & { readonly fromMs: number; readonly untilMs: number },
): Promise<OurAttempt[]> {
  const rows = await db.all<OurRow>(sql`
    SELECT ${columns(known)} FROM attempts
    WHERE processor = ${processor} AND account = ${account} AND next_check_at IS NULL
      AND sent_at >= ${fromMs} AND sent_at < ${untilMs} AND COALESCE(ended_at, 0) <= ${known.knownByMs}
      AND (reviewed_at IS NOT NULL OR state IN ('REVERSED', 'NOT_PROCESSED')
        OR (SELECT COUNT(*) FROM refunds WHERE refunds.sale_id = attempts.attempt_id AND refunds.means = 'void') > 0)`);
  return rows.map(toOurs);
}
