import { expect, it } from 'vitest';
import { expirationDate } from './expiration-date.ts';

const nowMs = Date.UTC(2026, 10, 21);
const format = (typed: string, deleting = false): string => expirationDate.format(typed, { nowMs, deleting });

it.each([
  ['1', '1'],
  ['3', '03 / '],
  ['11', '11 / '],
  ['13', '01 / 3'],
  ['1/', '01 / '],
  ['1129', '11 / 29'],
  ['11/29', '11 / 29'],
  ['11 / 29', '11 / 29'],
  ['11-29', '11 / 29'],
  ['11.29', '11 / 29'],
  ['3/29', '03 / 29'],
  ['329', '03 / 29'],
  ['11 29', '11 / 29'],
  ['11/20', '11 / 20'],
  ['11/2029', '11 / 29'],
  ['112029', '11 / 29'],
  ['2029-11', '11 / 29'],
  ['11 / 291', '11 / 29'],
  ['0', '0'],
  ['', ''],
])('shows %j as %j', (typed, shown) => {
  expect(format(typed)).toBe(shown);
});

it('takes nothing back that a person deletes', () => {
  expect(format('11 / ', true)).toBe('11');
  expect(format('1 /', true)).toBe('1');
  expect(format('11 / 2', true)).toBe('11 / 2');
});

it.each([
  ['11 / 29', undefined],
  ['11 / 26', undefined],
  ['10 / 26', 'Card has expired'],
  ['11 / 20', 'Card has expired'],
  ['00 / 29', 'Invalid expiration date'],
  ['11 / 99', 'Invalid expiration date'],
  ['11 / 2', 'Expiration date is incomplete'],
  ['1', 'Expiration date is incomplete'],
])('judges %j: %s', (text, error) => {
  const state = expirationDate.judge(text, { nowMs });
  expect(state.error).toBe(error);
  expect(state.valid).toBe(error === undefined);
});

it('hands the Vault month and year', () => {
  expect(expirationDate.values('11 / 29')).toEqual({ expirationMonth: '11', expirationYear: '29' });
});
