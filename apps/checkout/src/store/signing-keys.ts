// Keys that sign redirects and frame addresses. A slot is taken once, so several processes agree on each key.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface StoredSigningKey {
  readonly slot: number;
  readonly keyId: string;
  /** Base64url of the 32 bytes. */
  readonly publicKey: string;
  readonly sealedPrivateKey: string;
  readonly createdAtMs: number;
}

type SigningKeyRow = {
  slot: number;
  key_id: string;
  public_key: string;
  sealed_private_key: string;
  created_at: number;
};

/** Zero when the slot is taken. */
export const insertSigningKey = (db: Handle, key: StoredSigningKey): Promise<number> =>
  db.run(sql`
    INSERT INTO signing_keys (slot, key_id, public_key, sealed_private_key, created_at)
    VALUES (${key.slot}, ${key.keyId}, ${key.publicKey}, ${key.sealedPrivateKey}, ${key.createdAtMs})
    ON CONFLICT (slot) DO NOTHING`);

/** The oldest first. */
export async function listSigningKeys(db: Handle): Promise<StoredSigningKey[]> {
  const rows = await db.all<SigningKeyRow>(sql`
    SELECT slot, key_id, public_key, sealed_private_key, created_at FROM signing_keys ORDER BY slot`);
  return rows.map((row) => ({
    slot: row.slot,
    keyId: row.key_id,
    publicKey: row.public_key,
    sealedPrivateKey: row.sealed_private_key,
    createdAtMs: row.created_at,
  }));
}
