// Tokens by the key that they are sealed with, for rotation and for export.
import { type Handle, join, sql } from '@ozura/kit/db/handle';

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

/** Values whose key a newer version replaces, or one of `wrappers` wraps. */
export async function countSealedWithOld(db: Handle, wrappers: readonly string[]): Promise<number> {
  const row = await db.one<{ count: number | string }>(sql`
    SELECT COALESCE(SUM((SELECT count(*) FROM tokens WHERE tokens.key_id = old.id)), 0) AS count FROM (
      SELECT id FROM wrapped_keys WHERE replaced_at IS NOT NULL
      UNION ALL SELECT id FROM wrapped_keys WHERE replaced_at IS NULL AND wrapped_by IN (${join(['', ...wrappers])})
    ) AS old`);
  // A sum is of a type of its own on PostgreSQL.
  return Number(row?.count ?? 0);
}

export async function countSealed(db: Handle): Promise<number> {
  const row = await db.one<{ count: number }>(sql`SELECT COUNT(*) AS count FROM tokens WHERE key_id IS NOT NULL`);
  return row?.count ?? 0;
}
