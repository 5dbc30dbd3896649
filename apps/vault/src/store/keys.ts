// Wrapped keys. What stands here is useless without the root key.
import { type Handle, sql } from '@ozura/kit/db/handle';

export type WrappedKey = {
  readonly purpose: string;
  /** Empty for keys of the installation. */
  readonly merchantId: string;
  readonly version: number;
  /** Version of the key that wraps this one. */
  readonly wrappedBy: number;
  readonly wrapped: Uint8Array;
};

/** Nothing happens when the version exists already: another process was first. */
export async function insertKey(db: Handle, key: WrappedKey, nowMs: number): Promise<boolean> {
  const rows = await db.run(sql`
    INSERT INTO wrapped_keys (purpose, merchant_id, version, wrapped_by, wrapped, created_at)
    VALUES (${key.purpose}, ${key.merchantId}, ${key.version}, ${key.wrappedBy}, ${key.wrapped}, ${nowMs})
    ON CONFLICT (purpose, merchant_id, version) DO NOTHING`);
  return rows === 1;
}

const columns = sql`purpose, merchant_id AS "merchantId", version, wrapped_by AS "wrappedBy", wrapped`;

export const findNewestKey = (db: Handle, purpose: string, merchantId: string): Promise<WrappedKey | undefined> =>
  db.one(sql`
    SELECT ${columns} FROM wrapped_keys WHERE purpose = ${purpose} AND merchant_id = ${merchantId}
    ORDER BY version DESC LIMIT 1`);

export const findKey = (
  db: Handle,
  { purpose, merchantId, version }: Pick<WrappedKey, 'purpose' | 'merchantId' | 'version'>,
): Promise<WrappedKey | undefined> =>
  db.one(sql`
    SELECT ${columns} FROM wrapped_keys
    WHERE purpose = ${purpose} AND merchant_id = ${merchantId} AND version = ${version}`);
