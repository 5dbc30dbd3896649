import { expect, test } from 'vitest';
import { formatSurchargePercent, surchargePercent } from './surcharge.ts';
import { Intake, readAll } from './validation.ts';

test.each([
  ['3.00', 300n],
  ['3', 300n],
  [3, 300n],
  [2.5, 250n],
  ['0', 0n],
  [' 0.07 ', 7n],
  ['1.500', 150n],
])('%j is read as hundredths of a percent', (sent, hundredths) => {
  expect(readAll(surchargePercent, sent)).toBe(hundredths);
});

test.each([
  ['3.01', 'must be between 0 and 3.00'],
  ['2.999', 'at most 2 decimals'],
  ['-1', 'must be between 0 and 3.00'],
  ['1e0', 'must be between 0 and 3.00'],
  ['', 'must be between 0 and 3.00'],
  [1e21, 'must be between 0 and 3.00'],
  [true, 'must be between 0 and 3.00'],
])('%j is refused', (sent, reason) => {
  const intake = new Intake();
  expect(surchargePercent(sent, 'surchargePercent', intake)).toBeUndefined();
  expect(intake.failures).toEqual([`surchargePercent: ${reason}`]);
});

test('a percentage is written with two decimals', () => {
  expect([300n, 250n, 7n, 0n].map(formatSurchargePercent)).toEqual(['3.00', '2.50', '0.07', '0.00']);
});
