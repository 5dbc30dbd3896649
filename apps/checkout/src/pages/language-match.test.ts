import { expect, test } from 'vitest';
import { matchLanguage } from './language-match.ts';

test.each([
  ['en-GB,en;q=0.9', 'en', 'en-GB'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de', 'de-AT'],
  ['en;q=0.5, fr-CA;q=0.9', 'fr', 'fr-CA'],
  ['zh-TW', 'zh-Hant', 'zh-Hant-TW'],
  ['zh-CN', 'zh-Hans', 'zh-Hans-CN'],
  ['zh', 'zh-Hans', 'zh-Hans'],
  ['pt', 'pt-BR', 'pt-BR'],
  ['pt-PT', 'pt-PT', 'pt-PT'],
  ['pt-AO', 'pt-BR', 'pt-AO'],
  ['no', 'nb', 'nb'],
  ['nn-NO', 'nb', 'nb-NO'],
  ['iw', 'he', 'he'],
  ['in-ID', 'id', 'id-ID'],
  ['tl', 'fil', 'fil'],
  ['sr', 'sr', 'sr'],
  ['sr-Latn-RS', 'sr-Latn', 'sr-Latn-RS'],
  ['es-419,es;q=0.9', 'es', 'es-419'],
  ['xx, ja-JP-u-ca-japanese', 'ja', 'ja-JP'],
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
  expect(matchLanguage({ locale: 'ur', acceptLanguage: 'en-US' })).toEqual({ locale: 'ur', tag: 'ur' });
  expect(matchLanguage({ locale: 'fr-x-private', acceptLanguage: 'en-US' })).toEqual({ locale: 'fr', tag: 'fr' });
  expect(matchLanguage({ locale: 'tlh', acceptLanguage: 'en-US' })).toEqual({ locale: 'en', tag: 'en' });
  expect(matchLanguage({ locale: 'auto', acceptLanguage: 'en-US' })).toEqual({ locale: 'en', tag: 'en-US' });
});
