// The field for the expiry: `MM / YY`, typed, pasted or filled in any common way.
import { parseExpiry } from '@ozura/core/card/expiry';
import { digitsOf } from './caret.ts';
import { empty, type FieldKind, right, wrong } from './kind.ts';

const SEPARATOR = ' / ';

export const expirationDate: FieldKind = {
  format: (typed, { deleting }) => {
    const { month, year, separated } = split(typed);
    if (deleting && year === '') return month;
    const text = month.length === 1 && (separated || month > '1' || year !== '') ? `0${month}` : month;
    return text.length === 2 ? text + SEPARATOR + shortYear(year) : text;
  },
  judge: (text, { nowMs }) => {
    const { month, year } = split(text);
    if (month === '') return empty;
    if (month.length < 2 || year.length < 2) return wrong('Expiration date is incomplete', false);
    const parsed = parseExpiry(month, year, nowMs);
    if ('expiry' in parsed) return right;
    return wrong(parsed.problem === 'expired' ? 'Card has expired' : 'Invalid expiration date');
  },
  values: (text) => {
    const { month, year } = split(text);
    return { expirationMonth: month, expirationYear: year };
  },
};

interface Parts {
  readonly month: string;
  readonly year: string;
  /** Something that is no digit stands behind the month. */
  readonly separated: boolean;
}

function split(typed: string): Parts {
  const [first = '', second = ''] = typed.split(/[^0-9]+/).filter(Boolean);
  // 2029-11, as browsers fill it in.
  if (/^20[0-9]{2}$/.test(first) && second !== '') return { month: second.slice(0, 2), year: first, separated: true };
  const digits = digitsOf(typed);
  const separated = /^[^0-9]*[0-9]{1,2}[^0-9]/.test(typed);
  const monthLength = separated ? first.length : monthLengthOf(digits);
  return { month: digits.slice(0, monthLength), year: digits.slice(monthLength, monthLength + 4), separated };
}

/** Without a separator: 3 is March, and so is the 1 of 13, as there is no thirteenth month. */
function monthLengthOf(digits: string): number {
  const two = Number(digits.slice(0, 2));
  return digits.charAt(0) > '1' || two > 12 ? 1 : 2;
}

/** Four digits only of this century; then the last two say it. */
function shortYear(year: string): string {
  if (!year.startsWith('20')) return year.slice(0, 2);
  return year.length === 4 ? year.slice(2) : year;
}
