// The journal: sales and voids, in the order in which they were booked.
import { type Handle, type Row, sql } from '@ozura/kit/db/handle';

export interface SaleEntry {
  readonly transactionId: string;
  readonly reference: string;
  readonly merchant: string;
  readonly status: 'approved' | 'declined' | 'review';
  readonly amountMinor: number;
  readonly currency: string;
  readonly bin: string;
  readonly lastFour: string;
  readonly authCode?: string;
  readonly networkReference?: string;
  readonly declineCode?: string;
  readonly avsResult?: string;
  readonly cvvResult?: string;
}

export interface BookedSale extends SaleEntry {
  readonly bookedAtMs: number;
  readonly voided: boolean;
  /** Id of the void, when there is one. */
  readonly voidId?: string;
}

/** Takes the next number. Until this transaction ends everybody else who writes waits here. */
export async function nextEntryNumber(tx: Handle): Promise<number> {
  const row = await tx.one<{ entry_number: number }>(
    sql`UPDATE last_entry SET entry_number = entry_number + 1 WHERE one = 1 RETURNING entry_number`,
  );
  if (row === undefined) throw new Error('the journal has lost its counter');
  return row.entry_number;
}

export async function insertSale(tx: Handle, entryNumber: number, sale: SaleEntry): Promise<void> {
  const now = await tx.now();
  await tx.run(sql`
    INSERT INTO entries (entry_number, kind, transaction_id, reference, merchant, status, amount_minor, currency,
      bin, last_four, auth_code, network_reference, decline_code, avs_result, cvv_result, booked_at)
    VALUES (${entryNumber}, 'sale', ${sale.transactionId}, ${sale.reference}, ${sale.merchant}, ${sale.status},
      ${sale.amountMinor}, ${sale.currency}, ${sale.bin}, ${sale.lastFour}, ${sale.authCode ?? null},
      ${sale.networkReference ?? null}, ${sale.declineCode ?? null}, ${sale.avsResult ?? null},
      ${sale.cvvResult ?? null}, ${now})`);
}

export async function insertVoid(
  tx: Handle,
  entryNumber: number,
  voiding: { id: string; sale: SaleEntry },
): Promise<void> {
  const { id, sale } = voiding;
  const now = await tx.now();
  await tx.run(sql`
    INSERT INTO entries (entry_number, kind, transaction_id, reference, merchant, status, amount_minor, currency,
      voids, booked_at)
    VALUES (${entryNumber}, 'void', ${id}, ${sale.reference}, ${sale.merchant}, 'voided', ${sale.amountMinor},
      ${sale.currency}, ${sale.transactionId}, ${now})`);
}

const SALES = sql`
  SELECT sale.*, undone.transaction_id AS void_id
  FROM entries sale LEFT JOIN entries undone ON undone.voids = sale.transaction_id
  WHERE sale.kind = 'sale'`;

export async function salesByReference(handle: Handle, reference: string): Promise<BookedSale[]> {
  const rows = await handle.all<SaleRow>(sql`${SALES} AND sale.reference = ${reference} ORDER BY sale.entry_number`);
  return rows.map(toSale);
}

export async function salesBookedBetween(handle: Handle, fromMs: number, untilMs: number): Promise<BookedSale[]> {
  const rows = await handle.all<SaleRow>(
    sql`${SALES} AND sale.booked_at >= ${fromMs} AND sale.booked_at < ${untilMs} ORDER BY sale.entry_number`,
  );
  return rows.map(toSale);
}

interface SaleRow extends Row {
  transaction_id: string;
  reference: string;
  merchant: string;
  status: SaleEntry['status'];
  amount_minor: number;
  currency: string;
  bin: string;
  last_four: string;
  auth_code: string | null;
  network_reference: string | null;
  decline_code: string | null;
  avs_result: string | null;
  cvv_result: string | null;
  booked_at: number;
  void_id: string | null;
}

const toSale = (row: SaleRow): BookedSale => ({
  transactionId: row.transaction_id,
  reference: row.reference,
  merchant: row.merchant,
  status: row.status,
  amountMinor: row.amount_minor,
  currency: row.currency,
  bin: row.bin,
  lastFour: row.last_four,
  ...(row.auth_code === null ? {} : { authCode: row.auth_code }),
  ...(row.network_reference === null ? {} : { networkReference: row.network_reference }),
  ...(row.decline_code === null ? {} : { declineCode: row.decline_code }),
  ...(row.avs_result === null ? {} : { avsResult: row.avs_result }),
  ...(row.cvv_result === null ? {} : { cvvResult: row.cvv_result }),
  bookedAtMs: row.booked_at,
  voided: row.void_id !== null,
  ...(row.void_id === null ? {} : { voidId: row.void_id }),
});
