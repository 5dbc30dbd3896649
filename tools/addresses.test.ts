// The address forms that the checkout page has are those of the data that is installed.
import { readFileSync } from 'node:fs';
import { countryCodes, hasPostalCodes, stateCode, statesOf } from '@ozura/core/countries';
import { expect, test } from 'vitest';
import { addressForms, formsText } from './addresses/forms.ts';

test('forms.json is what `npm run addresses` writes', () => {
  const kept = new URL('../apps/checkout/src/pages/address/forms.json', import.meta.url);
  expect(readFileSync(kept, 'utf8')).toBe(formsText());
});

test('every country has a form, and what it asks for is what the rules of a bill want', () => {
  const forms = addressForms();
  expect(Object.keys(forms)).toEqual(countryCodes());
  for (const [country, { order, zipPattern, zipExample, states = [] }] of Object.entries(forms)) {
    expect([country, order.includes('Z')]).toEqual([country, hasPostalCodes(country)]);
    expect([country, [...order].sort().join('').replace('S', '').replace('Z', '')]).toEqual([country, 'AC']);
    if (zipExample !== undefined) expect(zipExample).toMatch(new RegExp(`^(?:${zipPattern})$`));
    expect(new Set(states.map(([value]) => value)).size).toBe(states.length);
    for (const [value = ''] of states) expect([country, value, value.length <= 50]).toEqual([country, value, true]);
    if (statesOf(country) !== undefined) {
      expect(states.map(([value = '']) => stateCode(country, value))).toEqual(states.map(([value]) => value));
    }
  }
});
