// The field for the card number: groups as on the card, brand by prefix, length and check digit.
import { brandOf, numberLengths } from '@ozura/core/card/brand';
import { passesLuhn } from '@ozura/core/card/luhn';
import { digitsOf } from './caret.ts';
import { empty, type FieldKind, right, wrong } from './kind.ts';

const lengthMin = 13;
const lengthMax = 19;

export const cardNumber: FieldKind = {
  format: (typed) => {
    const all = digitsOf(typed);
    const digits = all.slice(0, numberLengths(brandOf(all)).at(-1) ?? lengthMax);
    return grouped(digits, groupSizes(digits));
  },
  judge: (text) => {
    const digits = digitsOf(text);
    if (digits === '') return empty;
    const cardBrand = brandOf(digits);
    if (digits.length < lengthMin) {
      return { ...wrong('Card number is incomplete', false), cardBrand };
    }
    if (passesLuhn(digits)) return { ...right, cardBrand };
    // Shorter than the brand's longest number it may be unfinished as well as wrong.
    return { ...wrong('Invalid card number', numberLengths(cardBrand).includes(digits.length)), cardBrand };
  },
  values: (text) => ({ cardNumber: digitsOf(text) }),
};

function groupSizes(digits: string): readonly number[] {
  const brand = brandOf(digits);
  if (brand === 'AMEX') return [4, 6, 5];
  if (brand === 'DINERS' && digits.length <= 14) return [4, 6, 4];
  return [4, 4, 4, 4, 3];
}

function grouped(digits: string, sizes: readonly number[]): string {
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at < digits.length) groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups.join(' ');
}
