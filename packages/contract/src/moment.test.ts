import { expect, test } from 'vitest';
import { isDay, isoTimeMs } from './moment.ts';

test.each([
  ['2026-03-04T09:30Z', Date.UTC(2026, 2, 4, 9, 30)],
  ['2028-02-29T09:30:00.5+02:00', Date.UTC(2028, 1, 29, 7, 30, 0, 500)],
])('%s is a time', (written, ms) => {
  expect(isoTimeMs(written)).toBe(ms);
});

test.each(['2027-02-30T00:00:00Z', '2027-13-01T00:00:00Z', '2027-03-04T09:30:00', '2027-03-04', '1700000000', ''])(
  '"%s" is none',
  (written) => {
    expect(isoTimeMs(written)).toBeNaN();
  },
);

test('a day is one that exists', () => {
  expect(['2028-02-29', '2027-02-29', '2027-2-9', '2027-04-31'].map(isDay)).toEqual([true, false, false, false]);
});
