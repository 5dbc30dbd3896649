// Hashes of merchant keys. A revoked key stays, so that its name says what became of it.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface NewMerchantKey {
  readonly keyId: string;
  readonly merchantId: string;
  readonly keyHash: string;
  /** The end of the key, by which its owner knows it. */
  readonly hint: string;
}

export async function insertMerchantKey(db: Handle, key: NewMerchantKey): Promise<void> {
  const now = await db.now();
  await db.run(sql`
    INSERT INTO merchant_keys (key_id, key_hash, merchant_id, hint, created_at)
    VALUES (${key.keyId}, ${key.keyHash}, ${key.merchantId}, ${key.hint}, ${now})`);
}

export type MerchantKeyFacts = {
  readonly keyId: string;
  readonly hint: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
};

export const listMerchantKeys = (db: Handle, merchantId: string): Promise<MerchantKeyFacts[]> =>
  db.all(sql`
    SELECT key_id AS "keyId", hint, created_at AS "createdAt", revoked_at AS "revokedAt"
    FROM merchant_keys WHERE merchant_id = ${merchantId} ORDER BY created_at, key_id`);

/** Zero: it is not this merchant's, or it is revoked already. */
export async function revokeMerchantKeyRow(tx: Handle, merchantId: string, keyId: string): Promise<number> {
  const now = await tx.now();
  return tx.run(sql`
    UPDATE merchant_keys SET revoked_at = ${now}
    WHERE key_id = ${keyId} AND merchant_id = ${merchantId} AND revoked_at IS NULL`);
}
