// Every event arrives, in the order of its object, and stands in the feed once: with receivers that fail at random and
// senders that are killed. `npm run soak` does the same with fifty thousand.
import { expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { soak } from './webhook-soak.ts';

forEachEngine((engine, _open, create) => {
  test('nothing is lost, doubled in the feed, or overtaken, whoever dies', async () => {
    const senders = engine === 'sqlite' ? 1 : 2;
    const options = { databaseUrl: await create(), events: 1_000, senders, failures: 0.1 };
    const { kills, problems, received } = await soak({ ...options, killEveryMs: 700, killsMax: 2 });
    expect(problems).toEqual([]);
    expect(kills).toBeGreaterThan(0);
    expect(received).toBeGreaterThan(1_000);
  }, 120_000);
});
