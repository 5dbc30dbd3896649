import { expect, test } from 'vitest';
import { findGivenBack } from './refund-matching.ts';

const find = (amountMinor: bigint, listedMinor: bigint, provenMinor = 0n, othersMinor: readonly bigint[] = []) =>
  findGivenBack(amountMinor, { listedMinor, provenMinor, othersMinor });

test('what the list has beyond the proven refunds tells about the one that is open', () => {
  expect(find(500n, 500n)).toBe('given');
  expect(find(500n, 0n)).toBe('absent');
  expect(find(500n, 700n, 200n)).toBe('given');
  expect(find(500n, 200n, 200n)).toBe('absent');
});

test('a list that cannot be explained tells nothing', () => {
  expect(find(500n, 300n)).toBe('open');
  expect(find(500n, 500n, 700n)).toBe('open');
  expect(find(500n, 1_000n)).toBe('open');
});

test('of several that are open each is told apart where their amounts allow it', () => {
  expect(find(500n, 500n, 0n, [300n])).toBe('given');
  expect(find(300n, 500n, 0n, [500n])).toBe('absent');
  expect(find(300n, 800n, 0n, [500n])).toBe('given');
  expect(find(500n, 500n, 0n, [500n])).toBe('open');
  expect(find(500n, 500n, 0n, [200n, 300n])).toBe('open');
  expect(find(500n, 1_000n, 0n, [500n])).toBe('given');
  expect(find(500n, 0n, 0n, [500n])).toBe('absent');
});

test('more than can be told apart are left to a person', () => {
  expect(find(500n, 500n, 0n, Array(13).fill(1n))).toBe('open');
});
