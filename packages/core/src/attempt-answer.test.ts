// What callers hear of each end of an attempt (contract 8.3, 8.5 and 8.8).
import { expect, test } from 'vitest';
import { ATTEMPT_EDGES, type AttemptState } from './attempt.ts';
import { type AttemptFacts, failureOf, queriedState } from './attempt-answer.ts';
import { TEST_CARDS } from './card/test-cards.ts';
import { ERRORS } from './errors.ts';

const facts = (state: AttemptState, rest: Partial<AttemptFacts> = {}): AttemptFacts => ({
  attemptId: '2603049F2K7Q0ZC3W8M5T1XR6B',
  state,
  outcome: undefined,
  undo: undefined,
  ...rest,
});

const declined = (declineCode: string) =>
  failureOf(facts('DECLINED', { outcome: { kind: 'declined', declineCode, processorCode: '05' } }));

test.each([
  ['generic_decline', 'CARD_DECLINED', 'other_card'],
  ['insufficient_funds', 'INSUFFICIENT_FUNDS', 'retry_later'],
  ['limit_exceeded', 'LIMIT_EXCEEDED', 'retry_later'],
  ['lost_card', 'CARD_DECLINED', 'never'],
  ['stolen_card', 'CARD_DECLINED', 'never'],
  ['fraudulent', 'CARD_DECLINED', 'never'],
  ['expired_card', 'EXPIRED_CARD', 'fix_data'],
  ['invalid_cvv', 'INVALID_CVV', 'fix_data'],
  ['authentication_required', 'AUTHENTICATION_REQUIRED', 'other_card'],
  ['do_not_honor', 'CARD_DECLINED', 'call_bank'],
  ['something_new', 'CARD_DECLINED', 'other_card'],
])('a decline %s is shown as %s with the advice %s', (declineCode, code, advice) => {
  expect(declined(declineCode)).toEqual({
    code,
    body: { attemptId: '2603049F2K7Q0ZC3W8M5T1XR6B', declineCode, processorCode: '05', advice },
  });
});

test('every decline of a test card is a 402', () => {
  const codes = TEST_CARDS.flatMap(({ outcome }) => (outcome.startsWith('decline:') ? [outcome.slice(8)] : []));
  expect(codes.length).toBeGreaterThan(8);
  for (const code of codes) expect(ERRORS[declined(code)?.code ?? 'NOT_FOUND'].status).toBe(402);
});

test.each([
  ['unavailable', 'PROCESSOR_UNAVAILABLE'],
  ['credentials', 'PROCESSOR_AUTH_FAILED'],
  ['cvc_gone', 'CVC_SESSION_EXPIRED'],
  ['token_gone', 'TOKEN_NOT_FOUND'],
] as const)('a refusal because of %s is %s', (cause, code) => {
  expect(failureOf(facts('REFUSED', { outcome: { kind: 'refused', cause, reason: 'said so' } }))?.code).toBe(code);
});

test('what was undone because of a check is a decline, any other undoing is not', () => {
  expect(failureOf(facts('REVERSED', { undo: 'INVALID_CVV' }))).toMatchObject({
    code: 'INVALID_CVV',
    body: { advice: 'fix_data' },
  });
  expect(failureOf(facts('REVERSED', { undo: 'AVS_MISMATCH' }))?.code).toBe('AVS_MISMATCH');
  expect(failureOf(facts('REVERSED', { undo: 'WRONG_AMOUNT' }))?.code).toBe('PROCESSOR_UNAVAILABLE');
});

test('as long as nothing is proven the answer is that it is not known', () => {
  for (const state of ['SENT', 'UNKNOWN', 'VOID_PENDING', 'REVIEW'] as const) {
    expect(failureOf(facts(state))).toMatchObject({ code: 'PAYMENT_UNKNOWN', body: { retryable: 'same-key' } });
  }
});

test('only an approval is no failure', () => {
  const good = (Object.keys(ATTEMPT_EDGES) as AttemptState[]).filter((state) => failureOf(facts(state)) === undefined);
  expect(good).toEqual(['APPROVED']);
});

test('a query tells five states', () => {
  expect(queriedState(facts('SENT'), false)).toBe('processing');
  expect(queriedState(facts('UNKNOWN'), true)).toBe('review');
  expect(queriedState(facts('REVIEW'), true)).toBe('review');
  expect(queriedState(facts('APPROVED'), true)).toBe('approved');
  expect(queriedState(facts('REVERSED', { undo: 'AVS_MISMATCH' }), false)).toBe('declined');
  expect(queriedState(facts('REVERSED', { undo: 'SURFACED' }), false)).toBe('not_processed');
  for (const state of ['REFUSED', 'NOT_SENT', 'NOT_PROCESSED'] as const) {
    expect(queriedState(facts(state), false)).toBe('not_processed');
  }
});
