// The processor's own books beside ours: the sandbox's journal and Pay's attempts, read from their database files.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Booking {
  readonly reference: string;
  readonly amountMinor: number;
  /** The order of the charge in our ledger; absent when we do not know the reference at all. */
  readonly sessionId: string | undefined;
}

/** Every approval in the journal that was not undone. */
export function standingBookings(dataDir: string): Booking[] {
  const orders = new Map(
    read<{ attempt_id: string; order_id: string }>(
      join(dataDir, 'pay.db'),
      'SELECT attempt_id, order_id FROM attempts JOIN charges USING (charge_id)',
    ).map((row) => [row.attempt_id, row.order_id]),
  );
  return standing(dataDir).map((row) => ({
    reference: row.reference,
    amountMinor: row.amount_minor,
    sessionId: orders.get(row.reference),
  }));
}

/** The names that we gave them. */
export const standingReferences = (dataDir: string): string[] => standing(dataDir).map(({ reference }) => reference);

const standing = (dataDir: string) =>
  read<{ reference: string; amount_minor: number }>(
    join(dataDir, 'sandbox.db'),
    `SELECT reference, amount_minor FROM entries sale WHERE kind = 'sale' AND status = 'approved'
       AND NOT EXISTS (SELECT 1 FROM entries v WHERE v.kind = 'void' AND v.original = sale.transaction_id)`,
  );

export const approvedSales = (dataDir: string, sessionId: string): number =>
  standingBookings(dataDir).filter((booking) => booking.sessionId === sessionId).length;

function read<Row>(path: string, query: string): Row[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare(query).all() as Row[];
  } finally {
    db.close();
  }
}
