// The journal: what was booked, in the order in which it was booked. An entry is written once and never changed.
import { type Handle, type Row, sql } from '@ozura/kit/db/handle';

type Status = 'approved' | 'declined' | 'review' | 'voided';

export interface Entry {
  readonly kind: 'sale' | 'refund' | 'void' | 'decision';
  readonly transactionId: string;
  readonly reference: string;
  readonly merchant: string;
  readonly status: Status;
  readonly amountMinor: number;
  readonly currency: string;
  /** Of a refund, void or decision: the transaction that it is about. */
  readonly original?: string;
  readonly method?: 'card' | 'bank';
  /** Of a bank account its routing number. */
  readonly bin?: string;
  readonly lastFour?: string;
  readonly orderId?: string;
  readonly authCode?: string;
  readonly networkReference?: string;
  readonly declineCode?: string;
  readonly avsResult?: string;
  readonly cvvResult?: string;
  /** Of a bank debit that comes back when it settles. */
  readonly returnCode?: string;
  readonly settlesAtMs: number;
  /** An inquiry finds it from then on. */
  readonly visibleAtMs: number;
}

export interface BookedEntry extends Entry {
  readonly entryNumber: number;
  readonly bookedAtMs: number;
  /** Id of the void, when there is one. */
  readonly voidId?: string;
  readonly refundedMinor: number;
  readonly settled: boolean;
}

/** Takes the next number. Until this transaction ends everybody else who writes waits here. */
export const nextEntryNumber = (tx: Handle): Promise<number> => takeEntryNumbers(tx, 1);

/** Takes so many numbers in a row, and answers the first of them. */
export async function takeEntryNumbers(tx: Handle, count: number): Promise<number> {
  const row = await tx.one<{ entry_number: number }>(
    sql`UPDATE last_entry SET entry_number = entry_number + ${count} WHERE one = 1 RETURNING entry_number`,
  );
  if (row === undefined) throw new Error('the journal has lost its counter');
  return row.entry_number - count + 1;
}

export async function insertEntry(tx: Handle, entryNumber: number, entry: Entry): Promise<void> {
  const now = await tx.now();
  await tx.run(sql`
    INSERT INTO entries (entry_number, kind, transaction_id, reference, merchant, status, amount_minor, currency, original,
      method, bin, last_four, order_id, auth_code, network_reference, decline_code, avs_result, cvv_result, return_code,
      settles_at, visible_at, booked_at)
    VALUES (${entryNumber}, ${entry.kind}, ${entry.transactionId}, ${entry.reference}, ${entry.merchant}, ${entry.status},
      ${entry.amountMinor}, ${entry.currency}, ${entry.original ?? null}, ${entry.method ?? null}, ${entry.bin ?? null},
      ${entry.lastFour ?? null}, ${entry.orderId ?? null}, ${entry.authCode ?? null}, ${entry.networkReference ?? null},
      ${entry.declineCode ?? null}, ${entry.avsResult ?? null}, ${entry.cvvResult ?? null}, ${entry.returnCode ?? null},
      ${entry.settlesAtMs}, ${entry.visibleAtMs}, ${now})`);
}

/** Everything that the merchant has booked by now is settled from now on. */
export async function insertSettlement(tx: Handle, settlementNumber: number, merchant: string): Promise<void> {
  const now = await tx.now();
  await tx.run(sql`
    INSERT INTO settlements (settlement_number, merchant, settled_at) VALUES (${settlementNumber}, ${merchant}, ${now})`);
}

const BOOKED = sql`
  SELECT entry.*, undone.transaction_id AS void_id, decided.status AS decided_status,
    decided.decline_code AS decided_code,
    (SELECT COALESCE(SUM(refund.amount_minor), 0) FROM entries refund
      WHERE refund.original = entry.transaction_id AND refund.kind = 'refund' AND refund.status = 'approved'
        AND NOT EXISTS (SELECT 1 FROM entries v WHERE v.original = refund.transaction_id AND v.kind = 'void')
    ) AS refunded_minor,
    (SELECT MAX(settled_at) FROM settlements WHERE settlements.merchant = entry.merchant) AS settlement
  FROM entries entry
    LEFT JOIN entries undone ON undone.original = entry.transaction_id AND undone.kind = 'void'
    LEFT JOIN entries decided ON decided.original = entry.transaction_id AND decided.kind = 'decision'`;

/** Sales, refunds and voids of that name, the oldest first. */
export async function entriesByReference(handle: Handle, reference: string): Promise<BookedEntry[]> {
  const rows = await handle.all<EntryRow>(sql`
    ${BOOKED} WHERE entry.reference = ${reference} AND entry.kind <> 'decision' ORDER BY entry.entry_number`);
  return rows.map(toEntry(await handle.now()));
}

export async function entryById(
  handle: Handle,
  merchant: string | undefined,
  transactionId: string,
): Promise<BookedEntry | undefined> {
  const row = await handle.one<EntryRow>(sql`${BOOKED} WHERE entry.transaction_id = ${transactionId}`);
  const entry = row && toEntry(await handle.now())(row);
  return merchant === undefined || entry?.merchant === merchant ? entry : undefined;
}

export async function salesBookedBetween(handle: Handle, fromMs: number, untilMs: number): Promise<BookedEntry[]> {
  const rows = await handle.all<EntryRow>(sql`
    ${BOOKED} WHERE entry.kind = 'sale' AND entry.booked_at >= ${fromMs} AND entry.booked_at < ${untilMs}
    ORDER BY entry.entry_number`);
  return rows.map(toEntry(await handle.now()));
}

/** A page of a merchant's books. */
export async function entriesOf(
  handle: Handle,
  merchant: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<BookedEntry[]> {
  const rows = await handle.all<EntryRow>(sql`
    ${BOOKED} WHERE entry.merchant = ${merchant} AND entry.entry_number > ${after}
    ORDER BY entry.entry_number LIMIT ${limit}`);
  return rows.map(toEntry(await handle.now()));
}

interface EntryRow extends Row {
  entry_number: number;
  kind: Entry['kind'];
  transaction_id: string;
  reference: string;
  merchant: string;
  status: Status;
  amount_minor: number;
  currency: string;
  original: string | null;
  method: 'card' | 'bank' | null;
  bin: string | null;
  last_four: string | null;
  order_id: string | null;
  auth_code: string | null;
  network_reference: string | null;
  decline_code: string | null;
  avs_result: string | null;
  cvv_result: string | null;
  return_code: string | null;
  settles_at: number;
  visible_at: number;
  booked_at: number;
  void_id: string | null;
  decided_status: Status | null;
  decided_code: string | null;
  refunded_minor: number;
  settlement: number | null;
}

type Present<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

/** Without the members that have no value. */
const present = <T extends object>(members: T): Present<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)) as Present<T>;

const toEntry =
  (nowMs: number) =>
  (row: EntryRow): BookedEntry => ({
    entryNumber: row.entry_number,
    kind: row.kind,
    transactionId: row.transaction_id,
    reference: row.reference,
    merchant: row.merchant,
    status: row.decided_status ?? row.status,
    amountMinor: row.amount_minor,
    currency: row.currency,
    ...present({
      original: row.original,
      method: row.method,
      bin: row.bin,
      lastFour: row.last_four,
      orderId: row.order_id,
      authCode: row.auth_code,
      networkReference: row.network_reference,
      declineCode: row.decided_code ?? row.decline_code,
      avsResult: row.avs_result,
      cvvResult: row.cvv_result,
      returnCode: row.return_code,
      voidId: row.void_id,
    }),
    settlesAtMs: row.settles_at,
    visibleAtMs: row.visible_at,
    bookedAtMs: row.booked_at,
    refundedMinor: Number(row.refunded_minor),
    settled: nowMs >= row.settles_at || (row.settlement !== null && row.settlement >= row.booked_at),
  });
