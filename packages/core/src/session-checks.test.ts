import { expect, test } from 'vitest';
import { nextCheckAtMs } from './session-checks.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const times = Array.from({ length: 170 }, (_, checks) => nextCheckAtMs(7, checks) - 7);

test('Pay is asked at all the times of the contract', () => {
  for (const due of [5, 15, 60, 300, 900, 3_600, 21_600, 86_400]) expect(times).toContain(due * second);
});

test('an outcome that comes just after a check is heard of within a minute, later within a quarter of an hour', () => {
  const waits = times.map((time, i) => ({ time, wait: (times[i + 1] ?? time) - time }));
  for (const { time, wait } of waits) {
    if (time < hour) expect(wait).toBeLessThanOrEqual(minute);
    else if (time < day) expect(wait).toBeLessThanOrEqual(15 * minute);
  }
});

test('after the first day it is asked every hour, for then a person decides', () => {
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect((times[169] ?? 0) - (times[168] ?? 0)).toBe(hour);
});
