// The attempt machine: every event in every state leads along edges of contract 12.1, or changes nothing.
import { describe, expect, test } from 'vitest';
import {
  ATTEMPT_EDGES,
  type AttemptState,
  type Move,
  onAbsenceProven,
  onNeverSent,
  onOutcome,
  onPersonNeeded,
  onResolved,
  onSend,
  onSenderLost,
  onVoided,
  RESOLUTIONS,
} from './attempt.ts';
import type { Outcome } from './attempt-outcome.ts';

const STATES = Object.keys(ATTEMPT_EDGES) as AttemptState[];
const FINAL = STATES.filter((state) => ATTEMPT_EDGES[state].length === 0);

const approval = (checks: { avsResult?: string; cvvResult?: string } = {}): Outcome => ({
  kind: 'approved',
  processorTransactionId: 'sbx-1',
  avsResult: 'Y',
  cvvResult: 'M',
  ...checks,
});
const decline: Outcome = { kind: 'declined', declineCode: 'generic_decline' };
const refusal: Outcome = { kind: 'refused', cause: 'unavailable', reason: 'not processed' };
const unknown: Outcome = { kind: 'unknown', reason: 'no answer' };
const wrong: Outcome = { kind: 'unknown', reason: 'another amount', wronglyBooked: true };
const OUTCOMES = [
  approval(),
  approval({ cvvResult: 'N' }),
  approval({ avsResult: 'A' }),
  decline,
  refusal,
  unknown,
  wrong,
];

const EVENTS: Readonly<Record<string, (state: AttemptState) => Move>> = {
  ...Object.fromEntries(
    OUTCOMES.flatMap((outcome, index) => [
      [`outcome ${index}`, (state: AttemptState) => onOutcome(state, outcome)],
      [`outcome ${index} while undoing`, (state: AttemptState) => onOutcome(state, outcome, 'WRONG_AMOUNT')],
    ]),
  ),
  send: onSend,
  'never sent': onNeverSent,
  'sender lost': onSenderLost,
  'absence proven': onAbsenceProven,
  voided: onVoided,
  'a person is needed': onPersonNeeded,
  ...Object.fromEntries(
    RESOLUTIONS.flatMap((resolution) => [
      [`resolved as ${resolution}`, (state: AttemptState) => onResolved(state, resolution)],
      [
        `resolved as ${resolution} while undoing`,
        (state: AttemptState) => onResolved(state, resolution, 'WRONG_AMOUNT'),
      ],
    ]),
  ),
};

describe.each(Object.entries(EVENTS))('%s', (_name, event) => {
  test.each(STATES)('from %s goes along edges only', (state) => {
    let at = state;
    for (const next of event(state).path) {
      expect(ATTEMPT_EDGES[at]).toContain(next);
      at = next;
    }
  });

  test.each(FINAL)('changes nothing in %s', (state) => {
    expect(event(state).path).toEqual([]);
  });
});

test('only the intent can be sent, and only once', () => {
  expect(onSend('INTENT').path).toEqual(['SENT']);
  expect(onSend('SENT').path).toEqual([]);
  expect(onSend('NOT_SENT').path).toEqual([]);
});

test.each([
  [approval(), ['APPROVED']],
  [decline, ['DECLINED']],
  [refusal, ['REFUSED']],
  [unknown, ['UNKNOWN']],
  [wrong, ['UNKNOWN', 'VOID_PENDING']],
  [approval({ cvvResult: 'N' }), ['APPROVED', 'VOID_PENDING']],
] as const)('what was sent ends as the processor says: %j', (outcome, path) => {
  expect(onOutcome('SENT', outcome).path).toEqual(path);
});

test('an approval that the checks refuse is undone under the name of the check', () => {
  expect(onOutcome('UNKNOWN', approval({ cvvResult: 'S' }))).toEqual({
    path: ['APPROVED', 'VOID_PENDING'],
    undo: 'INVALID_CVV',
  });
  expect(onOutcome('UNKNOWN', approval({ avsResult: 'N' })).undo).toBe('AVS_MISMATCH');
  expect(onOutcome('SENT', wrong).undo).toBe('WRONG_AMOUNT');
});

test('an unknown outcome never ends an attempt, however often it is told', () => {
  expect(onOutcome('UNKNOWN', unknown).path).toEqual([]);
  expect(onOutcome('REVIEW', unknown).path).toEqual([]);
});

test('what a person looks at because its undoing failed does not become a success by an inquiry', () => {
  expect(onOutcome('REVIEW', approval()).path).toEqual(['APPROVED']);
  expect(onOutcome('REVIEW', approval(), 'AVS_MISMATCH').path).toEqual([]);
  expect(onAbsenceProven('REVIEW', 'WRONG_AMOUNT').path).toEqual([]);
  expect(onVoided('REVIEW').path).toEqual(['REVERSED']);
});

test('an approval is not taken back by anything that comes later', () => {
  for (const outcome of OUTCOMES) expect(onOutcome('APPROVED', outcome).path).toEqual([]);
  expect(onAbsenceProven('APPROVED').path).toEqual([]);
  expect(onPersonNeeded('APPROVED').path).toEqual([]);
});

test('a person decides about an attempt in review, and about no other', () => {
  for (const resolution of RESOLUTIONS) {
    expect(onResolved('REVIEW', resolution).path).toEqual([resolution]);
    for (const state of STATES.filter((one) => one !== 'REVIEW'))
      expect(onResolved(state, resolution).path).toEqual([]);
  }
});

test('what was to be undone cannot be resolved into a success, or into nothing', () => {
  expect(RESOLUTIONS.filter((resolution) => onResolved('REVIEW', resolution, 'AVS_MISMATCH').path.length > 0)).toEqual([
    'REVERSED',
  ]);
});
