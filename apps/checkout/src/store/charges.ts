// Charges made for a session, one for each click of the customer. The database keeps at most one of them alive.
import type { ErrorCode } from '@ozura/core/errors';
import type { ChargeOutcome } from '@ozura/core/session-outcome';
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface Charge {
  readonly id: string;
  readonly sessionId: string;
  readonly merchantId: string;
  readonly attemptKey: string;
  /** `open`: in flight, or its outcome is being established. */
  readonly outcome: 'open' | ChargeOutcome['kind'];
  /** What the page is told of an ended charge that did not pay. */
  readonly answerCode?: ErrorCode;
  readonly attemptsLeft?: number;
  /** The total that the customer saw. */
  readonly totalMinor: bigint;
  readonly createdAtMs: number;
  /** How often Pay was asked about it. */
  readonly checks: number;
  readonly nextCheckAtMs: number;
  /** Keyed hashes of the customer's address and of the card. */
  readonly addressHash: string;
  readonly cardHash: string;
  /** In which it was made. */
  readonly traceId?: string | undefined;
}

export type NewCharge = Pick<
  Charge,
  | 'id'
  | 'sessionId'
  | 'merchantId'
  | 'attemptKey'
  | 'totalMinor'
  | 'nextCheckAtMs'
  | 'createdAtMs'
  | 'addressHash'
  | 'cardHash'
  | 'traceId'
>;

/** How a charge ended, as it is told again to whoever asks. */
export interface ChargeEnd {
  readonly outcome: ChargeOutcome['kind'];
  readonly answerCode?: ErrorCode | undefined;
  readonly attemptsLeft?: number | undefined;
  readonly endedAtMs: number;
}

type ChargeRow = {
  id: string;
  session_id: string;
  merchant_id: string;
  attempt_key: string;
  outcome: string;
  answer_code: string | null;
  attempts_left: number | null;
  total_minor: number;
  created_at: number;
  checks: number;
  next_check_at: number;
  address_hash: string | null;
  card_hash: string | null;
  trace_id: string | null;
};

/** Zero when the session has a charge alive, or this attempt was made before. */
export const insertCharge = (tx: Handle, charge: NewCharge): Promise<number> =>
  tx.run(sql`
    INSERT INTO charges (id, session_id, merchant_id, attempt_key, outcome, total_minor, created_at, checks, next_check_at,
      address_hash, card_hash, trace_id)
    VALUES (${charge.id}, ${charge.sessionId}, ${charge.merchantId}, ${charge.attemptKey}, 'open',
      ${Number(charge.totalMinor)}, ${charge.createdAtMs}, 0, ${charge.nextCheckAtMs},
      ${charge.addressHash}, ${charge.cardHash}, ${charge.traceId ?? null})
    ON CONFLICT DO NOTHING`);

export async function findCharge(db: Handle, id: string): Promise<Charge | undefined> {
  const row = await db.one<ChargeRow>(sql`SELECT * FROM charges WHERE id = ${id}`);
  return row && toCharge(row);
}

export async function findChargeByAttempt(
  db: Handle,
  sessionId: string,
  attemptKey: string,
): Promise<Charge | undefined> {
  const row = await db.one<ChargeRow>(sql`
    SELECT * FROM charges WHERE session_id = ${sessionId} AND attempt_key = ${attemptKey}`);
  return row && toCharge(row);
}

/** Zero when it has ended already. */
export const endCharge = (tx: Handle, id: string, end: ChargeEnd): Promise<number> =>
  tx.run(sql`
    UPDATE charges SET outcome = ${end.outcome}, answer_code = ${end.answerCode ?? null},
      attempts_left = ${end.attemptsLeft ?? null}, ended_at = ${end.endedAtMs}
    WHERE id = ${id} AND outcome = 'open'`);

/** Declines since then, from the address of `charge` or of its card: the larger number. */
export async function countDeclines(
  tx: Handle,
  { addressHash, cardHash }: Pick<Charge, 'addressHash' | 'cardHash'>,
  sinceMs: number,
): Promise<number> {
  const row = await tx.one<{ by_address: number; by_card: number }>(sql`
    SELECT
      (SELECT count(*) FROM charges
        WHERE address_hash = ${addressHash} AND outcome = 'declined' AND ended_at > ${sinceMs}) AS by_address,
      (SELECT count(*) FROM charges
        WHERE card_hash = ${cardHash} AND outcome = 'declined' AND ended_at > ${sinceMs}) AS by_card`);
  return Math.max(Number(row?.by_address ?? 0), Number(row?.by_card ?? 0));
}

export async function listDueCharges(db: Handle, nowMs: number, limit: number): Promise<Charge[]> {
  const rows = await db.all<ChargeRow>(sql`
    SELECT * FROM charges WHERE outcome = 'open' AND next_check_at <= ${nowMs} ORDER BY next_check_at LIMIT ${limit}`);
  return rows.map(toCharge);
}

/** Of a merchant's that are in flight. */
export async function listOpenCharges(db: Handle, merchantId: string, limit: number): Promise<Charge[]> {
  const rows = await db.all<ChargeRow>(sql`
    SELECT * FROM charges WHERE outcome = 'open' AND next_check_at > 0 AND merchant_id = ${merchantId}
    ORDER BY next_check_at DESC LIMIT ${limit}`);
  return rows.map(toCharge);
}

export async function listChargesOf(db: Handle, sessionId: string): Promise<Charge[]> {
  const rows = await db.all<ChargeRow>(sql`SELECT * FROM charges WHERE session_id = ${sessionId}`);
  return rows.map(toCharge);
}

/** Takes a check: of several processes that found it due, one gets a row. */
export const takeCheck = (db: Handle, { id, checks }: Charge, nextCheckAtMs: number): Promise<number> =>
  db.run(sql`
    UPDATE charges SET checks = checks + 1, next_check_at = ${nextCheckAtMs}
    WHERE id = ${id} AND outcome = 'open' AND checks = ${checks}`);

/**
 * After a start: whatever is open was left by somebody who may be dead. And after the clock was set back: what is from
 * later than now was made before now.
 */
export const bringChecksForward = (db: Handle, nowMs: number): Promise<number> =>
  db.run(sql`
    UPDATE charges SET next_check_at = ${nowMs}, created_at = CASE WHEN created_at > ${nowMs} THEN ${nowMs} ELSE created_at END
    WHERE outcome = 'open' AND next_check_at > ${nowMs}`);

const toCharge = (row: ChargeRow): Charge => ({
  id: row.id,
  sessionId: row.session_id,
  merchantId: row.merchant_id,
  attemptKey: row.attempt_key,
  outcome: row.outcome as Charge['outcome'],
  totalMinor: BigInt(row.total_minor),
  createdAtMs: row.created_at,
  checks: row.checks,
  nextCheckAtMs: row.next_check_at,
  addressHash: row.address_hash ?? '',
  cardHash: row.card_hash ?? '',
  traceId: row.trace_id ?? undefined,
  ...(row.answer_code === null ? {} : { answerCode: row.answer_code as ErrorCode }),
  ...(row.attempts_left === null ? {} : { attemptsLeft: row.attempts_left }),
});

export const countOpenCharges = async (db: Handle): Promise<number> =>
  (await db.one<{ n: number }>(sql`SELECT count(*) AS n FROM charges WHERE outcome = 'open'`))?.n ?? 0;
