import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTaxRate, type TaxRow, taxOn, taxRateAt } from './pricing-tax.ts';

const row = (country: string, state: string, postalPrefix: string, rate: bigint): TaxRow => ({
  country,
  state,
  postalPrefix,
  rate,
});
const rows = [
  row('US', '*', '', 1n),
  row('US', 'NY', '', 2n),
  row('US', 'NY', '10', 3n),
  row('US', '*', '100', 4n),
  row('DE', '*', '', 5n),
];
const at = (country: string, state: string, zip: string): bigint => taxRateAt(rows, { country, state, zip });

test('the longest matching postal prefix wins, then the state, then the country', () => {
  expect(at('US', 'NY', '10001')).toBe(4n);
  expect(at('US', 'NY', '10118')).toBe(3n);
  expect(at('US', 'NY', '14201')).toBe(2n);
  expect(at('US', 'CA', '94607')).toBe(1n);
  expect(at('DE', '', '10115')).toBe(5n);
});

test('the order of the rows does not matter', () => {
  const place = { country: 'US', state: 'NY', zip: '10001' };
  expect(taxRateAt(rows.toReversed(), place)).toBe(taxRateAt(rows, place));
});

test('where no row matches there is no tax', () => {
  expect(at('FR', '', '75001')).toBe(0n);
});

test('a rate is a percentage of at most five decimals', () => {
  expect(parseTaxRate('8.875')).toBe(887_500n);
  expect(parseTaxRate(' 100 ')).toBe(10_000_000n);
  expect(parseTaxRate('0.00001')).toBe(1n);
  for (const refused of ['100.00001', '1.000001', '-1', '1e1', '8.', '', 'x']) {
    expect(parseTaxRate(refused)).toBeUndefined();
  }
});

test('tax is rounded half up, by at most half a minor unit', () => {
  expect(taxOn(10_000n, 887_500n)).toBe(888n);
  fc.assert(
    fc.property(fc.bigInt(0n, 999_999_999n), fc.bigInt(0n, 10_000_000n), (subtotal, rate) => {
      const error = taxOn(subtotal, rate) * 10_000_000n - subtotal * rate;
      expect(error > -5_000_000n && error <= 5_000_000n).toBe(true);
    }),
  );
});
