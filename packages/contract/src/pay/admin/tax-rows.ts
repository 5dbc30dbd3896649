// The sales tax table of a merchant (contract 6.4).
import { type TaxRow, taxRow } from '@ozura/core/tax';
import { list, record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { adminErrors, by, byAdmin } from './operator.ts';

const tableMaxBytes = 1024 * 1024;
const rowsMax = 10_000;

/** `state` is `*` for a whole country; `postalPrefix` is empty for any postal code. */
const shownRow = Type.Object({
  country: Type.String(),
  state: Type.String(),
  postalPrefix: Type.String(),
  ratePercent: Type.String(),
});

const output = Type.Object({ success: Type.Literal(true), data: Type.Array(shownRow) });

export const listTaxRows = endpoint({
  ...byAdmin,
  name: 'listTaxRows',
  summary: 'Lists the rows of the tax table by place.',
  method: 'GET',
  path: '/admin/merchants/:merchantId/tax-rows',
  input: record({}),
  output,
  errors: adminErrors,
});

export const replaceTaxRows = endpoint({
  ...byAdmin,
  name: 'replaceTaxRows',
  summary: 'Puts a table in place of the one that is there; without rows the merchant collects no tax.',
  method: 'PUT',
  path: '/admin/merchants/:merchantId/tax-rows',
  bodyMaxBytes: tableMaxBytes,
  input: record({ rows: required(list<TaxRow>(taxRow, 0, rowsMax)), by }),
  output,
  errors: adminErrors,
});

export const setTaxRow = endpoint({
  ...byAdmin,
  name: 'setTaxRow',
  summary: 'Sets the rate of one place, in place of the one it has.',
  method: 'POST',
  path: '/admin/merchants/:merchantId/tax-rows',
  input: record({ row: required(taxRow), by }),
  output,
  errors: adminErrors,
});
