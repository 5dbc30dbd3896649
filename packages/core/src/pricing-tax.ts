// The built-in tax table (contract 6.4). A rate is hundred-thousandths of a percent: 8.875 % is 887500n.
import type { Place } from './billing.ts';
import { divideHalfUp } from './money.ts';

export interface TaxRow {
  readonly country: string;
  /** `*` for the whole country. */
  readonly state: string;
  /** Empty for the whole state. */
  readonly postalPrefix: string;
  readonly rate: bigint;
}

const rateScale = 100_000n;

/** A rate from an operator's file: percent, 0 to 100, at most five decimals. */
export function parseTaxRate(percent: string): bigint | undefined {
  const parts = /^([0-9]{1,3})(?:\.([0-9]{1,5}))?$/.exec(percent.trim());
  if (parts === null) return undefined;
  const rate = BigInt(`${parts[1]}${(parts[2] ?? '').padEnd(5, '0')}`);
  return rate <= 100n * rateScale ? rate : undefined;
}

/** Longest matching postal prefix, then the state, then the country; where no row matches there is no tax. */
export function taxRateAt(rows: readonly TaxRow[], place: Place): bigint {
  let best: TaxRow | undefined;
  for (const row of rows) {
    if (matches(row, place) && (best === undefined || closeness(row) > closeness(best))) best = row;
  }
  return best?.rate ?? 0n;
}

export const taxOn = (subtotalMinor: bigint, rate: bigint): bigint =>
  divideHalfUp(subtotalMinor * rate, 100n * rateScale);

const matches = (row: TaxRow, place: Place): boolean =>
  row.country === place.country &&
  (row.state === '*' || row.state === place.state) &&
  place.zip.startsWith(row.postalPrefix);

/** Any postal prefix outweighs a state, which outweighs a country. */
const closeness = (row: TaxRow): number => row.postalPrefix.length * 2 + (row.state === '*' ? 0 : 1);
