// Tokens by the key that they are sealed with, for rotation and for export.
import { type Handle, sql } from '@ozura/kit/db/handle';

export type SealedRow = {
  readonly token: string;
  readonly merchantId: string;
  readonly keyId: string;
  readonly sealedNumber: Uint8Array;
  readonly sealedHolder: Uint8Array | null;
};

const sealed = sql`
  token, merchant_id AS "merchantId", key_id AS "keyId", sealed_number AS "sealedNumber", sealed_holder AS "sealedHolder"`;

/** In the order of their names. */
export const listSealedWith = (db: Handle, keyId: string, after: string, limit: number): Promise<SealedRow[]> =>
  db.all(sql`SELECT ${sealed} FROM tokens WHERE key_id = ${keyId} AND token > ${after} ORDER BY token LIMIT ${limit}`);

/** Compare-and-set: a token that was deleted or moved meanwhile stays as it is. */
export const moveToKey = async (db: Handle, from: string, to: SealedRow): Promise<boolean> =>
  (await db.run(sql`
    UPDATE tokens SET key_id = ${to.keyId}, sealed_number = ${to.sealedNumber}, sealed_holder = ${to.sealedHolder}
    WHERE token = ${to.token} AND key_id = ${from}`)) === 1;

/** Values whose key a newer version replaces, or that `wrapper` does not wrap. */
export async function countSealedWithOld(db: Handle, wrapper: string): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    SELECT COUNT(*) AS count FROM tokens WHERE key_id IN (
      SELECT id FROM wrapped_keys WHERE wrapped_by <> ${wrapper} OR EXISTS (
        SELECT 1 FROM wrapped_keys AS newer
        WHERE newer.purpose = wrapped_keys.purpose AND newer.merchant_id = wrapped_keys.merchant_id
          AND newer.version > wrapped_keys.version))`);
  return row?.count ?? 0;
}

export async function countSealed(db: Handle): Promise<number> {
  const row = await db.one<{ count: number }>(sql`SELECT COUNT(*) AS count FROM tokens WHERE key_id IS NOT NULL`);
  return row?.count ?? 0;
}
