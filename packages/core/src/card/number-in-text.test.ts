import { expect, it } from 'vitest';
import { holdsCardNumber, showsCardNumber } from './number-in-text.ts';

it.each([
  '4242424242424242',
  'paid with 4242 4242 4242 4242, thanks',
  '4242-4242-4242-4242',
  '4242.4242.4242.4242',
  '4242\u20114242\u00a04242\u20094242',
  '3782 822463 10005',
  '3056 930902 5904',
  '6205500000000000004',
  '(378282246310005)',
  'order-4242424242424242',
  '４２４２４２４２４２４２４２４２',
  'ref 2024 4242 4242 4242 4242',
])('%s shows a card number, whoever looks', (text) => {
  expect([holdsCardNumber(text), showsCardNumber(text)]).toEqual([true, true]);
});

it.each([
  '4911830000000',
  '30569309025904',
  '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2',
  '4242/4242/4242/4242',
  '42,42,42,42,42,42,42,42',
  '4242\u200b4242\u200b4242\u200b4242',
  '4242 - 4242 - 4242 - 4242',
  'card4242424242424242visa',
  '42 4242 4242 4242 42',
  '42424242-4242-4242-8242-012345678901',
  '42424242-4242-4242-8abc-0123456789012',
  '42424242-4242-4242-8abc-012345678901 for 4242/4242/4242/4242',
])('%s holds one, though it may be something else', (text) => {
  expect([holdsCardNumber(text), showsCardNumber(text)]).toEqual([true, false]);
});

it.each([
  '4242424242424241',
  '424242424242',
  '1234567812345670',
  '9400111899223197428490',
  '4242x4242x4242x4242',
  '42424242424242424242424242424242',
  '424242******4242',
  '+14155550134',
  '2026-11-25T17:32:09.123Z',
  '5f4242424242424242e1a7',
  '42424242-4242-4242-8abc-012345678901',
  'order 42424242-4242-4242-8ABC-012345678901, wrapped',
  '',
])('%s is none', (text) => {
  expect([holdsCardNumber(text), showsCardNumber(text)]).toEqual([false, false]);
});

it('a list of sizes or an article number is none for a shop', () => {
  expect(showsCardNumber('36 37 38 39 40 41 42 43 44 45 46')).toBe(false);
  expect(showsCardNumber('GTIN 4012345678901, 40123456789012')).toBe(false);
});

it('looks at a long text once', () => {
  expect(holdsCardNumber('4 '.repeat(5_000))).toBe(false);
  expect(holdsCardNumber(`4${' '.repeat(17)}`.repeat(1_000))).toBe(false);
  expect(showsCardNumber('4242 '.repeat(2_000))).toBe(true);
});
