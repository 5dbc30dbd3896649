import { expect, test } from 'vitest';
import { planFaults } from './schedule.ts';

const kinds = { killed: [1, 2], asleep: [3, 3], gone: [0, 0] } as const;

const first = (seed: number, count: number) => {
  const plan = planFaults<keyof typeof kinds>(kinds, seed);
  return Array.from({ length: count }, () => plan.next().value);
};

test('a seed fixes the order, the lengths and whatever else is left to chance', () => {
  expect(first(7, 20)).toEqual(first(7, 20));
  expect(first(7, 20)).not.toEqual(first(8, 20));
});

test('every kind comes once before one comes again, each as long as it may last', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const planned = first(seed, 10);
    expect(
      planned
        .slice(0, 3)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['asleep', 'gone', 'killed']);
    for (const { kind, holdMs } of planned) {
      expect(holdMs).toBeGreaterThanOrEqual(kinds[kind][0] * 1_000);
      expect(holdMs).toBeLessThanOrEqual(kinds[kind][1] * 1_000);
    }
  }
});
