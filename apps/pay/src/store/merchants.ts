// Merchants and their settings.
import { defaultSettings, type MerchantSettings } from '@ozura/core/merchant-settings';
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface Merchant {
  readonly merchantId: string;
  readonly name: string;
  /** In the order in which they are tried. */
  readonly processors: readonly string[];
  readonly settings: MerchantSettings;
}

type MerchantRow = { merchant_id: string; name: string; processors: string; settings: string };

const toMerchant = (row: MerchantRow): Merchant => ({
  merchantId: row.merchant_id,
  name: row.name,
  processors: JSON.parse(row.processors) as string[],
  settings: { ...defaultSettings, ...(JSON.parse(row.settings) as Partial<MerchantSettings>) },
});

/** Zero when the merchant exists already. */
export async function insertMerchant(db: Handle, merchant: Merchant): Promise<number> {
  const now = await db.now();
  return db.run(sql`
    INSERT INTO merchants (merchant_id, name, processors, settings, created_at)
    VALUES (${merchant.merchantId}, ${merchant.name}, ${JSON.stringify(merchant.processors)},
      ${JSON.stringify(merchant.settings)}, ${now})
    ON CONFLICT (merchant_id) DO NOTHING`);
}

export async function findMerchant(db: Handle, merchantId: string): Promise<Merchant | undefined> {
  const row = await db.one<MerchantRow>(sql`
    SELECT merchant_id, name, processors, settings FROM merchants WHERE merchant_id = ${merchantId}`);
  return row && toMerchant(row);
}

/** Looked up by a keyed hash: what can be timed is a hash that nobody outside can compute. */
export async function findMerchantByKey(db: Handle, keyHash: string): Promise<Merchant | undefined> {
  const row = await db.one<MerchantRow>(sql`
    SELECT merchants.merchant_id, name, processors, settings
    FROM merchant_keys JOIN merchants ON merchants.merchant_id = merchant_keys.merchant_id
    WHERE key_hash = ${keyHash} AND revoked_at IS NULL`);
  return row && toMerchant(row);
}

/** Held until the commit: of two changes of one merchant the second sees what the first one did. */
export async function lockMerchant(tx: Handle, merchantId: string): Promise<Merchant | undefined> {
  await tx.run(sql`UPDATE merchants SET name = name WHERE merchant_id = ${merchantId}`);
  return findMerchant(tx, merchantId);
}

export async function listMerchantRows(db: Handle, after: string, limit: number): Promise<Merchant[]> {
  const rows = await db.all<MerchantRow>(sql`
    SELECT merchant_id, name, processors, settings FROM merchants WHERE merchant_id > ${after}
    ORDER BY merchant_id LIMIT ${limit}`);
  return rows.map(toMerchant);
}

export const updateMerchantRow = (tx: Handle, { merchantId, name, processors, settings }: Merchant): Promise<number> =>
  tx.run(sql`
    UPDATE merchants SET name = ${name}, processors = ${JSON.stringify(processors)},
      settings = ${JSON.stringify(settings)}
    WHERE merchant_id = ${merchantId}`);
