// Limits in the memory of one process, as time goes by.
import { Refusal } from '@ozura/core/errors';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openFailedAuthentications } from './failed-authentications.ts';
import { openRateLimits } from './rate-limit.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const held = { code: 'RATE_LIMITED' };
const wrong = { code: 'INVALID_CREDENTIALS' };

test('who has used up a limit is held back until its window ends, and nobody else is', async () => {
  const limits = openRateLimits({ events: 1 });
  await limits.check('events', 'a');
  await limits.count('events', 'a');
  await limits.check('events', 'a');
  await expect(limits.count('events', 'a')).rejects.toMatchObject(held);
  await expect(limits.check('events', 'a')).rejects.toMatchObject(held);
  await limits.check('events', 'b');
  await limits.check('failedAuthentications', 'a');
  vi.advanceTimersByTime(59_999);
  await expect(limits.check('events', 'a')).rejects.toMatchObject(held);
  vi.advanceTimersByTime(2);
  await limits.check('events', 'a');
  await limits.count('events', 'a');
});

test('an address that guessed too often is not listened to for a minute, and a right key counts as nothing', async () => {
  const { guard } = openFailedAuthentications(openRateLimits({ failedAuthentications: 2 }));
  let asked = 0;
  const guess = (address: string) =>
    guard(address, async () => {
      asked += 1;
      throw new Refusal('INVALID_CREDENTIALS');
    });
  for (let times = 0; times < 2; times += 1) await expect(guess('10.0.0.1')).rejects.toMatchObject(wrong);
  expect(await guard('10.0.0.1', () => 'known')).toBe('known');
  // The guess that is one too many is told so.
  await expect(guess('10.0.0.1')).rejects.toMatchObject(held);
  await expect(guess('10.0.0.1')).rejects.toMatchObject(held);
  expect(asked).toBe(3);
  await expect(guard('10.0.0.1', () => 'known')).rejects.toMatchObject(held);
  expect(await guard('10.0.0.2', async () => 'known')).toBe('known');
  vi.advanceTimersByTime(60_001);
  await expect(guess('10.0.0.1')).rejects.toMatchObject(wrong);
});
