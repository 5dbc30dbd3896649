// The record of what operators did. Only ever added to: the database itself refuses anything else.
import { type Handle, sql } from '@ozura/kit/db/handle';

export type AuditRow = {
  readonly sequence: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly merchantId: string;
  readonly object: string;
  /** JSON. */
  readonly change: string;
  readonly address: string;
  readonly requestId: string;
  readonly mac: string;
};

type AuditHead = { readonly sequence: number; readonly mac: string };

/**
 * Takes the next place in the chain, with the mac of the one before. The row stays locked until the commit, so that
 * any number of processes write one chain without gaps.
 */
export async function takeNextPlace(tx: Handle): Promise<AuditHead> {
  const head = await tx.one<AuditHead>(
    sql`UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, mac`,
  );
  if (head === undefined) throw new Error('The audit chain has no head');
  return head;
}

export async function appendRecord(tx: Handle, row: AuditRow): Promise<void> {
  await tx.run(sql`
    INSERT INTO audit_records (sequence, at, actor, action, merchant_id, object, change, address, request_id, mac)
    VALUES (${row.sequence}, ${row.at}, ${row.actor}, ${row.action}, ${row.merchantId}, ${row.object}, ${row.change},
      ${row.address}, ${row.requestId}, ${row.mac})`);
  await tx.run(sql`UPDATE audit_head SET mac = ${row.mac} WHERE id = 1`);
}

export const findHead = (db: Handle): Promise<AuditHead | undefined> =>
  db.one(sql`SELECT sequence, mac FROM audit_head WHERE id = 1`);

const columns = sql`sequence, at, actor, action, merchant_id AS "merchantId", object, change, address,
  request_id AS "requestId", mac`;

export const listRecords = (db: Handle, after: number, limit: number): Promise<AuditRow[]> =>
  db.all(sql`SELECT ${columns} FROM audit_records WHERE sequence > ${after} ORDER BY sequence LIMIT ${limit}`);

export const listRecordsOf = (db: Handle, merchantId: string, after: number, limit: number): Promise<AuditRow[]> =>
  db.all(sql`
    SELECT ${columns} FROM audit_records WHERE merchant_id = ${merchantId} AND sequence > ${after}
    ORDER BY sequence LIMIT ${limit}`);
