import { expect, test } from 'vitest';
import { nextBankCheckAt } from './ach.ts';

const hourMs = 3_600_000;

test('a debit is asked about every six hours, and exactly at the end of each day', () => {
  expect(nextBankCheckAt(1_000, 1_000)).toBe(1_000 + 6 * hourMs);
  expect(nextBankCheckAt(1_000, 1_000 + 6 * hourMs)).toBe(1_000 + 12 * hourMs);
  expect(nextBankCheckAt(1_000, 1_000 + 71 * hourMs)).toBe(1_000 + 72 * hourMs);
});
