// A booking that must not stand and has settled is given back by a refund (contract 12.3). Pay dies after it has written
// down that it sends that refund: nobody knows whether it was sent, and it comes to rest by itself, with one refund.
import { expect, test } from 'vitest';
import { runUndoing, runVoidShownLate } from './simulation/outcome-cell.ts';

/** So long that its refund is sent again in vain before anybody is told of the first. */
const dayMs = 24 * 60 * 60_000;
const marked = { program: 'pay', label: 'undo-refund-marked' } as const;
const sent = { program: 'pay', label: 'undo-refund-sent' } as const;
const once = { refunds: ['R 1840'], died: true, problems: [] };

test.each(['1', '2', '2a', '3'] as const)(
  'of a sale with the wrong code, at a processor of class %s',
  async (playsClass) => {
    for (const dies of [marked, sent]) {
      expect(await runUndoing('bad_cvv', { playsClass }, dies)).toEqual({
        attempt: 'REVERSED',
        undo: undefined,
        ...once,
      });
    }
  },
);

// At the others the lists of its day have found it in time.
test.each(['1', '2'] as const)('of an approval that comes too late, at a processor of class %s', async (playsClass) => {
  for (const dies of [marked, sent]) {
    const end = await runUndoing('timeout_after_accept', { playsClass, inquiryLagMs: 5 * dayMs }, dies);
    expect(end).toEqual({ attempt: 'NOT_PROCESSED', undo: 'refunded', ...once });
  }
});

test('a void that the lookup of a processor without lists shows late is not undone a second time', async () => {
  expect(await runVoidShownLate()).toEqual({ attempt: 'REVERSED', undo: undefined, refunds: [], problems: [] });
});
