import { expect, test } from 'vitest';
import { brandOf, numberLengths, securityCodeLength } from './brand.ts';

test.each([
  ['4', 'VISA'],
  ['51', 'MASTERCARD'],
  ['55', 'MASTERCARD'],
  ['2221', 'MASTERCARD'],
  ['2720', 'MASTERCARD'],
  ['34', 'AMEX'],
  ['37', 'AMEX'],
  ['6011', 'DISCOVER'],
  ['649', 'DISCOVER'],
  ['65', 'DISCOVER'],
  ['305', 'DINERS'],
  ['3095', 'DINERS'],
  ['36', 'DINERS'],
  ['3528', 'JCB'],
  ['3589', 'JCB'],
  ['62', 'UNIONPAY'],
  ['50', 'MAESTRO'],
  ['6759', 'MAESTRO'],
])('%s… is %s', (digits, brand) => {
  expect(brandOf(digits)).toBe(brand);
  expect(brandOf(digits.padEnd(16, '0'))).toBe(brand);
});

test.each(['', '5', '2', '2220', '2721', '35', '3527', '3590', '306', '643', '9999'])(
  '%s… is nobody’s yet',
  (digits) => {
    expect(brandOf(digits)).toBe('UNKNOWN');
  },
);

test('Amex prints four digits of security code on its cards, all others three', () => {
  expect([securityCodeLength('AMEX'), securityCodeLength('VISA'), securityCodeLength('UNKNOWN')]).toEqual([4, 3, 3]);
});

test('a brand knows the lengths of its numbers, and an unknown brand may have any', () => {
  expect(numberLengths('AMEX')).toEqual([15]);
  expect(numberLengths('UNKNOWN')).toEqual([13, 14, 15, 16, 17, 18, 19]);
});
