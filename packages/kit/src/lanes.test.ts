import { expect, test } from 'vitest';
import { inLanes } from './lanes.ts';

test('who hangs does not keep the others waiting, and what was begun is waited for', async () => {
  const done: number[] = [];
  let goOn = (): void => undefined;
  const hanging = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const all = inLanes([1, 2, 3], 2, async (item) => {
    if (item === 1) await hanging;
    done.push(item);
  });
  await expect.poll(() => done).toEqual([2, 3]);
  goOn();
  await all;
  expect(done).toEqual([2, 3, 1]);
});

test('nothing is begun any more once the program stops', async () => {
  const begun: number[] = [];
  const stopping = new AbortController();
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    if (item === 2) stopping.abort();
  };
  await inLanes([1, 2, 3, 4], 1, work, stopping.signal);
  expect(begun).toEqual([1, 2]);
});
