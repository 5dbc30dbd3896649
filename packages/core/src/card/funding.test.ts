import { expect, test } from 'vitest';
import { type BinTable, lookUpBin } from './funding.ts';

const table: BinTable = new Map([
  ['400000', { funding: 'credit' }],
  ['40000005', { funding: 'debit', country: 'US' }],
  ['622126', { funding: 'credit', brand: 'DISCOVER' }],
]);

test('the longest listed prefix wins', () => {
  expect(lookUpBin(table, '4000000512345678')).toEqual({
    bin: '40000005',
    brand: 'VISA',
    funding: 'debit',
    country: 'US',
  });
  expect(lookUpBin(table, '400000')).toEqual({ bin: '400000', brand: 'VISA', funding: 'credit' });
});

test('what is not listed is unknown, its brand is not', () => {
  expect(lookUpBin(table, '555555')).toEqual({ bin: '555555', brand: 'MASTERCARD', funding: 'unknown' });
});

test('a row may name the brand of a co-branded range', () => {
  expect(lookUpBin(table, '622126').brand).toBe('DISCOVER');
});
