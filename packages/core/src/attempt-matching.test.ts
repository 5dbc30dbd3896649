import { expect, test } from 'vitest';
import { candidatesFor, findListed, outcomeOfListed, type Sought } from './attempt-matching.ts';
import type { ListedSale, Outcome } from './attempt-outcome.ts';

const minute = 60_000;
const approved: Outcome = { kind: 'approved', processorTransactionId: 'sbx-1', avsResult: 'Y', cvvResult: 'M' };
const listed = (changes: Partial<ListedSale> = {}): ListedSale => ({
  reference: 'R1',
  processorTransactionId: 'sbx-1',
  lastFour: '4242',
  amountMinor: 1840n,
  currency: 'USD',
  bookedAtMs: 1_000_000,
  voided: false,
  outcome: approved,
  ...changes,
});
const sought: Sought = {
  reference: 'R1',
  lastFour: '4242',
  amountMinor: 1840n,
  currency: 'USD',
  sentAtMs: 1_000_000,
};

test('by reference, the one that stands is found before one that was undone', () => {
  const undone = listed({ voided: true });
  const standing = listed({ processorTransactionId: 'sbx-2' });
  expect(findListed([undone, standing], sought)).toBe(standing);
  expect(findListed([undone], sought)).toBe(undone);
  expect(findListed([listed({ reference: 'R2' })], sought)).toBeUndefined();
});

test('an entry over another amount or currency is no success', () => {
  expect(outcomeOfListed(sought, listed())).toEqual(approved);
  for (const other of [{ amountMinor: 1841n }, { currency: 'EUR' }]) {
    expect(outcomeOfListed(sought, listed(other))).toMatchObject({ kind: 'unknown', wronglyBooked: true });
  }
  const declined: Outcome = { kind: 'declined', declineCode: 'lost_card' };
  expect(outcomeOfListed(sought, listed({ outcome: declined }))).toEqual(declined);
});

test.each([
  ['another card', { lastFour: '4444' }],
  ['another amount', { amountMinor: 1841n }],
  ['another currency', { currency: 'EUR' }],
  ['booked before it was sent', { bookedAtMs: 1_000_000 - 2 * minute }],
  ['booked after it could have arrived', { bookedAtMs: 1_000_000 + 16 * minute }],
  ['undone', { voided: true }],
])('%s is no candidate', (_what, changes) => {
  expect(candidatesFor([listed(changes)], sought, 15 * minute)).toEqual([]);
});

test('of a short bank account the end is enough, of nothing known nothing is', () => {
  expect(candidatesFor([listed({ lastFour: '1234' })], { ...sought, lastFour: '34' }, 15 * minute)).toHaveLength(1);
  expect(candidatesFor([listed({ lastFour: '1234' })], { ...sought, lastFour: '' }, 15 * minute)).toEqual([]);
});

test('everything that could be it is a candidate, also by a clock that is a little behind', () => {
  const all = [listed(), listed({ processorTransactionId: 'sbx-2', bookedAtMs: 1_000_000 - minute })];
  expect(candidatesFor(all, sought, 15 * minute)).toEqual(all);
});
