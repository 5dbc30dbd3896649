// The tax table of each merchant: a rate for a country, a state of it, or a postal prefix.
import type { TaxKeys, TaxRow } from '@ozura/core/tax';
import { type Handle, join, sql } from '@ozura/kit/db/handle';

type StoredRow = { country: string; state: string; postal_prefix: string; rate: number };

const toTaxRow = (row: StoredRow): TaxRow => ({
  country: row.country,
  state: row.state,
  postalPrefix: row.postal_prefix,
  rate: BigInt(row.rate),
});

/** Those that may decide about one place. */
export async function findTaxRows(db: Handle, merchantId: string, keys: TaxKeys): Promise<TaxRow[]> {
  const rows = await db.all<StoredRow>(sql`
    SELECT country, state, postal_prefix, rate FROM tax_rows
    WHERE merchant_id = ${merchantId} AND country = ${keys.country} AND state IN (${join(keys.states)})
      AND postal_prefix IN (${join(keys.postalPrefixes)})`);
  return rows.map(toTaxRow);
}

/** A merchant without a table does not collect tax at all; one with a table does, also where it comes to nothing. */
export async function hasTaxRows(db: Handle, merchantId: string): Promise<boolean> {
  return (await db.one(sql`SELECT 1 AS found FROM tax_rows WHERE merchant_id = ${merchantId} LIMIT 1`)) !== undefined;
}

export async function listTaxRows(db: Handle, merchantId: string): Promise<TaxRow[]> {
  const rows = await db.all<StoredRow>(sql`
    SELECT country, state, postal_prefix, rate FROM tax_rows WHERE merchant_id = ${merchantId}
    ORDER BY country, state, postal_prefix`);
  return rows.map(toTaxRow);
}

export const deleteTaxRows = (tx: Handle, merchantId: string): Promise<number> =>
  tx.run(sql`DELETE FROM tax_rows WHERE merchant_id = ${merchantId}`);

/** Of different places. Many at once: while a large table is written nobody is paid on SQLite. */
export async function insertTaxRows(tx: Handle, merchantId: string, rows: readonly TaxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const now = await tx.now();
  const values = rows.map(
    ({ country, state, postalPrefix, rate }) =>
      sql`(${merchantId}, ${country}, ${state}, ${postalPrefix}, ${Number(rate)}, ${now})`,
  );
  await tx.run(sql`
    INSERT INTO tax_rows (merchant_id, country, state, postal_prefix, rate, created_at) VALUES ${join(values)}`);
}

export const deleteTaxRow = (tx: Handle, merchantId: string, row: TaxRow): Promise<number> =>
  tx.run(sql`
    DELETE FROM tax_rows WHERE merchant_id = ${merchantId} AND country = ${row.country} AND state = ${row.state}
      AND postal_prefix = ${row.postalPrefix}`);
