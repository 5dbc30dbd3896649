import { expect, test } from 'vitest';
import { type DecidedDiscrepancy, decideDiscrepancy } from './discrepancy-decision.ts';

const late = (changes: Partial<DecidedDiscrepancy> = {}): DecidedDiscrepancy => ({
  kind: 'late_approval',
  undo: 'pending',
  decidedAs: undefined,
  proposal: undefined,
  undoRefundSentAtMs: undefined,
  ...changes,
});
const alone = { needsTwo: false, nowMs: 1_000 };
const inTwos = { needsTwo: true, nowMs: 1_000 };
const kept = { decision: 'kept', by: 'ana' } as const;

test('one person decides in test mode, two who say the same in live mode', () => {
  expect(decideDiscrepancy(late(), kept, alone)).toBe('carry_out');
  expect(decideDiscrepancy(late(), kept, inTwos)).toBe('propose');
  expect(decideDiscrepancy(late({ proposal: kept }), kept, inTwos)).toBe('propose');
  expect(decideDiscrepancy(late({ proposal: kept }), { decision: 'undone', by: 'bob' }, inTwos)).toBe('propose');
  expect(decideDiscrepancy(late({ proposal: kept }), { ...kept, by: 'bob' }, inTwos)).toBe('carry_out');
});

test.each([
  ['late_approval', 'explained'],
  ['refunds_differ', 'undo'],
  ['unknown_booking', 'kept'],
] as const)('a %s cannot be %s', (kind, decision) => {
  expect(decideDiscrepancy(late({ kind, undo: undefined }), { decision, by: 'ana' }, alone)).toEqual({
    refused: expect.stringMatching(/^decision: must be one of /),
  });
});

test('what is decided or undone stays so', () => {
  for (const end of [{ decidedAs: 'kept' }, { undo: 'voided' }, { undo: 'refunded' }] as const) {
    expect(decideDiscrepancy(late(end), kept, alone)).toEqual({ refused: 'discrepancyId: is decided already' });
  }
});

test('while our own refund is in doubt nobody says that it was undone or stays; after a day a person may know better', () => {
  const sent = late({ undoRefundSentAtMs: 1_000 });
  const inDoubt = {
    refused: expect.stringMatching(/^decision: our own refund of it is in doubt; .* 1970-01-02T00:00:01/),
  };
  for (const decision of ['undone', 'kept'] as const) {
    const said = { decision, by: 'ana' };
    expect(decideDiscrepancy(sent, said, alone)).toEqual(inDoubt);
    expect(decideDiscrepancy(sent, said, inTwos)).toEqual(inDoubt);
    expect(decideDiscrepancy(sent, said, { ...alone, nowMs: 1_000 + 86_400_000 })).toBe('carry_out');
  }
  expect(decideDiscrepancy(sent, { decision: 'undo', by: 'ana' }, alone)).toBe('carry_out');
});
