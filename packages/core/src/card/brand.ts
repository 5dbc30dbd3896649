// Card brands by prefix (contract 7.8). Part of the card fields in the browser: a table, two questions, no imports.

export type Brand = 'VISA' | 'MASTERCARD' | 'AMEX' | 'DISCOVER' | 'DINERS' | 'JCB' | 'UNIONPAY' | 'MAESTRO' | 'UNKNOWN';

type BrandRow = readonly [brand: Brand, prefixes: string, lengths: readonly number[]];

const BRANDS: readonly BrandRow[] = [
  ['VISA', '4', [13, 16, 19]],
  ['MASTERCARD', '51-55 2221-2720', [16]],
  ['AMEX', '34 37', [15]],
  ['DISCOVER', '6011 644-649 65', [16, 17, 18, 19]],
  ['DINERS', '300-305 3095 36 38-39', [14, 16, 19]],
  ['JCB', '3528-3589', [16, 17, 18, 19]],
  ['UNIONPAY', '62 81', [16, 17, 18, 19]],
  ['MAESTRO', '50 56-58 63 67', [13, 14, 15, 16, 17, 18, 19]],
];

/** Lengths a complete number may have, whatever its brand. */
const ANY_LENGTH: readonly number[] = [13, 14, 15, 16, 17, 18, 19];

type PrefixRange = readonly [brand: Brand, from: string, to: string];

/** Every range of prefixes, the longest first. */
const RANGES: readonly PrefixRange[] = BRANDS.flatMap(([brand, prefixes]) =>
  prefixes.split(' ').map((range): PrefixRange => {
    const [from = '', to = from] = range.split('-');
    return [brand, from, to];
  }),
).sort(([, one], [, other]) => other.length - one.length);

/** The brand of a whole number or of its first digits; the longest matching prefix wins. */
export function brandOf(digits: string): Brand {
  for (const [brand, from, to] of RANGES) {
    const head = digits.slice(0, from.length);
    // Texts of equal length compare like their numbers.
    if (head.length === from.length && head >= from && head <= to) return brand;
  }
  return 'UNKNOWN';
}

export const isBrand = (name: string): name is Brand => name === 'UNKNOWN' || BRANDS.some(([brand]) => brand === name);

/** Lengths in which the brand issues numbers, ascending. */
export const numberLengths = (brand: Brand): readonly number[] =>
  BRANDS.find(([name]) => name === brand)?.[2] ?? ANY_LENGTH;

export const securityCodeLength = (brand: Brand): 3 | 4 => (brand === 'AMEX' ? 4 : 3);
