import { expect, it } from 'vitest';
import { isWorn, usesPerBlock } from './key-rules.ts';

const dayMs = 24 * 60 * 60 * 1000;
const key = {
  id: 'card-data:ozu_a:1',
  purpose: 'card-data',
  merchantId: 'ozu_a',
  version: 1,
  wrappedBy: 'key-encryption::1',
  wrapped: new Uint8Array(),
  uses: 0,
  createdAt: 0,
};

it.each([
  ['a new key', {}, 0, false],
  ['one of eleven months', {}, 330 * dayMs, false],
  ['one of twelve months', {}, 365 * dayMs, true],
  ['one with 2^27 uses of up to two values', { uses: 2 ** 27 }, 0, true],
  ['one that could pass that with its next block', { uses: 2 ** 27 - usesPerBlock + 1 }, 0, true],
  ['one with a block to spare', { uses: 2 ** 27 - usesPerBlock }, 0, false],
  ['one that an older key wraps', { wrappedBy: 'key-encryption::0' }, 0, true],
  ['a fingerprint key of any age', { purpose: 'fingerprint' }, 3_650 * dayMs, false],
  ['an audit key that an older key wraps', { purpose: 'audit', wrappedBy: 'key-encryption::0' }, 0, false],
])('%s makes place for a next version: %#', (_what, more, nowMs, worn) => {
  expect(isWorn({ ...key, ...more }, 'key-encryption::1', nowMs)).toBe(worn);
});
