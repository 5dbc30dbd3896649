// `/admin/merchants/{merchantId}/tax-rows` (ours, contract 6.4). Every answer shows the table as it is then.
import type { InputOf } from '@ozura/contract/endpoint';
import type { replaceTaxRows, setTaxRow } from '@ozura/contract/pay/admin/tax-rows';
import { Refusal } from '@ozura/core/errors';
import { formatTaxRate, type TaxRow } from '@ozura/core/tax';
import type { Handle } from '@ozura/kit/db/handle';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import { findMerchant } from '../../store/merchants.ts';
import { deleteTaxRows, listTaxRows, putTaxRow } from '../../store/tax-rows.ts';
import { lockedMerchant } from './merchants.ts';
import { doneBy } from './operator.ts';

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
  return db.transact(async (tx) => {
    const { merchantId } = await lockedMerchant(tx, params.merchantId);
    const before = await deleteTaxRows(tx, merchantId);
    for (const row of rows) await putTaxRow(tx, merchantId, row);
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
    await putTaxRow(tx, merchantId, row);
    const about = { ...doneBy(by, request), merchantId, object: 'tax_rows' };
    await audit.record(tx, { ...about, action: 'set_tax_row', change: shownRow(row) });
    return shown(tx, merchantId);
  });
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
