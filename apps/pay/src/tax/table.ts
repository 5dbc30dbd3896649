// The provider `table`: rates that the operator keeps for a merchant. A merchant without any has the provider `none`.
import { taxKeysOf, taxOn, taxRateAt } from '@ozura/core/tax';
import type { Handle } from '@ozura/kit/db/handle';
import { onceATurn } from '@ozura/kit/once-a-turn';
import { findTaxRows, hasTaxRows } from '../store/tax-rows.ts';
import type { TaxProvider } from './port.ts';

export const lookUpTable = (db: Handle): TaxProvider => {
  const hasRows = onceATurn((merchantId) => hasTaxRows(db, merchantId));
  return async ({ merchantId, taxableMinor, place }) => {
    // Most have none, and that is the shorter question.
    if (!(await hasRows(merchantId))) return undefined;
    return taxOn(taxableMinor, taxRateAt(await findTaxRows(db, merchantId, taxKeysOf(place)), place));
  };
};
