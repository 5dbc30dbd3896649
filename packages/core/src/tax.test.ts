import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTaxRate, type TaxRow, taxKeysOf, taxOn, taxRateAt, taxRow } from './tax.ts';
import { Intake, readAll } from './validation.ts';

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
  row('GB', '*', 'SW1A1', 6n),
  row('ES', 'CANARIAS', '', 7n),
];
const at = (country: string, state: string, zip: string): bigint => taxRateAt(rows, { country, state, zip });

test('the longest matching postal prefix wins, then the state, then the country', () => {
  expect(at('US', 'NY', '10001')).toBe(4n);
  expect(at('US', 'NY', '10118-1234')).toBe(3n);
  expect(at('US', 'NY', '14201')).toBe(2n);
  expect(at('US', 'CA', '94607')).toBe(1n);
  expect(at('DE', '', '10115')).toBe(5n);
});

test('the order of the rows does not matter', () => {
  const place = { country: 'US', state: 'NY', zip: '10001' };
  expect(taxRateAt(rows.toReversed(), place)).toBe(taxRateAt(rows, place));
});

test('spaces and letter case of what a customer typed do not matter', () => {
  expect(at('GB', '', 'sw1a 1aa')).toBe(6n);
  expect(at('ES', 'Canarias', '35001')).toBe(7n);
});

test('where no row matches there is no tax', () => {
  expect(at('FR', '', '75001')).toBe(0n);
  expect(at('GB', '', 'M1 1AE')).toBe(0n);
});

test('the rows of a place are found by these keys alone', () => {
  expect(taxKeysOf({ country: 'US', state: 'NY', zip: '10-1' })).toEqual({
    country: 'US',
    states: ['*', 'NY'],
    postalPrefixes: ['', '1', '10', '101'],
  });
});

test('a row is read as an operator writes it', () => {
  expect(readAll(taxRow, { country: 'us', state: 'ny', postalPrefix: '100 ', ratePercent: '8.875' })).toEqual(
    row('US', 'NY', '100', 887_500n),
  );
  expect(readAll(taxRow, { country: 'DE', ratePercent: 19 })).toEqual(row('DE', '*', '', 1_900_000n));
  expect(readAll(taxRow, { country: 'us', state: 'new york', ratePercent: '4' })).toEqual(
    row('US', 'NY', '', 400_000n),
  );
  expect(() => readAll(taxRow, { country: 'US', state: 'XX', ratePercent: '4' })).toThrow(
    'state: must be a state of US',
  );
});

test('a rate is a percentage of at most five decimals, and is written as it was read', () => {
  const read = (ratePercent: unknown): string => formatTaxRate(readAll(taxRow, { country: 'US', ratePercent }).rate);
  expect(['8.875', ' 100 ', '0.00001', '0', 13].map(read)).toEqual(['8.875', '100', '0.00001', '0', '13']);
  for (const refused of ['100.00001', '1.000001', '-1', '1e1', '8.', '', 'x', true, {}]) {
    const intake = new Intake();
    taxRow({ country: 'US', ratePercent: refused }, '', intake);
    expect(intake.failures).toHaveLength(1);
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
