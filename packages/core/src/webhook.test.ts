import { expect, test } from 'vitest';
import { readRetryAfter, type TryAnswer, verdictOf } from './webhook.ts';

const now = 1_800_000_000_000;
const after = (answer: TryAnswer, tries: number, chance = 0) => {
  const verdict = verdictOf(answer, { tries, nowMs: now, chance });
  return verdict.kind === 'again' ? (verdict.atMs - now) / 1000 : verdict;
};

test('only 2xx within the time is a success', () => {
  for (const status of [200, 204, 299]) expect(after({ status }, 0)).toEqual({ kind: 'delivered' });
  for (const status of [199, 300, 301, 307, 400, 404, 429, 500, undefined]) expect(after({ status }, 0)).toBe(5);
});

test('the tries are those of the contract, and then it is given up', () => {
  const pauses = Array.from({ length: 9 }, (_none, index) => after({ status: 500 }, index));
  expect(pauses).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  expect(after({ status: 500 }, 9)).toEqual({ kind: 'failed', gone: false });
});

test('up to a tenth is added, so that those who failed together do not come back together', () => {
  expect(after({ status: 500 }, 1, 0.5)).toBe(315);
  expect(after({ status: 500 }, 1, 0.999)).toBeLessThan(330);
});

test('who asks for more time gets it, who asks for less does not get less, and nobody gets more than a day', () => {
  expect(after({ status: 503, retryAfterMs: 60_000 }, 0)).toBe(60);
  expect(after({ status: 503, retryAfterMs: 1_000 }, 1)).toBe(300);
  expect(after({ status: 503, retryAfterMs: 1e12 }, 1)).toBe(86_400);
});

test('gone is for good, with the first try', () => {
  expect(after({ status: 410, retryAfterMs: 1 }, 0)).toEqual({ kind: 'failed', gone: true });
});

test('Retry-After is seconds or a date', () => {
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter(new Date(now + 90_000).toUTCString(), now)).toBe(90_000);
  expect(readRetryAfter(new Date(now - 90_000).toUTCString(), now)).toBe(0);
  for (const nonsense of [undefined, '', 'soon', '-1', '1.5', '99999999999']) {
    expect(readRetryAfter(nonsense, now)).toBeUndefined();
  }
});
