// Sharing of answers within one turn of the event loop, and never beyond it.
import { expect, test } from 'vitest';
import { onceATurn } from './once-a-turn.ts';

test('a question is asked once a turn, each question for itself', async () => {
  const asked: string[] = [];
  const ask = onceATurn(async (about) => `${about} ${asked.push(about)}`);
  const together = await Promise.all([ask('a'), ask('b'), ask('a')]);
  expect(together).toEqual(['a 1', 'b 2', 'a 1']);
  await new Promise(setImmediate);
  expect(await ask('a')).toBe('a 3');
});

test('a failure is heard by all who asked, and forgotten with the turn', async () => {
  let isDown = true;
  const ask = onceATurn(async () => {
    if (isDown) throw new Error('down');
    return 'up';
  });
  const both = await Promise.allSettled([ask('a'), ask('a')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isDown = false;
  await new Promise(setImmediate);
  expect(await ask('a')).toBe('up');
});
