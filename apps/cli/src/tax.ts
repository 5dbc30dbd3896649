// `ozura tax`: the sales tax table of a merchant (contract 6.4).
import type { OutputOf } from '@ozura/contract/endpoint';
import { listTaxRows, replaceTaxRows, setTaxRow } from '@ozura/contract/pay/admin/tax-rows';
import { type Command, runCommand } from './command.ts';
import { readJsonInput } from './input-file.ts';
import { type Installation, operatorName } from './operator.ts';
import type { Words } from './words.ts';

const usage = `Usage:
  ozura tax list MERCHANT
  ozura tax set MERCHANT PLACE PERCENT      PLACE is COUNTRY, COUNTRY/STATE or COUNTRY/STATE/POSTAL-PREFIX
  ozura tax load MERCHANT FILE              replaces all rows by those of a JSON file
  ozura tax clear MERCHANT                  the merchant collects no tax any more

For example: ozura tax set ozu_shop US/NY/100 8.875. * stands for any state: US/*/100.
A row of a file is {"country": "US", "state": "NY", "postalPrefix": "100", "ratePercent": "8.875"}.
--by NAME stands in the log in place of the user of this machine. --json prints JSON.`;

const commands: Readonly<Record<string, Command>> = {
  list: { positions: ['MERCHANT'], options: [], run: list },
  set: { positions: ['MERCHANT', 'PLACE', 'PERCENT'], options: [], run: set },
  load: { positions: ['MERCHANT', 'FILE'], options: [], run: load },
  clear: { positions: ['MERCHANT'], options: [], run: (installation, words) => replace(installation, words, []) },
};

export const keepTaxTable = (args: readonly string[]): Promise<void> => runCommand(args, { usage, commands });

async function list(installation: Installation, words: Words): Promise<void> {
  const [merchantId = ''] = words.positions;
  print(words, await installation.call(listTaxRows, { params: { merchantId } }));
}

async function set(installation: Installation, words: Words): Promise<void> {
  const [merchantId = '', place = '', ratePercent] = words.positions;
  const [country, state, postalPrefix] = place.split('/');
  const body = { row: { country, state, postalPrefix, ratePercent }, by: operatorName(words) };
  print(words, await installation.call(setTaxRow, { params: { merchantId }, body }));
}

async function load(installation: Installation, words: Words): Promise<void> {
  const [, file = ''] = words.positions;
  await replace(installation, words, readJsonInput(file));
}

async function replace(installation: Installation, words: Words, rows: unknown): Promise<void> {
  const [merchantId = ''] = words.positions;
  const body = { rows, by: operatorName(words) };
  print(words, await installation.call(replaceTaxRows, { params: { merchantId }, body }));
}

const placeWidth = 24;

const print = (words: Words, { data }: OutputOf<typeof listTaxRows>): void =>
  words.print(
    data,
    data.length === 0
      ? ['no tax is collected']
      : data.map(({ country, state, postalPrefix, ratePercent }) => {
          const place = [country, state, ...(postalPrefix === '' ? [] : [postalPrefix])].join('/');
          return `${place.padEnd(placeWidth)} ${ratePercent} %`;
        }),
  );
