import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  capSurcharge,
  formatSurchargePercent,
  refundedSurcharge,
  surchargePercent,
  surchargeRules,
} from './surcharge.ts';
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

const law = { source: 'https://law.example/sales', date: '2026-03-04' };

test('the lowest cap of the billing address holds, and a cap never raises the percentage', () => {
  const rules = readAll(surchargeRules, [
    { country: 'US', capPercent: '2.50', ...law },
    { country: 'us', state: 'Connecticut', capPercent: 0, ...law },
  ]);
  const at = (country: string, state: string, hundredths = 300n): bigint =>
    capSurcharge(hundredths, rules, { country, state, zip: '' });
  expect(at('US', 'CT')).toBe(0n);
  expect(at('US', 'NY')).toBe(250n);
  expect(at('US', 'NY', 100n)).toBe(100n);
  expect(at('CA', 'ON')).toBe(300n);
});

test('a rule that is not one says which member is wrong', () => {
  const intake = new Intake();
  surchargeRules([{ country: 'US', state: 'XX', capPercent: '4', date: 'today' }], 'surchargeRules', intake);
  expect(intake.failures).toEqual([
    'surchargeRules[0].state: must be a state of US such as "NY"',
    'surchargeRules[0].capPercent: must be between 0 and 3.00',
    'surchargeRules[0].source: is required',
    'surchargeRules[0].date: must be a date such as 2026-03-04',
  ]);
});

// Golden vector G23.
test('a refund of 10.00 of 25.75 returns 0.29 of the surcharge of 0.75, the rest of 15.75 returns 0.46', () => {
  const sale = { totalMinor: 2575n, surchargeMinor: 75n };
  expect(refundedSurcharge(sale, { totalMinor: 0n, surchargeMinor: 0n }, 1000n)).toBe(29n);
  expect(refundedSurcharge(sale, { totalMinor: 1000n, surchargeMinor: 29n }, 1575n)).toBe(46n);
});

test('any series of refunds returns the whole surcharge, never more, and never a negative share', () => {
  const parts = fc.array(fc.bigInt(1n, 5000n), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(parts, fc.bigInt(0n, 300n), (refunds, surchargeMinor) => {
      const totalMinor = refunds.reduce((sum, part) => sum + part, 0n) + surchargeMinor;
      let refunded = { totalMinor: 0n, surchargeMinor: 0n };
      for (const refund of [...refunds, surchargeMinor].filter((part) => part > 0n)) {
        const share = refundedSurcharge({ totalMinor, surchargeMinor }, refunded, refund);
        expect(share >= 0n).toBe(true);
        refunded = { totalMinor: refunded.totalMinor + refund, surchargeMinor: refunded.surchargeMinor + share };
      }
      expect(refunded).toEqual({ totalMinor, surchargeMinor });
    }),
  );
});
