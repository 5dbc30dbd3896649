// Idempotency keys under which a void was asked for that stood already. What was done goes by the key of its refund.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface VoidKey {
  readonly merchantId: string;
  readonly idempotencyKey: string;
  /** Keyed hash of the normalised request. */
  readonly fingerprint: string;
  /** The void that was answered. */
  readonly refundId: string;
  readonly createdAtMs: number;
}

/** Zero when the key is there. */
export async function insertVoidKey(tx: Handle, key: Omit<VoidKey, 'createdAtMs'>): Promise<number> {
  const nowMs = await tx.now();
  return tx.run(sql`
    INSERT INTO void_keys (merchant_id, idempotency_key, fingerprint, refund_id, created_at)
    VALUES (${key.merchantId}, ${key.idempotencyKey}, ${key.fingerprint}, ${key.refundId}, ${nowMs})
    ON CONFLICT (merchant_id, idempotency_key) DO NOTHING`);
}

export async function findVoidKey(
  db: Handle,
  { merchantId, idempotencyKey }: Pick<VoidKey, 'merchantId' | 'idempotencyKey'>,
): Promise<VoidKey | undefined> {
  const row = await db.one<{ fingerprint: string; refund_id: string; created_at: number }>(sql`
    SELECT fingerprint, refund_id, created_at FROM void_keys
    WHERE merchant_id = ${merchantId} AND idempotency_key = ${idempotencyKey}`);
  if (row === undefined) return undefined;
  const { fingerprint, refund_id: refundId, created_at: createdAtMs } = row;
  return { merchantId, idempotencyKey, fingerprint, refundId, createdAtMs };
}

/** Another call may take it then. */
export const freeVoidKey = (db: Handle, { merchantId, idempotencyKey, createdAtMs }: VoidKey): Promise<number> =>
  db.run(sql`
    DELETE FROM void_keys
    WHERE merchant_id = ${merchantId} AND idempotency_key = ${idempotencyKey} AND created_at = ${createdAtMs}`);
