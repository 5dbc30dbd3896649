import { expect, test } from 'vitest';
import { languageFor, likelyCountry } from './language.ts';
import { fill } from './messages/catalogue.ts';

const english = languageFor({});

test.each([
  ['en-GB,en;q=0.9', 'GB'],
  ['de,en-US;q=0.8', 'US'],
  ['zh-Hant-TW', 'TW'],
  ['es-419,es;q=0.9', 'US'],
  ['xx-YY', 'US'],
  ['', 'US'],
  [undefined, 'US'],
])('the browser language %s suggests %s', (header, country) => {
  expect(likelyCountry(header)).toBe(country);
});

test('percentages are written exactly', () => {
  expect([300n, 250n, 1n].map(english.percent)).toEqual(['3%', '2.5%', '0.01%']);
});

test('countries have their names in the language of the page', () => {
  expect(english.country('CI')).toBe('Côte d’Ivoire');
});

test('every placeholder is filled, and a value is never read as a template', () => {
  expect(fill('Pay {merchant} {amount}', { merchant: '$& {amount}', amount: '$1' })).toBe('Pay $& {amount} $1');
});

test('money, numbers and dates are written as people of the language write them', () => {
  const written = (locale: string) => {
    const { money, date, percent, number } = languageFor({ locale });
    return [money(123_450n, 'EUR'), date('2026-03-04'), percent(250n), number(1234)].map((text) =>
      text.replaceAll(/[\u00a0\u202f\u200e\u200f\u061c]/g, ' '),
    );
  };
  expect(written('en')).toEqual(['€1,234.50', 'March 4, 2026', '2.5%', '1,234']);
  expect(written('de')).toEqual(['1.234,50 €', '4. März 2026', '2,5 %', '1.234']);
  expect(written('ja')).toEqual(['€1,234.50', '2026年3月4日', '2.5%', '1,234']);
  expect(written('fa')[3]).toBe('۱٬۲۳۴');
  expect(languageFor({ locale: 'fa' }).date('2026-03-04')).toContain('۲۰۲۶');
});

test('the sign of a foreign dollar stays behind its letters in a text from right to left', () => {
  expect(languageFor({ locale: 'ar-EG' }).money(1840n, 'USD')).toMatch(/US\$\u200e$/);
  expect(languageFor({ locale: 'de' }).money(1840n, 'USD')).toBe('18,40\u00a0$');
  expect(languageFor({ locale: 'en-AU' }).money(1840n, 'USD')).not.toContain('\u200e');
});

test('counts take the form that the language wants', () => {
  const days = (locale: string, count: number) => {
    const { counted, messages } = languageFor({ locale });
    return counted(messages.page.plan.everyMany.daily, count);
  };
  expect([2, 5, 21].map((count) => days('ru', count))).toEqual(['каждые 2 дня', 'каждые 5 дней', 'каждый 21 день']);
  expect([2, 3, 11].map((count) => days('ar', count))).toEqual(['كل يومين', 'كل 3 أيام', 'كل 11 يومًا']);
  expect([2, 5].map((count) => days('cs', count))).toEqual(['každé 2 dny', 'každých 5 dní']);
  expect(days('en', 2)).toBe('every 2 days');
});

test.each([
  ['ar', 'rtl'],
  ['he-IL', 'rtl'],
  ['fa', 'rtl'],
  ['ur-PK', 'rtl'],
  ['de', 'ltr'],
  ['ja', 'ltr'],
])('%s runs %s', (locale, direction) => {
  expect(languageFor({ locale }).direction).toBe(direction);
});
