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
