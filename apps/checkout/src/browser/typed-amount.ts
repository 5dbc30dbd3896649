// An amount as people type it, with currency signs and their own separators, as the decimal text that servers read.

import { plainDigits } from '@ozura/core/digits';

/** `1,50` is one and a half everywhere; whether `1,000` is one or a thousand depends on the separator of the language. */
export function typedAmount(typed: string, groupSeparator: string): string {
  // ٬ and ٫ are what Arabic and Persian put between thousands and before decimals.
  const latin = plainDigits(typed).replaceAll('\u066c', ',').replaceAll('\u066b', '.');
  // Around the number stand signs and names of currencies, which may have dots of their own: Rs. 500, S/.12, 12,-.
  const number = latin.trim().replace(/^(?![.,]\d)[^\d-]+|\D+$/g, '');
  // Not one number: 10 or 20, 1e3.
  if (/\p{L}/u.test(number)) return number;
  const written = number.replace(/[^\d.,-]/g, '').replace(/^(?=[.,])/, '0');
  const grouped = /^\d{1,3}(([.,])\d{3}(?:\2\d{3})*)(?:[.,]\d+)?$/.exec(written);
  const [, groups = '', separator = ''] = grouped ?? [];
  const rest = grouped === null ? '' : written.slice(written.indexOf(groups) + groups.length);
  const isGrouped =
    grouped !== null &&
    !rest.startsWith(separator) &&
    (rest !== '' || groups.length > 4 || separator === groupSeparator);
  return (isGrouped ? written.replaceAll(separator, '') : written).replace(',', '.');
}

/** What the language puts between thousands. */
export const groupSeparatorOf = (language: string): string =>
  new Intl.NumberFormat(language, { useGrouping: true }).formatToParts(1_000_000).find(({ type }) => type === 'group')
    ?.value ?? '';
