// `ozura tax`: the sales tax table of a merchant, in Pay's database (contract 6.4).
import { readFileSync } from 'node:fs';
import { formatTaxRate, type TaxRow, taxRow } from '@ozura/core/tax';
import { Intake, list } from '@ozura/core/validation';
import type { Database } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { readEnv } from '@ozura/kit/env';
import { findMerchant } from '@ozura/pay/store/merchants';
import { deleteTaxRows, listTaxRows, putTaxRow } from '@ozura/pay/store/tax-rows';
import { CannotStart } from './cannot-start.ts';
import { readPlace } from './serve-settings.ts';

const usage = `Usage:
  ozura tax list <merchantId>
  ozura tax set <merchantId> <country>[/<state>[/<postal prefix>]] <percent>   US/NY/100 8.875; US/*/100 for any state
  ozura tax load <merchantId> <file.json>   replaces all rows: [{"country", "state"?, "postalPrefix"?, "ratePercent"}]
  ozura tax clear <merchantId>              the merchant collects no tax any more`;

const rowsMax = 100_000;

export async function keepTaxTable([action, merchantId, ...rest]: readonly string[]): Promise<void> {
  const work = action === undefined ? undefined : ACTIONS[action];
  if (work === undefined || merchantId === undefined) throw new CannotStart(usage);
  const env = readEnv();
  const { databaseUrl } = readPlace(env, 'pay');
  env.finish();
  const change = work(merchantId, rest);
  const db = await openDatabase({ url: databaseUrl });
  try {
    if ((await findMerchant(db, merchantId)) === undefined) throw new CannotStart(`there is no merchant ${merchantId}`);
    await change(db);
    for (const row of await listTaxRows(db, merchantId)) console.log(rowText(row));
  } finally {
    await db.close();
  }
}

/** Reads all that was given before the database is opened. */
type Action = (merchantId: string, rest: readonly string[]) => (db: Database) => Promise<unknown>;

const ACTIONS: Readonly<Record<string, Action>> = {
  list: () => async () => undefined,
  clear: (merchantId) => (db) => deleteTaxRows(db, merchantId),
  set(merchantId, [place = '', ratePercent]) {
    const [country, state, postalPrefix] = place.split('/');
    const [row] = readRows([{ country, state, postalPrefix, ratePercent }], 'row');
    return async (db) => row && putTaxRow(db, merchantId, row);
  },
  load(merchantId, [file]) {
    if (file === undefined) throw new CannotStart(usage);
    const rows = readRows(parsedFile(file), file);
    return (db) =>
      db.transact(async (tx) => {
        await deleteTaxRows(tx, merchantId);
        for (const row of rows) await putTaxRow(tx, merchantId, row);
      });
  },
};

function parsedFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new CannotStart(`${file} cannot be read as JSON`);
  }
}

function readRows(value: unknown, name: string): readonly TaxRow[] {
  const intake = new Intake();
  const rows = list(taxRow, 0, rowsMax)(value, name, intake);
  if (intake.failures.length > 0) throw new CannotStart(intake.failures.join('\n'));
  return rows ?? [];
}

const rowText = ({ country, state, postalPrefix, rate }: TaxRow): string =>
  `${[country, state, ...(postalPrefix === '' ? [] : [postalPrefix])].join('/').padEnd(24)} ${formatTaxRate(rate)} %`;
