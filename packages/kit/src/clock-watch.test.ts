// A clock that is set back is noticed, once.
import { expect, it } from 'vitest';
import { watchClock } from './clock-watch.ts';
import { openLog } from './log.ts';

it('tells the time of now when the clock was set back, and nothing while it runs or is corrected a little', async () => {
  const times = [10_000, 11_000, 9_500, 10_500, 3_000, 4_000, 90_000, 5_000];
  const told: number[] = [];
  const log = openLog({ program: 'test', level: 'silent' });
  const { run } = watchClock({ log, db: { now: async () => times.shift() ?? 0 } }, async (nowMs) => told.push(nowMs));
  while (times.length > 0) await run(new AbortController().signal);
  expect(told).toEqual([3_000, 5_000]);
});
