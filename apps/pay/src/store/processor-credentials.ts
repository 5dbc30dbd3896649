// By what merchants are known to their processors: sealed values, one row each.
import { type Handle, sql } from '@ozura/kit/db/handle';

export type SealedCredential = {
  readonly processor: string;
  readonly field: string;
  readonly sealed: Uint8Array;
};

export async function insertCredential(
  tx: Handle,
  merchantId: string,
  { processor, field, sealed }: SealedCredential,
): Promise<void> {
  const now = await tx.now();
  await tx.run(sql`
    INSERT INTO processor_credentials (merchant_id, processor, field, sealed, changed_at)
    VALUES (${merchantId}, ${processor}, ${field}, ${sealed}, ${now})`);
}

export const deleteCredentials = (tx: Handle, merchantId: string, processor: string): Promise<number> =>
  tx.run(sql`DELETE FROM processor_credentials WHERE merchant_id = ${merchantId} AND processor = ${processor}`);

export const findAnyCredential = (
  db: Handle,
): Promise<(SealedCredential & { readonly merchantId: string }) | undefined> =>
  db.one(sql`SELECT merchant_id AS "merchantId", processor, field, sealed FROM processor_credentials LIMIT 1`);

export const findCredentials = (db: Handle, merchantId: string, processor: string): Promise<SealedCredential[]> =>
  db.all(sql`
    SELECT processor, field, sealed FROM processor_credentials
    WHERE merchant_id = ${merchantId} AND processor = ${processor}`);

export const listCredentials = (db: Handle, merchantId: string): Promise<SealedCredential[]> =>
  db.all(sql`
    SELECT processor, field, sealed FROM processor_credentials WHERE merchant_id = ${merchantId}
    ORDER BY processor, field`);
