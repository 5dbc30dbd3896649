import { expect, test } from 'vitest';
import { type DecidedDiscrepancy, decideDiscrepancy } from './discrepancy-decision.ts';

const late = (changes: Partial<DecidedDiscrepancy> = {}): DecidedDiscrepancy => ({
  kind: 'late_approval',
  undo: 'pending',
  decidedAs: undefined,
  proposal: undefined,
  ...changes,
});
const kept = { decision: 'kept', by: 'ana' } as const;

test('one person decides in test mode, two who say the same in live mode', () => {
  expect(decideDiscrepancy(late(), kept, false)).toBe('carry_out');
  expect(decideDiscrepancy(late(), kept, true)).toBe('propose');
  expect(decideDiscrepancy(late({ proposal: kept }), kept, true)).toBe('propose');
  expect(decideDiscrepancy(late({ proposal: kept }), { decision: 'undone', by: 'bob' }, true)).toBe('propose');
  expect(decideDiscrepancy(late({ proposal: kept }), { ...kept, by: 'bob' }, true)).toBe('carry_out');
});

test.each([
  ['late_approval', 'explained'],
  ['refunds_differ', 'undo'],
  ['unknown_booking', 'kept'],
] as const)('a %s cannot be %s', (kind, decision) => {
  expect(decideDiscrepancy(late({ kind, undo: undefined }), { decision, by: 'ana' }, false)).toEqual({
    refused: expect.stringMatching(/^decision: must be one of /),
  });
});

test('what is decided or undone stays so', () => {
  for (const end of [{ decidedAs: 'kept' }, { undo: 'voided' }, { undo: 'refunded' }] as const) {
    expect(decideDiscrepancy(late(end), kept, false)).toEqual({ refused: 'discrepancyId: is decided already' });
  }
});
