import { expect, test } from 'vitest';
import { nextCheckAtMs } from './session-checks.ts';

const second = 1_000;
const hour = 3_600 * second;

test('Pay is asked at all the times of the contract', () => {
  const times = Array.from({ length: 20 }, (_, checks) => nextCheckAtMs(0, checks) / second);
  for (const due of [5, 15, 60, 300, 900, 3_600, 21_600, 86_400]) expect(times).toContain(due);
});

test('after the first day it is asked once a day', () => {
  const times = Array.from({ length: 40 }, (_, checks) => nextCheckAtMs(7, checks));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect((times[39] ?? 0) - (times[38] ?? 0)).toBe(24 * hour);
});
