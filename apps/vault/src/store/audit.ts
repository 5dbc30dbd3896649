// The audit chain's rows. Only ever added to: the database itself refuses anything else.
import { type Handle, sql, type Writing } from '@ozura/kit/db/handle';
import { insertingRows } from '@ozura/kit/db/rows';

export type AuditRow = {
  readonly sequence: number;
  readonly at: number;
  readonly merchantId: string;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly address: string;
  readonly requestId: string;
  readonly mac: string;
};

export type AuditHead = { readonly sequence: number; readonly mac: string; readonly seal: string };

/** The end of the chain, which stays locked until the commit: any number of processes write one chain without gaps. */
export async function lockHead(tx: Handle): Promise<AuditHead> {
  return present(
    await tx.one<AuditHead>(sql`UPDATE audit_head SET sequence = sequence WHERE id = 1 RETURNING sequence, mac, seal`),
  );
}

function present(head: AuditHead | undefined): AuditHead {
  if (head === undefined) throw new Error('The audit chain has no head');
  return head;
}

/** Compare-and-set: false when the chain ends elsewhere than at `from`. */
export const moveHead = async (tx: Writing, from: AuditHead, to: AuditHead): Promise<boolean> =>
  (await tx.run(sql`
    UPDATE audit_head SET sequence = ${to.sequence}, mac = ${to.mac}, seal = ${to.seal}
    WHERE id = 1 AND sequence = ${from.sequence} AND mac = ${from.mac} AND seal = ${from.seal}`)) === 1;

export const appendRecords = insertingRows<AuditRow>(
  (values) => sql`
    INSERT INTO audit_records
      (sequence, at, merchant_id, actor, action, object, outcome, address, request_id, mac)
    VALUES ${values}`,
  (row) => sql`
    (${row.sequence}, ${row.at}, ${row.merchantId}, ${row.actor}, ${row.action}, ${row.object}, ${row.outcome},
     ${row.address}, ${row.requestId}, ${row.mac})`,
);

export async function findHead(db: Handle): Promise<AuditHead> {
  return present(await db.one<AuditHead>(sql`SELECT sequence, mac, seal FROM audit_head WHERE id = 1`));
}

export const listRecords = (db: Handle, after: number, limit: number): Promise<AuditRow[]> =>
  db.all(sql`
    SELECT sequence, at, merchant_id AS "merchantId", actor, action, object, outcome, address,
      request_id AS "requestId", mac
    FROM audit_records WHERE sequence > ${after} ORDER BY sequence LIMIT ${limit}`);
