// Checkout sessions. A move names the revision it starts from; zero rows means that somebody else moved first.
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import type { EndedSession, FailureCode, SessionState } from '@ozura/core/session';
import { type Handle, sql } from '@ozura/kit/db/handle';
import type { PaidSale } from '../paid-sale.ts';
import { numberOrNull, type RequestRow, termsText, toRequest } from './terms.ts';

const forgottenAtOnce = 500;

export interface Session {
  readonly id: string;
  readonly request: SessionRequest;
  /** The link that it was opened from. */
  readonly paymentLinkId?: string;
  readonly state: SessionState;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** How often the customer was given more time. */
  readonly extensions: number;
  /** Of a request with an idempotency key. */
  readonly fingerprint?: string;
  /** Only when completed. */
  readonly payment?: PaidSale;
  readonly revision: number;
}

export interface NewSession {
  readonly id: string;
  readonly request: SessionRequest;
  readonly paymentLinkId?: string;
  readonly fingerprint?: string | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** What a repeated request has to know of the first one's session. What was asked for is told by the fingerprint. */
export type KeyedSession = Pick<Session, 'id' | 'state' | 'fingerprint' | 'createdAtMs' | 'expiresAtMs' | 'extensions'>;

type KeyedRow = {
  id: string;
  status: string;
  payment_state: 'processing' | 'review' | null;
  charge_id: string | null;
  error_code: string | null;
  fingerprint: string | null;
  failed_attempts: number;
  extensions: number;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
};

type SessionRow = RequestRow &
  KeyedRow & {
    payment_link_id: string | null;
    payment: string | null;
    revision: number;
  };

/** Zero when the merchant has used the idempotency key before. */
export async function insertSession(db: Handle, session: NewSession): Promise<number> {
  const { id, request, paymentLinkId, fingerprint, createdAtMs, expiresAtMs } = session;
  return db.run(sql`
    INSERT INTO sessions (id, merchant_id, payment_link_id, status, currency, amount_minor, subtotal_minor, terms,
      metadata, appearance, idempotency_key, fingerprint, failed_attempts, extensions, created_at, expires_at, revision)
    VALUES (${id}, ${request.merchantId}, ${paymentLinkId ?? null}, 'pending', ${request.currency},
      ${numberOrNull(request.amountMinor)}, ${Number(request.subtotalMinor)}, ${termsText(request)},
      ${JSON.stringify(request.metadata)}, ${JSON.stringify(request.appearance)}, ${request.idempotencyKey ?? null},
      ${fingerprint ?? null}, 0, 0, ${createdAtMs}, ${expiresAtMs}, 0)
    ON CONFLICT (merchant_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING`);
}

export async function findSession(db: Handle, id: string): Promise<Session | undefined> {
  const row = await db.one<SessionRow>(sql`SELECT * FROM sessions WHERE id = ${id}`);
  return row && toSession(row);
}

export async function findSessionByKey(db: Handle, merchantId: string, key: string): Promise<KeyedSession | undefined> {
  const row = await db.one<KeyedRow>(sql`
    SELECT id, status, payment_state, charge_id, error_code, fingerprint, failed_attempts, extensions, created_at,
      expires_at, ended_at
    FROM sessions WHERE merchant_id = ${merchantId} AND idempotency_key = ${key}`);
  return row && toKeyed(row);
}

/** From the state that `session` was read in; zero when it is in another one now. */
export async function moveSession(
  tx: Handle,
  { id, revision }: Session,
  next: SessionState,
  payment?: PaidSale,
): Promise<number> {
  const pending = next.status === 'pending' ? next : undefined;
  const ended = next.status === 'pending' ? undefined : next;
  const charging = pending?.paymentState == null ? undefined : pending;
  return tx.run(sql`
    UPDATE sessions SET
      status = ${next.status},
      payment_state = ${next.paymentState},
      charge_id = ${charging?.chargeId ?? null},
      error_code = ${ended?.errorCode ?? null},
      failed_attempts = COALESCE(${pending?.failedAttempts ?? null}, failed_attempts),
      extensions = COALESCE(${pending?.extensions ?? null}, extensions),
      expires_at = COALESCE(${pending?.expiresAtMs ?? null}, expires_at),
      ended_at = ${ended?.endedAtMs ?? null},
      payment = ${payment === undefined ? null : JSON.stringify(payment)},
      revision = revision + 1
    WHERE id = ${id} AND revision = ${revision}`);
}

/** Sessions whose time is up and that nobody is paying. */
export async function listDueSessions(db: Handle, nowMs: number, limit: number): Promise<Session[]> {
  const rows = await db.all<SessionRow>(sql`
    SELECT * FROM sessions
    WHERE status = 'pending' AND payment_state IS NULL AND expires_at <= ${nowMs}
    ORDER BY expires_at LIMIT ${limit}`);
  return rows.map(toSession);
}

/** The newest of a merchant's that are waiting to be paid. */
export async function listWaitingSessions(db: Handle, merchantId: string, limit: number): Promise<Session[]> {
  const rows = await db.all<SessionRow>(sql`
    SELECT * FROM sessions
    WHERE status = 'pending' AND payment_state IS NULL AND expires_at > 0 AND merchant_id = ${merchantId}
    ORDER BY expires_at DESC LIMIT ${limit}`);
  return rows.map(toSession);
}

/** Nobody pays them any more: they expire, unless a charge in flight ends as paid. Answers how many that are. */
export const endPendingSessions = (db: Handle, nowMs: number): Promise<number> =>
  db.run(sql`UPDATE sessions SET expires_at = ${nowMs} WHERE status = 'pending' AND expires_at > ${nowMs}`);

/** Keys older than that may be used again (contract 0.8). A bounded number at a time. */
export const forgetIdempotencyKeys = (db: Handle, createdBeforeMs: number): Promise<number> =>
  db.run(sql`
    UPDATE sessions SET idempotency_key = NULL WHERE id IN (
      SELECT id FROM sessions WHERE idempotency_key IS NOT NULL AND created_at < ${createdBeforeMs}
      ORDER BY created_at LIMIT ${forgottenAtOnce})`);

const toSession = (row: SessionRow): Session => ({
  ...toKeyed(row),
  request: toRequest(row),
  revision: row.revision,
  ...(row.payment_link_id === null ? {} : { paymentLinkId: row.payment_link_id }),
  ...(row.payment === null ? {} : { payment: JSON.parse(row.payment) as PaidSale }),
});

const toKeyed = (row: KeyedRow): KeyedSession => ({
  id: row.id,
  state: toState(row),
  createdAtMs: row.created_at,
  expiresAtMs: row.expires_at,
  extensions: row.extensions,
  ...(row.fingerprint === null ? {} : { fingerprint: row.fingerprint }),
});

function toState(row: KeyedRow): SessionState {
  if (row.ended_at !== null) {
    const ended = {
      status: row.status as EndedSession['status'],
      paymentState: null,
      endedAtMs: row.ended_at,
    };
    return row.error_code === null ? ended : { ...ended, errorCode: row.error_code as FailureCode };
  }
  const pending = {
    status: 'pending',
    expiresAtMs: row.expires_at,
    failedAttempts: row.failed_attempts,
    extensions: row.extensions,
  } as const;
  return row.payment_state === null || row.charge_id === null
    ? { ...pending, paymentState: null }
    : { ...pending, paymentState: row.payment_state, chargeId: row.charge_id };
}
