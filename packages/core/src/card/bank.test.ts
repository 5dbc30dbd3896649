import { expect, test } from 'vitest';
import { maskAccountNumber, parseAccountNumber, parseRoutingNumber, shownOfAccount } from './bank.ts';

test('an account number is read with whatever separates its digits', () => {
  expect(parseAccountNumber(' 0001-2345 6789 ')).toBe('000123456789');
});

test('an account number has 4 to 17 digits', () => {
  expect(parseAccountNumber('1234')).toBe('1234');
  expect(parseAccountNumber('123')).toBeUndefined();
  expect(parseAccountNumber('123456789012345678')).toBeUndefined();
});

test.each([
  ['12345678901234567', '*************4567'],
  ['12345678', '****5678'],
  ['1234567', '****567'],
  ['12345', '***45'],
  ['1234', '**34'],
])('the account number %s is shown as %s', (digits, mask) => {
  expect([maskAccountNumber(digits), mask.endsWith(shownOfAccount(digits))]).toEqual([mask, true]);
});

test.each(['110000000', '021000021', ' 011401533 '])('%s is a routing number', (typed) => {
  expect(parseRoutingNumber(typed)).toBe(typed.trim());
});

test.each(['110000001', '012000021', '11000000', '1100000000', '11000000a', ''])('%s is no routing number', (typed) => {
  expect(parseRoutingNumber(typed)).toBeUndefined();
});
