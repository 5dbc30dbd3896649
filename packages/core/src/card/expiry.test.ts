import { expect, test } from 'vitest';
import { parseExpiry } from './expiry.ts';

const at = (iso: string): number => Date.parse(iso);
const now = at('2026-03-04T09:30:00Z');

test('a month of one digit and a year of two are written out', () => {
  expect(parseExpiry('1', '29', now)).toEqual({ expiry: { month: '01', year: '2029' } });
  expect(parseExpiry(' 11 ', ' 2029 ', now)).toEqual({ expiry: { month: '11', year: '2029' } });
});

test.each(['0', '00', '13', '', '1a', '-1', '011'])('%j is no month', (month) => {
  expect(parseExpiry(month, '2029', now)).toEqual({ problem: 'month' });
});

test.each(['', '9', '029', '20290', 'abcd'])('%j is no year', (year) => {
  expect(parseExpiry('11', year, now)).toEqual({ problem: 'year' });
});

test('the month is looked at before the year', () => {
  expect(parseExpiry('13', 'x', now)).toEqual({ problem: 'month' });
});

test('a card may run twenty years ahead and no longer', () => {
  expect(parseExpiry('12', '2046', now)).toEqual({ expiry: { month: '12', year: '2046' } });
  expect(parseExpiry('01', '2047', now)).toEqual({ problem: 'year' });
});

test('a card is valid until its last month is over in the last time zone on Earth', () => {
  expect(parseExpiry('02', '26', at('2026-03-01T11:59:59.999Z'))).toEqual({ expiry: { month: '02', year: '2026' } });
  expect(parseExpiry('02', '26', at('2026-03-01T12:00:00Z'))).toEqual({ problem: 'expired' });
});

test('December ends in the next year', () => {
  expect(parseExpiry('12', '2025', at('2026-01-01T11:00:00Z'))).toEqual({ expiry: { month: '12', year: '2025' } });
  expect(parseExpiry('12', '2025', at('2026-01-01T12:00:00Z'))).toEqual({ problem: 'expired' });
});
