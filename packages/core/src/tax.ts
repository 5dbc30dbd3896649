// The built-in tax table (contract 6.4). A rate is hundred-thousandths of a percent: 8.875 % is 887500n.
import { countryCode, countryOf, type Place, stateOf } from './billing.ts';
import { divideHalfUp } from './money.ts';
import { accepting, pattern, type Reader, record, required, text, withDefault } from './validation.ts';

export interface TaxRow {
  readonly country: string;
  /** `*`: the whole country. */
  readonly state: string;
  /** Empty: any postal code. */
  readonly postalPrefix: string;
  readonly rate: bigint;
}

const wholeCountry = '*';
const rateScale = 100_000n;
const rateMax = 100n * rateScale;

const rowIn = (at: string | undefined) =>
  record({
    country: required(countryCode),
    state: withDefault(rowState(at), wholeCountry),
    postalPrefix: withDefault(text(0, 16, 'must be at most 16 characters'), ''),
    ratePercent: required(taxRate),
  });

const readRow: Reader<TaxRow> = (value, path, intake) => {
  const before = intake.failures.length;
  const found = rowIn(countryOf(value, 'country'))(value, path, intake);
  if (found === undefined || intake.failures.length > before) return undefined;
  const { country, state, postalPrefix, ratePercent } = found;
  return { country, state: plain(state), postalPrefix: plain(postalPrefix), rate: ratePercent };
};

/** `{country, state?, postalPrefix?, ratePercent}`, as an operator writes it. */
export const taxRow = accepting(readRow, { as: () => rowIn(undefined) });

function rowState(at: string | undefined): Reader<string> {
  const read: Reader<string> = (value, path, intake) =>
    value === wholeCountry || value === '' ? wholeCountry : stateOf(at)(value, path, intake);
  return accepting(read, { schema: { type: 'string', description: 'a state, or * for the whole country' } });
}

const decimal = pattern(/^[0-9]{1,3}(\.[0-9]{1,5})?$/, 'must be a percentage with at most 5 decimals');

const readRate: Reader<bigint> = (value, path, intake) => {
  const written = decimal(typeof value === 'number' ? String(value) : value, path, intake);
  if (written === undefined) return undefined;
  const [whole = '', decimals = ''] = written.split('.');
  const rate = BigInt(whole + decimals.padEnd(5, '0'));
  return rate > rateMax ? intake.fail(path, 'must be between 0 and 100') : rate;
};

const taxRate = accepting(readRate, { as: () => decimal });

/** 887500n is `8.875`. */
export function formatTaxRate(rate: bigint): string {
  const decimals = (rate % rateScale).toString().padStart(5, '0').replace(/0+$/, '');
  return decimals === '' ? String(rate / rateScale) : `${rate / rateScale}.${decimals}`;
}

/** What the rows of a place can say for a state and a postal code: whoever keeps a long table looks up only these. */
export interface TaxKeys {
  readonly country: string;
  readonly states: readonly string[];
  readonly postalPrefixes: readonly string[];
}

export function taxKeysOf({ country: at, state, zip }: Place): TaxKeys {
  const code = plain(zip);
  return {
    country: at,
    states: [...new Set([wholeCountry, plain(state)])],
    postalPrefixes: Array.from({ length: code.length + 1 }, (_none, length) => code.slice(0, length)),
  };
}

/** Longest matching postal prefix, then the state, then the country; where no row matches there is no tax. */
export function taxRateAt(rows: readonly TaxRow[], place: Place): bigint {
  const { states, postalPrefixes } = taxKeysOf(place);
  const matching = rows.filter(
    (row) => row.country === place.country && states.includes(row.state) && postalPrefixes.includes(row.postalPrefix),
  );
  const [first, ...others] = matching;
  return others.reduce((best, row) => (closeness(row) > closeness(best) ? row : best), first ?? none).rate;
}

const none: TaxRow = { country: '', state: wholeCountry, postalPrefix: '', rate: 0n };

export const taxOn = (taxableMinor: bigint, rate: bigint): bigint => divideHalfUp(taxableMinor * rate, rateMax);

/** Any postal prefix outweighs a state, which outweighs a country. */
const closeness = (row: TaxRow): number => row.postalPrefix.length * 2 + (row.state === wholeCountry ? 0 : 1);

/** Letter case, spaces and dashes differ between people who mean the same code. */
const plain = (written: string): string =>
  written === wholeCountry ? written : written.toUpperCase().replace(/[\s-]/g, '');
