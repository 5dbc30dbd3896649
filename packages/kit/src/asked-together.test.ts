import { expect, test } from 'vitest';
import { askedTogether } from './asked-together.ts';

type Asked = readonly [group: string, abouts: readonly string[]];

function openAsking(max: number) {
  const asked: Asked[] = [];
  const ask = askedTogether(max, async (group, abouts) => {
    asked.push([group, abouts]);
    if (abouts.includes('broken')) throw new Error('no answer');
    return new Map(abouts.filter((about) => about !== 'unknown').map((about) => [about, `${about} of ${group}`]));
  });
  return { ask, asked };
}

test('questions of one turn are one call, and each hears its own answer', async () => {
  const { ask, asked } = openAsking(10);
  const answers = await Promise.all([ask('a', 'one'), ask('a', 'two'), ask('a', 'unknown'), ask('a', 'one')]);
  expect(answers).toEqual(['one of a', 'two of a', undefined, 'one of a']);
  expect(asked).toEqual([['a', ['one', 'two', 'unknown']]]);
});

test('groups are asked about apart, and so is what is more than the most', async () => {
  const { ask, asked } = openAsking(2);
  await Promise.all([ask('a', 'one'), ask('b', 'one'), ask('a', 'two'), ask('a', 'three')]);
  expect(asked).toEqual([
    ['a', ['one', 'two']],
    ['b', ['one']],
    ['a', ['three']],
  ]);
});

test('the next turn asks again', async () => {
  const { ask, asked } = openAsking(10);
  await ask('a', 'one');
  await ask('a', 'one');
  expect(asked).toHaveLength(2);
});

test('a failure is told to all who asked, and to nobody after them', async () => {
  const { ask } = openAsking(10);
  const ends = await Promise.allSettled([ask('a', 'one'), ask('a', 'broken')]);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(ask('a', 'one')).resolves.toBe('one of a');
});
