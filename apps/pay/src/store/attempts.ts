// Attempts: each try to charge at one processor. Every move is a compare-and-set on the state it leaves.
import type { AttemptState, UndoReason } from '@ozura/core/attempt';
import { type ChecksPolicy, standardChecks } from '@ozura/core/attempt-checks';
import type { Misses } from '@ozura/core/attempt-evidence';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { type Handle, sql, type Writing } from '@ozura/kit/db/handle';
import { lastFourOf, type PreparedSale } from '../prepared-sale.ts';

export interface NewAttempt {
  /** Also our reference at the processor. */
  readonly attemptId: string;
  readonly chargeId: string;
  readonly merchantId: string;
  readonly ordinal: number;
  readonly processor: string;
  readonly account: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What the merchant wanted when it was made: an inquiry a day later judges by the same rule. */
  readonly checks: ChecksPolicy;
  /** In which it was made. */
  readonly traceId?: string | undefined;
}

export interface Attempt extends NewAttempt {
  readonly state: AttemptState;
  readonly outcome: Outcome | undefined;
  readonly undo: UndoReason | undefined;
  readonly sentAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly checksFromMs: number;
  readonly misses: Misses;
  readonly reviewedAtMs: number | undefined;
}

type AttemptRow = {
  attempt_id: string;
  charge_id: string;
  merchant_id: string;
  ordinal: number;
  processor: string;
  account: string;
  state: string;
  amount_minor: number;
  currency: string;
  outcome: string | null;
  undo: string | null;
  sent_at: number | null;
  ended_at: number | null;
  checks_from: number;
  misses: number;
  last_miss_at: number;
  reviewed_at: number | null;
  checks: string;
  trace_id: string | null;
};

const columns = sql`attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor, currency, outcome,
  undo, sent_at, ended_at, checks_from, misses, last_miss_at, reviewed_at, checks, trace_id`;

const toAttempt = (row: AttemptRow): Attempt => ({
  attemptId: row.attempt_id,
  chargeId: row.charge_id,
  merchantId: row.merchant_id,
  ordinal: row.ordinal,
  processor: row.processor,
  account: row.account,
  state: row.state as AttemptState,
  amountMinor: BigInt(row.amount_minor),
  currency: row.currency,
  outcome: row.outcome === null ? undefined : (JSON.parse(row.outcome) as Outcome),
  undo: (row.undo ?? undefined) as UndoReason | undefined,
  sentAtMs: row.sent_at ?? undefined,
  endedAtMs: row.ended_at ?? undefined,
  checksFromMs: row.checks_from,
  misses: { count: row.misses, lastAtMs: row.last_miss_at },
  reviewedAtMs: row.reviewed_at ?? undefined,
  checks: { ...standardChecks, ...(JSON.parse(row.checks) as Partial<ChecksPolicy>) },
  traceId: row.trace_id ?? undefined,
});

/** The next check turns an attempt that was never sent into one that never will be. */
export async function insertAttempt(
  tx: Writing,
  attempt: NewAttempt,
  { nowMs, nextCheckAtMs }: { readonly nowMs: number; readonly nextCheckAtMs: number },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO attempts (attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor, currency,
      checks, trace_id, created_at, checks_from, next_check_at, lease_until, misses, last_miss_at)
    VALUES (${attempt.attemptId}, ${attempt.chargeId}, ${attempt.merchantId}, ${attempt.ordinal}, ${attempt.processor},
      ${attempt.account}, 'INTENT', ${Number(attempt.amountMinor)}, ${attempt.currency},
      ${JSON.stringify(attempt.checks)}, ${attempt.traceId ?? null}, ${nowMs}, ${nowMs}, ${nextCheckAtMs}, 0, 0, 0)`);
}

/** As it then stands there. */
export const insertedAttempt = (attempt: NewAttempt, nowMs: number): Attempt => ({
  ...attempt,
  state: 'INTENT',
  outcome: undefined,
  undo: undefined,
  sentAtMs: undefined,
  endedAtMs: undefined,
  checksFromMs: nowMs,
  misses: { count: 0, lastAtMs: 0 },
  reviewedAtMs: undefined,
});

export async function findAttempt(db: Handle, attemptId: string): Promise<Attempt | undefined> {
  const row = await db.one<AttemptRow>(sql`SELECT ${columns} FROM attempts WHERE attempt_id = ${attemptId}`);
  return row && toAttempt(row);
}

/** The one that decides a charge: those before it were refused. */
export async function findLastAttempt(db: Handle, chargeId: string): Promise<Attempt | undefined> {
  const row = await db.one<AttemptRow>(sql`
    SELECT ${columns} FROM attempts WHERE charge_id = ${chargeId} ORDER BY ordinal DESC LIMIT 1`);
  return row && toAttempt(row);
}

/** Those that a person has to decide about, the oldest first. */
export async function listAttemptsInReview(db: Handle, limit: number): Promise<Attempt[]> {
  const rows = await db.all<AttemptRow>(sql`
    SELECT ${columns} FROM attempts WHERE next_check_at IS NOT NULL AND state = 'REVIEW'
    ORDER BY sent_at, attempt_id LIMIT ${limit}`);
  return rows.map(toAttempt);
}

/** Whether another attempt at this account has the processor's id already. */
export async function isTransactionKnown(
  db: Handle,
  { attemptId, processor, account }: Pick<Attempt, 'attemptId' | 'processor' | 'account'>,
  processorTransactionId: string,
): Promise<boolean> {
  const row = await db.one(sql`
    SELECT 1 AS known FROM attempts
    WHERE processor = ${processor} AND account = ${account} AND processor_transaction_id = ${processorTransactionId}
      AND attempt_id <> ${attemptId}`);
  return row !== undefined;
}

/** Last four digits of the other attempts over the same amount whose outcome is open too. */
export async function listRivals(
  db: Handle,
  { attemptId, processor, account, amountMinor, currency }: Attempt,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<string[]> {
  const rows = await db.all<{ sale: string }>(sql`
    SELECT charges.sale FROM attempts JOIN charges ON charges.charge_id = attempts.charge_id
    WHERE attempts.processor = ${processor} AND attempts.account = ${account}
      AND attempts.sent_at BETWEEN ${fromMs} AND ${toMs}
      AND attempts.amount_minor = ${Number(amountMinor)} AND attempts.currency = ${currency}
      AND attempts.state IN ('SENT', 'UNKNOWN', 'REVIEW') AND attempts.attempt_id <> ${attemptId}`);
  return rows.map(({ sale }) => lastFourOf(JSON.parse(sale) as PreparedSale));
}

/** What changes with a state; what is left out stays. */
export interface MoveFields {
  readonly outcome?: Outcome;
  readonly undo?: UndoReason;
  readonly sentAtMs?: number;
  readonly endedAtMs?: number;
  readonly checksFromMs?: number;
  /** Absent: nothing is left to be checked. */
  readonly nextCheckAtMs?: number;
}

/** Zero: somebody else moved it first. */
export function moveAttempt(
  tx: Writing,
  { attemptId, from, to }: { readonly attemptId: string; readonly from: AttemptState; readonly to: AttemptState },
  fields: MoveFields,
): Promise<number> {
  const { outcome } = fields;
  const processorId = outcome?.kind === 'approved' ? outcome.processorTransactionId : null;
  return tx.run(sql`
    UPDATE attempts SET
      state = ${to},
      outcome = COALESCE(${outcome === undefined ? null : JSON.stringify(outcome)}, outcome),
      processor_transaction_id = COALESCE(${processorId}, processor_transaction_id),
      undo = COALESCE(${fields.undo ?? null}, undo),
      sent_at = COALESCE(${fields.sentAtMs ?? null}, sent_at),
      ended_at = COALESCE(${fields.endedAtMs ?? null}, ended_at),
      checks_from = COALESCE(${fields.checksFromMs ?? null}, checks_from),
      next_check_at = ${fields.nextCheckAtMs ?? null}
    WHERE attempt_id = ${attemptId} AND state = ${from}`);
}

/** Nobody moves it until the transaction ends. Zero: somebody has moved it before. */
export const holdAttempt = (tx: Handle, { attemptId, state }: Pick<Attempt, 'attemptId' | 'state'>): Promise<number> =>
  tx.run(sql`UPDATE attempts SET state = state WHERE attempt_id = ${attemptId} AND state = ${state}`);

export type OpenAttempts = {
  readonly processor: string;
  readonly state: string;
  readonly count: number;
  /** When the oldest of them was sent, or reserved. */
  readonly oldestMs: number;
};

/** Those that are looked into until their outcome is known. `>= 0`: for `IS NOT NULL` SQLite would read all attempts. */
export const countOpenAttempts = (db: Handle): Promise<OpenAttempts[]> =>
  db.all(sql`
    SELECT processor, state, count(*) AS count, min(COALESCE(sent_at, created_at)) AS "oldestMs"
    FROM attempts WHERE next_check_at >= 0 GROUP BY processor, state ORDER BY processor, state`);
