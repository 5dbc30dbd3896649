import { expect, test } from 'vitest';
import { TEST_CARDS } from './card/test-cards.ts';
import { parseStep, stepInLastName } from './sandbox-step.ts';

test('every outcome of a test card is a step', () => {
  for (const { outcome } of TEST_CARDS) expect(parseStep(outcome), outcome).toBeDefined();
});

test('a step with an argument carries it', () => {
  expect(parseStep('decline:lost_card')).toEqual({ kind: 'decline', declineCode: 'lost_card' });
  expect(parseStep('slow:40')).toEqual({ kind: 'slow', seconds: 40 });
  expect(parseStep('cut_after:12')).toEqual({ kind: 'cut_after', bytes: 12 });
  expect(parseStep('avs:Z')).toEqual({ kind: 'avs', result: 'Z' });
});

test.each(['', 'decline', 'decline:', 'approve:now', 'slow:soon', 'cvv:NO', 'avs:n', 'explode', 'decline:a b'])(
  '%j is no step',
  (text) => {
    expect(parseStep(text)).toBeUndefined();
  },
);

test('a last name sets a step when it begins with TEST', () => {
  expect(stepInLastName('TEST decline:insufficient_funds')).toEqual({
    kind: 'decline',
    declineCode: 'insufficient_funds',
  });
  expect(stepInLastName(' TEST review ')).toEqual({ kind: 'review' });
});

test('other last names set nothing', () => {
  for (const name of ['Duarte', 'Test review', 'TEST', 'TEST pilot', 'A TEST review']) {
    expect(stepInLastName(name), name).toBeUndefined();
  }
});
