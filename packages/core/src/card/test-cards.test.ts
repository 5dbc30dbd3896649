import { expect, test } from 'vitest';
import { numberLengths } from './brand.ts';
import { lookUpBin } from './funding.ts';
import { CardNumber } from './number.ts';
import { findTestCard, TEST_CARDS } from './test-cards.ts';

test('every test card is a valid number of its brand, listed once', () => {
  for (const { number, brand } of TEST_CARDS) {
    expect(CardNumber.parse(number)?.open()).toBe(number);
    expect(brand).not.toBe('UNKNOWN');
    expect(numberLengths(brand)).toContain(number.length);
  }
  expect(new Set(TEST_CARDS.map(({ number }) => number)).size).toBe(TEST_CARDS.length);
});

test('a BIN table of the test cards tells their fundings apart', () => {
  const bins = new Map(TEST_CARDS.map(({ number, funding }) => [number.slice(0, 6), { funding }]));
  for (const { number, brand, funding } of TEST_CARDS) {
    expect(lookUpBin(bins, number)).toMatchObject({ brand, funding });
  }
});

test.each([
  ['4911830000000', 'VISA', 'credit', 'approve'],
  ['36227206271667', 'DINERS', 'credit', 'approve'],
  ['6205500000000000004', 'UNIONPAY', 'credit', 'approve'],
  ['6759649826438453', 'MAESTRO', 'debit', 'approve'],
  ['5105105105105100', 'MASTERCARD', 'prepaid', 'approve'],
  ['6555900000604105', 'DISCOVER', 'unknown', 'approve'],
  ['4000000000009995', 'VISA', 'credit', 'decline:insufficient_funds'],
  ['3528000700000000', 'JCB', 'credit', 'unreachable'],
  ['5163613613613613', 'MASTERCARD', 'debit', 'review'],
])('%s is %s %s: %s', (number, brand, funding, outcome) => {
  expect(findTestCard(number)).toEqual({ number, brand, funding, outcome });
});

test('the number published for failing the check digit is no card', () => {
  expect(CardNumber.parse('4242424242424241')).toBeUndefined();
  expect(findTestCard('4242424242424241')).toBeUndefined();
});
