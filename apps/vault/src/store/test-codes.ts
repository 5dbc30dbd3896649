// Security codes of test tokens: known by the keyed hash of their handle, and not taken by their use.
import { type Handle, sql } from '@ozura/kit/db/handle';
import type { CvcEntry } from './cvc-entries.ts';

export async function insertTestCode(
  tx: Handle,
  { lookupId, merchantId, token }: CvcEntry,
  sealed: Uint8Array,
  expiresAtMs: number,
): Promise<void> {
  await tx.run(sql`
    INSERT INTO test_codes (lookup_id, merchant_id, token, sealed, expires_at)
    VALUES (${lookupId}, ${merchantId}, ${token}, ${sealed}, ${expiresAtMs})`);
}

export async function findTestCode(
  tx: Handle,
  { lookupId, merchantId, token }: CvcEntry,
  nowMs: number,
): Promise<Uint8Array | undefined> {
  const row = await tx.one<{ readonly sealed: Uint8Array }>(sql`
    SELECT sealed FROM test_codes
    WHERE lookup_id = ${lookupId} AND merchant_id = ${merchantId} AND token = ${token} AND expires_at > ${nowMs}`);
  return row?.sealed;
}

export const deleteTestCodesOfToken = (tx: Handle, token: string): Promise<number> =>
  tx.run(sql`DELETE FROM test_codes WHERE token = ${token}`);

/** A bounded number at a time. */
export const deleteExpiredTestCodes = (db: Handle, nowMs: number, limit: number): Promise<number> =>
  db.run(sql`
    DELETE FROM test_codes WHERE lookup_id IN (
      SELECT lookup_id FROM test_codes WHERE expires_at <= ${nowMs} ORDER BY expires_at LIMIT ${limit})`);
