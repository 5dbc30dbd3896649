// The language of a page: its sentences, and how it writes money and the name of a country.

import { isCountry } from '@ozura/core/countries';
import { exponentOf } from '@ozura/core/currencies';
import { formatMoney } from '@ozura/core/money';
import type { Messages } from './messages/catalogue.ts';
import { en } from './messages/en.ts';

export interface Language {
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly messages: Messages;
  money(minor: bigint, currency: string): string;
  /** 250n, hundredths of a percent, is `2.5%`. */
  percent(hundredths: bigint): string;
  country(code: string): string;
  /** Of a calendar date such as `2026-03-04`. */
  date(day: string): string;
}

export const english: Language = openLanguage('en', 'ltr', en);

function openLanguage(tag: string, direction: Language['direction'], messages: Messages): Language {
  const formats = new Map<string, Intl.NumberFormat>();
  const percents = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 2 });
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' });
  const regions = new Intl.DisplayNames(tag, { type: 'region' });
  return {
    tag,
    direction,
    messages,
    money(minor, currency) {
      const format = formats.get(currency) ?? new Intl.NumberFormat(tag, currencyStyle(currency));
      formats.set(currency, format);
      // As text, so that no amount passes through a float.
      return format.format(formatMoney(minor, currency) as `${number}`);
    },
    percent: (hundredths) => percents.format(Number(hundredths) / 10_000),
    country: (code) => regions.of(code) ?? code,
    date: (day) => dates.format(Date.parse(day)),
  };
}

/** As many decimals as amounts have: the tables of `Intl` drop those that people of a country do not use any more. */
function currencyStyle(currency: string): Intl.NumberFormatOptions {
  const digits = exponentOf(currency);
  return { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** The first region a browser names (`de-AT,de;q=0.9` is `AT`): a guess that saves most people a choice. */
export function likelyCountry(acceptLanguage: string | undefined): string {
  for (const [, region = ''] of (acceptLanguage ?? '').matchAll(/[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\b/gi)) {
    if (isCountry(region.toUpperCase())) return region.toUpperCase();
  }
  return 'US';
}
