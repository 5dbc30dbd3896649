// Idempotency keys under which a void was asked for that stood already. What was done goes by the key of its refund.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface VoidKey {
  readonly merchantId: string;
  readonly idempotencyKey: string;
  /** Keyed hash of the normalised request. */
  readonly fingerprint: string;
  /** The void that was answered. */
  readonly refundId: string;
}

/** Zero when the key is there. */
export async function insertVoidKey(tx: Handle, key: VoidKey): Promise<number> {
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
  const row = await db.one<{ fingerprint: string; refund_id: string }>(sql`
    SELECT fingerprint, refund_id FROM void_keys
    WHERE merchant_id = ${merchantId} AND idempotency_key = ${idempotencyKey}`);
  return row && { merchantId, idempotencyKey, fingerprint: row.fingerprint, refundId: row.refund_id };
}
