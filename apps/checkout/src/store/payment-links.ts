// Payment links and their slots (contract 5.4). A change that finds its link in another state changes nothing.
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import { type Handle, sql } from '@ozura/kit/db/handle';
import { numberOrNull, type RequestRow, termsText, toRequest } from './terms.ts';

const forgottenAtOnce = 500;

export interface PaymentLink {
  readonly id: string;
  /** What the merchant asked for. Its sessions are opened with it, as redirect. */
  readonly request: SessionRequest;
  /** Absent: unlimited. */
  readonly usageLimit?: number;
  /** Completed sessions. */
  readonly used: number;
  /** Charges whose outcome is not known yet. */
  readonly reserved: number;
  /** Of a request with an idempotency key. */
  readonly fingerprint?: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly deactivatedAtMs?: number;
}

export interface NewPaymentLink {
  readonly id: string;
  readonly request: SessionRequest;
  readonly usageLimit?: number | undefined;
  readonly fingerprint?: string | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

type PaymentLinkRow = RequestRow & {
  id: string;
  fingerprint: string | null;
  usage_limit: number | null;
  used: number;
  reserved: number;
  created_at: number;
  expires_at: number;
  deactivated_at: number | null;
};

/** Zero when the merchant has used the idempotency key before. */
export async function insertPaymentLink(tx: Handle, link: NewPaymentLink): Promise<number> {
  const { id, request, usageLimit, fingerprint, createdAtMs, expiresAtMs } = link;
  return tx.run(sql`
    INSERT INTO payment_links (id, merchant_id, currency, amount_minor, subtotal_minor, terms, metadata, appearance,
      idempotency_key, fingerprint, usage_limit, used, reserved, created_at, expires_at)
    VALUES (${id}, ${request.merchantId}, ${request.currency}, ${numberOrNull(request.amountMinor)},
      ${Number(request.subtotalMinor)}, ${termsText(request)}, ${JSON.stringify(request.metadata)},
      ${JSON.stringify(request.appearance)}, ${request.idempotencyKey ?? null}, ${fingerprint ?? null},
      ${usageLimit ?? null}, 0, 0, ${createdAtMs}, ${expiresAtMs})
    ON CONFLICT (merchant_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING`);
}

export async function findPaymentLink(db: Handle, id: string): Promise<PaymentLink | undefined> {
  const row = await db.one<PaymentLinkRow>(sql`SELECT * FROM payment_links WHERE id = ${id}`);
  return row && toPaymentLink(row);
}

export async function findPaymentLinkByKey(
  db: Handle,
  merchantId: string,
  key: string,
): Promise<PaymentLink | undefined> {
  const row = await db.one<PaymentLinkRow>(sql`
    SELECT * FROM payment_links WHERE merchant_id = ${merchantId} AND idempotency_key = ${key}`);
  return row && toPaymentLink(row);
}

/** Zero when none is free. */
export const reserveSlot = (tx: Handle, id: string): Promise<number> =>
  tx.run(sql`
    UPDATE payment_links SET reserved = reserved + 1
    WHERE id = ${id} AND (usage_limit IS NULL OR used + reserved < usage_limit)`);

export const releaseSlot = (tx: Handle, id: string): Promise<number> =>
  tx.run(sql`UPDATE payment_links SET reserved = reserved - 1 WHERE id = ${id} AND reserved > 0`);

/** A reserved slot is used, for good. Answers the link as it is then. */
export async function takeSlot(tx: Handle, id: string): Promise<PaymentLink | undefined> {
  const row = await tx.one<PaymentLinkRow>(sql`
    UPDATE payment_links SET reserved = reserved - 1, used = used + 1 WHERE id = ${id} AND reserved > 0 RETURNING *`);
  return row && toPaymentLink(row);
}

/** Answers the link to the one who switches it off. */
export async function switchOff(tx: Handle, id: string, nowMs: number): Promise<PaymentLink | undefined> {
  const row = await tx.one<PaymentLinkRow>(sql`
    UPDATE payment_links SET deactivated_at = ${nowMs} WHERE id = ${id} AND deactivated_at IS NULL RETURNING *`);
  return row && toPaymentLink(row);
}

/** Links whose time is over and that nobody has noticed yet. */
export async function listEndedLinks(db: Handle, nowMs: number, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    SELECT id FROM payment_links WHERE end_noticed_at IS NULL AND expires_at <= ${nowMs}
    ORDER BY expires_at LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** Answers the link to the one who notices its end. */
export async function noticeEnd(tx: Handle, id: string, nowMs: number): Promise<PaymentLink | undefined> {
  const row = await tx.one<PaymentLinkRow>(sql`
    UPDATE payment_links SET end_noticed_at = ${nowMs} WHERE id = ${id} AND end_noticed_at IS NULL RETURNING *`);
  return row && toPaymentLink(row);
}

/** Keys of links that ended before that may be used again (contract 0.8). A bounded number at a time. */
export const forgetLinkKeys = (db: Handle, endedBeforeMs: number): Promise<number> =>
  db.run(sql`
    UPDATE payment_links SET idempotency_key = NULL WHERE id IN (
      SELECT id FROM payment_links WHERE idempotency_key IS NOT NULL AND expires_at < ${endedBeforeMs}
      ORDER BY expires_at LIMIT ${forgottenAtOnce})`);

const toPaymentLink = (row: PaymentLinkRow): PaymentLink => ({
  id: row.id,
  request: toRequest(row),
  used: row.used,
  reserved: row.reserved,
  createdAtMs: row.created_at,
  expiresAtMs: row.expires_at,
  ...(row.usage_limit === null ? {} : { usageLimit: row.usage_limit }),
  ...(row.fingerprint === null ? {} : { fingerprint: row.fingerprint }),
  ...(row.deactivated_at === null ? {} : { deactivatedAtMs: row.deactivated_at }),
});
