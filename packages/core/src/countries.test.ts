import { expect, test } from 'vitest';
import { countryCodes, hasPostalCodes, isCountry, stateCode, statesOf } from './countries.ts';

test('all 249 countries of ISO 3166-1 are listed in order, and each has a name', () => {
  const codes = countryCodes();
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  expect(codes).toEqual([...new Set(codes)].toSorted());
  expect(codes).toHaveLength(249);
  expect(codes.filter((code) => names.of(code) === undefined)).toEqual([]);
});

test('a code is upper case and known', () => {
  expect(['US', 'DE', 'us', 'XX', 'UK', 'EU', ''].filter(isCountry)).toEqual(['US', 'DE']);
});

test('all 70 entries of the list without postal codes are countries', () => {
  expect(countryCodes().filter((code) => !hasPostalCodes(code))).toHaveLength(70);
  expect(['US', 'CA', 'GB', 'DE', 'IE'].every(hasPostalCodes)).toBe(true);
  expect(['HK', 'AE', 'PA'].some(hasPostalCodes)).toBe(false);
});

test('the US has 50 states, the capital, six territories and three military regions; Canada has 13 provinces', () => {
  for (const [country, count] of [
    ['US', 60],
    ['CA', 13],
  ] as const) {
    const states = statesOf(country) ?? [];
    expect(new Set(states.map(({ code }) => code)).size).toBe(count);
    expect(states.every(({ code, name }) => /^[A-Z]{2}$/.test(code) && name.length > 3)).toBe(true);
  }
});

test.each([
  ['US', 'ca', 'CA'],
  ['US', 'California', 'CA'],
  ['US', ' new  york ', 'NY'],
  ['US', 'District of Columbia', 'DC'],
  ['US', 'U.S. Virgin Islands', 'VI'],
  ['CA', 'Québec', 'QC'],
  ['CA', 'ontario', 'ON'],
  ['CA', 'California', undefined],
  ['US', 'ZZ', undefined],
  ['US', '', undefined],
  ['DE', 'BY', undefined],
])('in %s, %j is the state %s', (country, written, code) => {
  expect(stateCode(country, written)).toBe(code);
});
