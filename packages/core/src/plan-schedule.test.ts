import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateAt, hasEnded, INTERVALS, indexAfter, isPastEnd, type Rhythm } from './plan-schedule.ts';

const monthly: Rhythm = { interval: 'monthly', intervalCount: 1 };
const at = (text: string): number => Date.parse(text);
const dates = (rhythm: Rhythm, first: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => new Date(dateAt(rhythm, at(first), index)).toISOString().slice(0, 10));

describe('the dates of a plan', () => {
  test('a day that the month lacks becomes its last day, and the dates after it are not moved', () => {
    expect(dates(monthly, '2027-01-31T09:30:00.123Z', 5)).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
    ]);
  });

  test('a year from 29 February is 28 February, until there is a 29th again', () => {
    expect(dates({ interval: 'yearly', intervalCount: 1 }, '2028-02-29T00:00:00Z', 5)).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ]);
  });

  test.each([
    [{ interval: 'daily', intervalCount: 10 }, ['2026-12-25', '2027-01-04', '2027-01-14']],
    [{ interval: 'weekly', intervalCount: 2 }, ['2026-12-25', '2027-01-08', '2027-01-22']],
    [{ interval: 'monthly', intervalCount: 14 }, ['2026-12-25', '2028-02-25', '2029-04-25']],
    [{ interval: 'yearly', intervalCount: 3 }, ['2026-12-25', '2029-12-25', '2032-12-25']],
  ] as const)('%j', (rhythm, expected) => {
    expect(dates(rhythm, '2026-12-25T23:59:59.999Z', 3)).toEqual(expected);
  });

  const rhythms = fc.record({
    interval: fc.constantFrom(...INTERVALS),
    intervalCount: fc.integer({ min: 1, max: 365 }),
  });
  const moments = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });

  test('keep the time of day of the first one, and grow', () => {
    fc.assert(
      fc.property(rhythms, moments, fc.nat(50), (rhythm, anchorMs, index) => {
        const [date, next] = [dateAt(rhythm, anchorMs, index), dateAt(rhythm, anchorMs, index + 1)];
        expect(next).toBeGreaterThan(date);
        expect((date - anchorMs) % 86_400_000).toBe(0);
      }),
    );
  });

  test('of months fall on the day of the first one, or on the last day of a shorter month', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 24 }), fc.nat(500), (anchorMs, intervalCount, index) => {
        const first = new Date(anchorMs);
        const date = new Date(dateAt({ interval: 'monthly', intervalCount }, anchorMs, index));
        const months = (date.getUTCFullYear() - first.getUTCFullYear()) * 12 + date.getUTCMonth() - first.getUTCMonth();
        expect(months).toBe(index * intervalCount);
        const isLastDay = new Date(date.getTime() + 86_400_000).getUTCDate() === 1;
        expect(date.getUTCDate() === first.getUTCDate() || (isLastDay && date.getUTCDate() < first.getUTCDate())).toBe(
          true,
        );
      }),
    );
  });

  test('the next one is the first that is still to come', () => {
    fc.assert(
      fc.property(rhythms, moments, fc.nat(20), fc.nat(12_000), (rhythm, anchorMs, from, days) => {
        const nowMs = anchorMs + days * 86_400_000;
        const found = indexAfter(rhythm, anchorMs, from, nowMs);
        expect(found).toBeGreaterThanOrEqual(from);
        expect(dateAt(rhythm, anchorMs, found)).toBeGreaterThan(nowMs);
        if (found > from) expect(dateAt(rhythm, anchorMs, found - 1)).toBeLessThanOrEqual(nowMs);
      }),
    );
  });
});

test('an end date is the last day of a charge', () => {
  const rhythm = { ...monthly, endDate: '2027-02-28' };
  expect(isPastEnd(rhythm, at('2027-02-28T23:59:59.999Z'))).toBe(false);
  expect(isPastEnd(rhythm, at('2027-03-01T00:00:00Z'))).toBe(true);
  expect(isPastEnd(monthly, at('2999-01-01T00:00:00Z'))).toBe(false);
});

test('an end date is over when it is over everywhere', () => {
  const rhythm = { ...monthly, endDate: '2027-02-28' };
  expect(hasEnded(rhythm, at('2027-03-01T11:59:59Z'))).toBe(false);
  expect(hasEnded(rhythm, at('2027-03-01T12:00:00Z'))).toBe(true);
});
