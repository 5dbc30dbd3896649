// What kind of account stands behind a card, looked up by its first digits (contract 7.8).
import { type Brand, brandOf } from './brand.ts';

export type Funding = 'credit' | 'debit' | 'prepaid' | 'unknown';

export interface BinRow {
  readonly funding: Funding;
  /** Replaces the brand told by the prefix, for co-branded ranges. */
  readonly brand?: Brand;
  readonly country?: string;
}

/** Rows by their first six to eight digits. */
export type BinTable = ReadonlyMap<string, BinRow>;

export interface BinFacts {
  readonly bin: string;
  readonly brand: Brand;
  readonly funding: Funding;
  readonly country?: string;
}

/** `digits`: six or more, as far as they are known. The longest listed prefix wins; what is not listed is unknown. */
export function lookUpBin(table: BinTable, digits: string): BinFacts {
  const row = [8, 7, 6].map((length) => table.get(digits.slice(0, length))).find((found) => found !== undefined);
  return { bin: digits.slice(0, 8), brand: brandOf(digits), funding: 'unknown', ...row };
}
