// `/admin/merchants/{merchantId}/tax-rows` (ours, contract 6.4). Every answer shows the table as it is then.
import type { InputOf } from '@ozura/contract/endpoint';
import type { replaceTaxRows, setTaxRow } from '@ozura/contract/pay/admin/tax-rows';
import { Refusal } from '@ozura/core/errors';
import { formatTaxRate, type TaxRow } from '@ozura/core/tax';
import { Intake, refuseFailures } from '@ozura/core/validation';
import type { Handle } from '@ozura/kit/db/handle';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import { findMerchant } from '../../store/merchants.ts';
import { deleteTaxRow, deleteTaxRows, insertTaxRows, listTaxRows } from '../../store/tax-rows.ts';
import { lockedMerchant } from './merchants.ts';
import { doneBy } from './operator.ts';

const rowsAtOnce = 500;

type ByAdmin<Input> = Call<Input, undefined>;

export async function answerListTaxRows({ db }: PayContext, { params }: ByAdmin<unknown>): Promise<unknown> {
  const { merchantId = '' } = params;
  if ((await findMerchant(db, merchantId)) === undefined) throw new Refusal('NOT_FOUND');
  return shown(db, merchantId);
}

export async function answerReplaceTaxRows(
  { db, audit }: PayContext,
  { input: { rows, by }, params, request }: ByAdmin<InputOf<typeof replaceTaxRows>>,
): Promise<unknown> {
  refuseTwice(rows);
  return db.transact(async (tx) => {
    const { merchantId } = await lockedMerchant(tx, params.merchantId);
    const before = await deleteTaxRows(tx, merchantId);
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      await insertTaxRows(tx, merchantId, rows.slice(from, from + rowsAtOnce));
    }
    const about = { ...doneBy(by, request), merchantId, object: 'tax_rows' };
    await audit.record(tx, { ...about, action: 'replace_tax_rows', change: { before, after: rows.length } });
    return shown(tx, merchantId);
  });
}

export async function answerSetTaxRow(
  { db, audit }: PayContext,
  { input: { row, by }, params, request }: ByAdmin<InputOf<typeof setTaxRow>>,
): Promise<unknown> {
  return db.transact(async (tx) => {
    const { merchantId } = await lockedMerchant(tx, params.merchantId);
    await deleteTaxRow(tx, merchantId, row);
    await insertTaxRows(tx, merchantId, [row]);
    const about = { ...doneBy(by, request), merchantId, object: 'tax_rows' };
    await audit.record(tx, { ...about, action: 'set_tax_row', change: shownRow(row) });
    return shown(tx, merchantId);
  });
}

/** A place with two rates would have whichever was read first. */
function refuseTwice(rows: readonly TaxRow[]): void {
  const intake = new Intake();
  const places = new Set<string>();
  for (const [index, { country, state, postalPrefix }] of rows.entries()) {
    const place = [country, state, postalPrefix].join('/');
    if (places.has(place)) intake.fail(`rows[${index}]`, `${place} is there twice`);
    places.add(place);
  }
  refuseFailures(intake);
}

const shown = async (db: Handle, merchantId: string): Promise<unknown> => ({
  success: true,
  data: (await listTaxRows(db, merchantId)).map(shownRow),
});

const shownRow = ({ country, state, postalPrefix, rate }: TaxRow) => ({
  country,
  state,
  postalPrefix,
  ratePercent: formatTaxRate(rate),
});
