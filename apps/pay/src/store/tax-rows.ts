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

/** Replaces the rate of a place that has one. */
export async function putTaxRow(tx: Handle, merchantId: string, row: TaxRow): Promise<number> {
  const now = await tx.now();
  return tx.run(sql`
    INSERT INTO tax_rows (merchant_id, country, state, postal_prefix, rate, created_at)
    VALUES (${merchantId}, ${row.country}, ${row.state}, ${row.postalPrefix}, ${Number(row.rate)}, ${now})
    ON CONFLICT (merchant_id, country, state, postal_prefix) DO UPDATE SET rate = excluded.rate`);
}
