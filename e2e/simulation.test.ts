// Two thousand stories of things going wrong, over the real code (contract 12.7). `npm run simulate` tells more of them.
import { expect, test } from 'vitest';
import { WIRES } from './simulation/processor-books.ts';
import { runSeed } from './simulation/scenario.ts';

const seeds = 2_000;
const chunk = 250;

test.each(Array.from({ length: seeds / chunk }, (_none, i) => 1 + i * chunk))(
  'from seed %i on every story ends well',
  async (first) => {
    for (let seed = first; seed < first + chunk; seed += 1) {
      expect((await runSeed(seed)).problems, `npm run simulate -- --seed ${seed}`).toEqual([]);
    }
  },
  300_000,
);

test.each(WIRES.filter((wire) => wire !== 'sandbox'))(
  'so does every one of a hundred with the adapter that speaks %s',
  async (wire) => {
    for (let seed = 1; seed <= 100; seed += 1) {
      expect((await runSeed(seed, wire)).problems, `npm run simulate -- --seed ${seed} --wire ${wire}`).toEqual([]);
    }
  },
  300_000,
);

test('a seed tells the same story again', async () => {
  for (const seed of [1, 7, 43]) expect(await runSeed(seed)).toEqual(await runSeed(seed));
});
