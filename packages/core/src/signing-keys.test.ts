import { expect, test } from 'vitest';
import { isKeyOld, keysAt } from './signing-keys.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const first = { createdAtMs: 0 };
const second = { createdAtMs: 30 * dayMs };
const third = { createdAtMs: 60 * dayMs };
const keys = [first, second, third];

test('a new key is published two hours before it signs, and a retired one for seven days longer', () => {
  expect(keysAt([first], 0)).toEqual({ signing: first, published: [first] });
  const made = second.createdAtMs;
  expect(keysAt([first, second], made)).toEqual({ signing: first, published: [first, second] });
  expect(keysAt([first, second], made + 2 * hourMs - 1).signing).toBe(first);
  expect(keysAt([first, second], made + 2 * hourMs)).toEqual({ signing: second, published: [first, second] });
  const gone = made + 2 * hourMs + 7 * dayMs;
  expect(keysAt([first, second], gone - 1).published).toEqual([first, second]);
  expect(keysAt([first, second], gone).published).toEqual([second]);
  expect(keysAt(keys, 100 * dayMs)).toEqual({ signing: third, published: [third] });
});

test('the key that signs is published, wherever the clock is set', () => {
  for (let nowMs = -dayMs; nowMs < 80 * dayMs; nowMs += hourMs) {
    const { signing, published } = keysAt(keys, nowMs);
    expect(published).toContain(signing);
  }
});

test('a key is old after its days, and never without any', () => {
  expect([isKeyOld(first, 30, 30 * dayMs - 1), isKeyOld(first, 30, 30 * dayMs)]).toEqual([false, true]);
  expect(isKeyOld(first, 0, 9_999 * dayMs)).toBe(false);
});
