// Security codes as ciphertext whose key is not here. Taking one is deleting it.
import { type Handle, sql } from '@ozura/kit/db/handle';
import { insertingRows } from '@ozura/kit/db/rows';

export interface CvcEntry {
  readonly lookupId: string;
  readonly merchantId: string;
  readonly token: string;
}

type Sealed = { readonly sealed: Uint8Array };

export interface NewCvc extends CvcEntry {
  readonly sealed: Uint8Array;
  readonly expiresAt: number;
}

export const insertCvcs = insertingRows<NewCvc>(
  (values) => sql`INSERT INTO cvc_entries (lookup_id, merchant_id, token, sealed, expires_at) VALUES ${values}`,
  ({ lookupId, merchantId, token, sealed, expiresAt }) =>
    sql`(${lookupId}, ${merchantId}, ${token}, ${sealed}, ${expiresAt})`,
);

/** The first use is the last one. */
export async function takeCvc(tx: Handle, entry: CvcEntry, nowMs: number): Promise<Uint8Array | undefined> {
  const row = await tx.one<Sealed>(sql`
    DELETE FROM cvc_entries WHERE ${isLive(entry, nowMs)} AND lease_id IS NULL RETURNING sealed`);
  return row?.sealed;
}

/** The first use binds the entry to `leaseId`; later ones need the same, until it is released or expires. */
export async function leaseCvc(
  tx: Handle,
  entry: CvcEntry,
  leaseId: string,
  nowMs: number,
): Promise<Uint8Array | undefined> {
  const row = await tx.one<Sealed>(sql`
    UPDATE cvc_entries SET lease_id = ${leaseId}
    WHERE ${isLive(entry, nowMs)} AND (lease_id IS NULL OR lease_id = ${leaseId}) RETURNING sealed`);
  return row?.sealed;
}

const isLive = ({ lookupId, merchantId, token }: CvcEntry, nowMs: number) =>
  sql`lookup_id = ${lookupId} AND merchant_id = ${merchantId} AND token = ${token} AND expires_at > ${nowMs}`;

export const releaseLease = (db: Handle, leaseId: string, merchantId: string): Promise<number> =>
  db.run(sql`DELETE FROM cvc_entries WHERE lease_id = ${leaseId} AND merchant_id = ${merchantId}`);

/** One that another charge holds stays. */
export const releaseCvc = (
  db: Handle,
  { lookupId, merchantId }: Omit<CvcEntry, 'token'>,
  leaseId: string | undefined,
): Promise<number> =>
  db.run(sql`
    DELETE FROM cvc_entries
    WHERE lookup_id = ${lookupId} AND merchant_id = ${merchantId} AND (lease_id IS NULL OR lease_id = ${leaseId ?? null})`);

export const deleteCvcOfToken = (tx: Handle, token: string, merchantId: string): Promise<number> =>
  tx.run(sql`DELETE FROM cvc_entries WHERE token = ${token} AND merchant_id = ${merchantId}`);

/** And those that live longer than any may: the clock was set back since. */
export const deleteExpiredCvc = (db: Handle, nowMs: number, livesMaxMs: number): Promise<number> =>
  db.run(sql`DELETE FROM cvc_entries WHERE expires_at <= ${nowMs} OR expires_at > ${nowMs + livesMaxMs}`);
