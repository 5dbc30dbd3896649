import fc from 'fast-check';
import { expect, test } from 'vitest';
import { divideHalfUp, formatMoney, parseMoney, parsePositiveMoney } from './money.ts';

test.each([
  ['55.00', 'USD', 5500n],
  [25, 'USD', 2500n],
  [149.99, 'USD', 14999n],
  ['1000.00', 'JPY', 1000n],
  [1000, 'JPY', 1000n],
  ['1.234', 'KWD', 1234n],
  [' 5 ', 'USD', 500n],
  ['0.010000', 'USD', 1n],
  ['999999.99', 'USD', 99_999_999n],
])('%s %s is %s minor units', (value, currency, minor) => {
  expect(parsePositiveMoney(value, currency)).toEqual({ minor });
});

test.each([
  ['10.075', 'USD', 'USD allows at most 2 decimals'],
  ['1000.50', 'JPY', 'JPY allows at most 0 decimals'],
  [0, 'USD', 'must be greater than 0'],
  [-0, 'USD', 'must be greater than 0'],
  ['0.00', 'USD', 'must be greater than 0'],
  [1_000_000, 'USD', 'must be at most 999999.99 USD'],
  ['1,000.00', 'USD', 'must be a decimal number such as "25.00"'],
  ['1e3', 'USD', 'must be a decimal number such as "25.00"'],
  [1e21, 'USD', 'must be a decimal number such as "25.00"'],
  [0.1 + 0.2, 'USD', 'must be a decimal number such as "25.00"'],
  [Number.NaN, 'USD', 'must be a decimal number such as "25.00"'],
  [Number.POSITIVE_INFINITY, 'USD', 'must be a decimal number such as "25.00"'],
  ['+5', 'USD', 'must be a decimal number such as "25.00"'],
  ['-5', 'USD', 'must be a decimal number such as "25.00"'],
  [' ', 'USD', 'must be a decimal number such as "25.00"'],
  [true, 'USD', 'must be a decimal number such as "25.00"'],
])('%s %s is refused: %s', (value, currency, reason) => {
  expect(parsePositiveMoney(value, currency)).toEqual({ reason });
});

test('what is written is read back as the same amount, in every exponent', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 99_999_999n), fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
      expect(parseMoney(formatMoney(minor, currency), currency)).toEqual({ minor });
    }),
  );
});

test('division rounds half up', () => {
  expect([divideHalfUp(5n, 2n), divideHalfUp(4n, 3n), divideHalfUp(5n, 3n), divideHalfUp(0n, 7n)]).toEqual([
    3n,
    1n,
    2n,
    0n,
  ]);
});
