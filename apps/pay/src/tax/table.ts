// The provider `table`: rates that the operator keeps for a merchant. A merchant without any has the provider `none`.
import { taxKeysOf, taxOn, taxRateAt } from '@ozura/core/tax';
import type { Handle } from '@ozura/kit/db/handle';
import { findTaxRows, hasTaxRows } from '../store/tax-rows.ts';
import type { TaxProvider } from './port.ts';

export const lookUpTable =
  (db: Handle): TaxProvider =>
  async ({ merchantId, taxableMinor, place }) => {
    const rows = await findTaxRows(db, merchantId, taxKeysOf(place));
    if (rows.length === 0 && !(await hasTaxRows(db, merchantId))) return undefined;
    return taxOn(taxableMinor, taxRateAt(rows, place));
  };
