import { expect, test } from 'vitest';
import { groupSeparatorOf, typedAmount } from './typed-amount.ts';

test.each([
  ['25', '25'],
  [' 25.5 ', '25.5'],
  ['$25.50', '25.50'],
  ['25,50 €', '25.50'],
  ['1,50', '1.50'],
  ['1.50', '1.50'],
  ['1,000', '1000'],
  ['1.000', '1.000'],
  ['1,000.50', '1000.50'],
  ['1.000,50', '1000.50'],
  ['1’000.50', '1000.50'],
  ['1 000,50', '1000.50'],
  ['1.234.567', '1234567'],
  ['1,234,567.8', '1234567.8'],
  ['-5', '-5'],
  ['٢٥٫٥٠', '25.50'],
  ['۱٬۰۰۰٫۵۰', '1000.50'],
  ['１２', '12'],
  ['', ''],
  ['abc', ''],
  ['1.2.3', '1.2.3'],
  ['.5', '0.5'],
  ['12.', '12'],
  ['12,-', '12'],
  ['Rs. 500', '500'],
  ['S/.12.50', '12.50'],
  ['12.50 ر.س', '12.50'],
  ['1e3', '1e3'],
  ['10 or 20', '10 or 20'],
])('%j typed on an English page is %j', (typed, expected) => {
  expect(typedAmount(typed, groupSeparatorOf('en'))).toBe(expected);
});

test('a single group of thousands is read by the separator of the page’s language', () => {
  expect(typedAmount('1.000', groupSeparatorOf('de'))).toBe('1000');
  expect(typedAmount('1,000', groupSeparatorOf('de'))).toBe('1.000');
});
