// Merchants and the hashes of their keys.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface Merchant {
  readonly merchantId: string;
  readonly name: string;
  /** In the order in which they are tried. */
  readonly processors: readonly string[];
}

type MerchantRow = { merchant_id: string; name: string; processors: string };

const toMerchant = (row: MerchantRow): Merchant => ({
  merchantId: row.merchant_id,
  name: row.name,
  processors: JSON.parse(row.processors) as string[],
});

/** Zero when the merchant exists already. */
export async function insertMerchant(db: Handle, merchant: Merchant): Promise<number> {
  const now = await db.now();
  return db.run(sql`
    INSERT INTO merchants (merchant_id, name, processors, created_at)
    VALUES (${merchant.merchantId}, ${merchant.name}, ${JSON.stringify(merchant.processors)}, ${now})
    ON CONFLICT (merchant_id) DO NOTHING`);
}

export async function insertMerchantKey(db: Handle, merchantId: string, keyHash: string): Promise<void> {
  const now = await db.now();
  await db.run(sql`
    INSERT INTO merchant_keys (key_hash, merchant_id, created_at) VALUES (${keyHash}, ${merchantId}, ${now})`);
}

export async function findMerchant(db: Handle, merchantId: string): Promise<Merchant | undefined> {
  const row = await db.one<MerchantRow>(sql`
    SELECT merchant_id, name, processors FROM merchants WHERE merchant_id = ${merchantId}`);
  return row && toMerchant(row);
}

/** Looked up by a keyed hash: what can be timed is a hash that nobody outside can compute. */
export async function findMerchantByKey(db: Handle, keyHash: string): Promise<Merchant | undefined> {
  const row = await db.one<MerchantRow>(sql`
    SELECT m.merchant_id, m.name, m.processors
    FROM merchant_keys k JOIN merchants m ON m.merchant_id = k.merchant_id
    WHERE k.key_hash = ${keyHash} AND k.revoked_at IS NULL`);
  return row && toMerchant(row);
}
