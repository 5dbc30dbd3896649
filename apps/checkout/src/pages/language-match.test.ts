import { expect, test } from 'vitest';
import { matchLanguage } from './language-match.ts';

test.each([
  ['en-GB,en;q=0.9', 'en', 'en-GB'],
  ['xx-YY, tlh;q=0.9', 'en', 'en'],
  ['fr;q=0, en-AU;q=0.5', 'en', 'en-AU'],
  ['*', 'en', 'en'],
  ['', 'en', 'en'],
  ['<script>,en-US', 'en', 'en-US'],
  [undefined, 'en', 'en'],
])('a browser that sends %s reads %s', (acceptLanguage, locale, tag) => {
  expect(matchLanguage({ acceptLanguage })).toEqual({ locale, tag });
});

test('what the session says wins over the browser, and falls back to English', () => {
  expect(matchLanguage({ locale: 'en-NZ', acceptLanguage: 'en-US' })).toEqual({ locale: 'en', tag: 'en-NZ' });
  expect(matchLanguage({ locale: 'tlh', acceptLanguage: 'en-US' })).toEqual({ locale: 'en', tag: 'en' });
  expect(matchLanguage({ locale: 'auto', acceptLanguage: 'en-US' })).toEqual({ locale: 'en', tag: 'en-US' });
});
