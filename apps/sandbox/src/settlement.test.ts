import { expect, test } from 'vitest';
import { settlesAt } from './settlement.ts';

const at = (text: string): number => Date.parse(text);

test('cards settle at the next midnight UTC, bank debits after three days', () => {
  expect(settlesAt('card', at('2026-03-04T00:00:00Z'))).toBe(at('2026-03-05T00:00:00Z'));
  expect(settlesAt('card', at('2026-03-04T23:59:59.999Z'))).toBe(at('2026-03-05T00:00:00Z'));
  expect(settlesAt('bank', at('2026-03-04T09:30:00Z'))).toBe(at('2026-03-07T09:30:00Z'));
});
