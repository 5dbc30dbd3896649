// The language of a page: its sentences, and how it writes money, numbers, dates and the name of a country.

import { isCountry } from '@ozura/core/countries';
import { exponentOf } from '@ozura/core/currencies';
import { formatMoney } from '@ozura/core/money';
import { type Match, matchLanguage, type Reader } from './language-match.ts';
import { type Counted, fillCounted, keepSign, type Messages } from './messages/catalogue.ts';
import { type LocaleTag, openMessages } from './messages/locales.ts';

export interface Language {
  /** For the `lang` attribute and for `Intl`. */
  readonly tag: string;
  /** Whose sentences it has: the tag without the region. */
  readonly locale: LocaleTag;
  readonly direction: 'ltr' | 'rtl';
  readonly messages: Messages;
  money(minor: bigint, currency: string): string;
  /** 250n, hundredths of a percent, is `2.5%`. */
  percent(hundredths: bigint): string;
  country(code: string): string;
  /** Of a calendar date such as `2026-03-04`. */
  date(day: string): string;
  number(value: number): string;
  /** A merchant's own text for a place inside a sentence: it keeps its direction, and the sentence its own. */
  isolated(text: string): string;
  /** A text for two and more of something. */
  counted(text: Counted, count: number, values?: Readonly<Record<string, string>>): string;
}

/** What `Intl` makes for a language is large, and whoever asks can name any region. */
const languagesMax = 64;
const opened = new Map<string, Language>();

export function languageFor(reader: Reader): Language {
  const match = matchLanguage(reader);
  const known = opened.get(match.tag);
  if (known !== undefined) return known;
  const language = openLanguage(match);
  const [oldest] = opened.keys();
  if (opened.size >= languagesMax && oldest !== undefined) opened.delete(oldest);
  opened.set(match.tag, language);
  return language;
}

const RIGHT_TO_LEFT: ReadonlySet<string | undefined> = new Set(['Arab', 'Hebr']);

function openLanguage({ tag, locale }: Match): Language {
  const formats = new Map<string, Intl.NumberFormat>();
  const numbers = new Intl.NumberFormat(tag);
  const percents = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 2 });
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC', calendar: 'gregory' });
  const regions = new Intl.DisplayNames(tag, { type: 'region' });
  const direction = RIGHT_TO_LEFT.has(new Intl.Locale(locale).maximize().script) ? 'rtl' : 'ltr';
  return {
    tag,
    locale,
    direction,
    messages: openMessages(locale),
    money(minor, currency) {
      const format = formats.get(currency) ?? new Intl.NumberFormat(tag, currencyStyle(currency));
      formats.set(currency, format);
      // As text, so that no amount passes through a float.
      return keepSign(format.format(formatMoney(minor, currency) as `${number}`));
    },
    percent: (hundredths) => percents.format(Number(hundredths) / 10_000),
    country: (code) => regions.of(code) ?? code,
    date: (day) => dates.format(Date.parse(day)),
    isolated: (text) => (direction === 'rtl' ? `\u2068${text}\u2069` : text),
    number: (value) => numbers.format(value),
    counted: (text, count, values) => fillCounted(text, count, { ...values, tag }),
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
