// What is known of cards by their first digits: the operator's table, and in test mode the test cards.
import { readFileSync } from 'node:fs';
import { isBrand } from '@ozura/core/card/brand';
import type { BinRow, BinTable, Funding } from '@ozura/core/card/funding';
import { TEST_CARDS } from '@ozura/core/card/test-cards';
import type { VaultConfig } from './config.ts';

const testBins: BinTable = new Map(TEST_CARDS.map(({ number, funding }) => [number.slice(0, 6), { funding }]));
const none: BinTable = new Map();

/** In live mode a real card that shares six digits with a test card must not get its funding. */
export const binsOf = ({ mode, binTable = none }: Pick<VaultConfig, 'mode' | 'binTable'>): BinTable =>
  mode === 'live' ? binTable : binTable.size === 0 ? testBins : new Map([...binTable, ...testBins]);

const LINE = /^([0-9]{6,8}),(credit|debit|prepaid|unknown)(?:,([A-Z]{2})?)?(?:,([A-Z]{2,12})?)?$/;

/**
 * A text file with a line for each range: `digits,funding[,country[,brand]]`, six to eight digits, the country as ISO
 * 3166-1 alpha-2, a brand of contract 7.8 where it is not the one of the prefix. Blank lines and `#` lines are skipped.
 */
export function readBinTable(path: string): BinTable {
  const table = new Map<string, BinRow>();
  for (const [at, line] of readFileSync(path, 'utf8').split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, bin, funding, country, brand] = LINE.exec(line.trim()) ?? [];
    if (bin === undefined) throw new Error(`${path}, line ${at + 1}: must be digits,funding[,country[,brand]]`);
    if (brand !== undefined && !isBrand(brand)) throw new Error(`${path}, line ${at + 1}: ${brand} is no brand`);
    table.set(bin, {
      funding: funding as Funding,
      ...(country === undefined ? {} : { country }),
      ...(brand === undefined ? {} : { brand }),
    });
  }
  return table;
}
