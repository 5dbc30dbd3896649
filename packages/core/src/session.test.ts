import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from './errors.ts';
import {
  attemptsLeft,
  type ChargingSession,
  cancel,
  type EndedSession,
  enterReview,
  expire,
  extend,
  type OpenSession,
  recordOutcome,
  reserveCharge,
  type SessionState,
  whyEnded,
} from './session.ts';
import { type ChargeOutcome, outcomeOfCharge, outcomeOfSale } from './session-outcome.ts';

const rules = { maxFailedAttempts: 5, lifetimeMs: 1_800_000 };
const start = 1_000;
const end = start + rules.lifetimeMs;
const open: OpenSession = {
  status: 'pending',
  paymentState: null,
  expiresAtMs: end,
  failedAttempts: 0,
  extensions: 0,
};
const processing: ChargingSession = { ...open, paymentState: 'processing', chargeId: 'chg_1' };
const review: ChargingSession = { ...processing, paymentState: 'review' };
const ended = (status: EndedSession['status']): EndedSession => ({ status, paymentState: null, endedAtMs: start });
const codeOf = (move: SessionState | Refusal | undefined): string | undefined =>
  move instanceof Refusal ? move.code : undefined;

const ENDINGS = [
  ['completed', 'SESSION_COMPLETED'],
  ['cancelled', 'SESSION_CANCELLED'],
  ['expired', 'SESSION_EXPIRED'],
  ['failed', 'SESSION_FAILED'],
] as const;

describe('reserving a charge', () => {
  test('an open session becomes processing and belongs to the charge', () => {
    expect(reserveCharge(open, 'chg_1', end - 1, rules)).toEqual(processing);
  });

  test.each(ENDINGS)('a session that is %s is not charged', (status, code) => {
    expect(codeOf(reserveCharge(ended(status), 'chg_2', start, rules))).toBe(code);
  });

  test('a second charge waits for the first, also when time is up', () => {
    expect(codeOf(reserveCharge(processing, 'chg_2', start, rules))).toBe('PAYMENT_IN_PROGRESS');
    expect(codeOf(reserveCharge(review, 'chg_2', end + 1, rules))).toBe('PAYMENT_IN_PROGRESS');
  });

  test('time that is up refuses, before anything expired the session', () => {
    expect(codeOf(reserveCharge(open, 'chg_1', end, rules))).toBe('SESSION_EXPIRED');
  });

  test('the attempt limit holds', () => {
    expect(codeOf(reserveCharge({ ...open, failedAttempts: 5 }, 'chg_1', start, rules))).toBe('FORBIDDEN');
  });
});

describe('the outcome of a charge', () => {
  const declined: ChargeOutcome = { kind: 'declined', errorCode: 'CARD_DECLINED' };
  const undone: ChargeOutcome = { kind: 'undone', errorCode: 'AVS_MISMATCH' };
  const notSent: ChargeOutcome = { kind: 'not-sent', errorCode: 'CVC_SESSION_EXPIRED' };
  const refused: ChargeOutcome = { kind: 'refused', errorCode: 'AUTH_ERROR' };

  test.each([processing, review])('approved completes a session in $paymentState, however late', (state) => {
    expect(recordOutcome(state, { kind: 'approved' }, end + 1, rules)).toEqual({
      status: 'completed',
      paymentState: null,
      endedAtMs: end + 1,
    });
  });

  test.each([
    ['declined', declined, 1],
    ['undone', undone, 1],
    ['not sent', notSent, 0],
  ])('%s leaves the session open and counts as it should', (_name, outcome, counted) => {
    expect(recordOutcome(processing, outcome, start, rules)).toEqual({ ...open, failedAttempts: counted });
  });

  test.each([declined, undone, notSent])('$kind after the time is up expires the session', (outcome) => {
    expect(recordOutcome(processing, outcome, end, rules)).toMatchObject({ status: 'expired' });
  });

  test('the fifth counted failure ends the session', () => {
    const before = { ...processing, failedAttempts: 4 };
    expect(recordOutcome(before, declined, start, rules)).toMatchObject({ status: 'failed', errorCode: 'FORBIDDEN' });
    expect(recordOutcome(before, notSent, start, rules)).toMatchObject({ status: 'pending', failedAttempts: 4 });
    expect([attemptsLeft(4, rules), attemptsLeft(9, rules)]).toEqual([1, 0]);
  });

  test('a refusal for good ends the session with its code', () => {
    expect(recordOutcome(processing, refused, start, rules)).toMatchObject({
      status: 'failed',
      errorCode: 'AUTH_ERROR',
    });
  });

  test.each([declined, undone, notSent, refused])('a review that ends with $kind ends the session', (outcome) => {
    expect(recordOutcome(review, outcome, start, rules)).toMatchObject({ status: 'failed' });
  });
});

describe('cancel, expire, review and more time', () => {
  test('an open session can be cancelled, and cancelled again', () => {
    const cancelled = cancel(open, start);
    expect(cancelled).toEqual(ended('cancelled'));
    expect(cancel(cancelled as SessionState, start + 1)).toBe(cancelled);
  });

  test.each(ENDINGS.filter(([status]) => status !== 'cancelled'))('%s cannot be cancelled', (status, code) => {
    expect(codeOf(cancel(ended(status), start))).toBe(code);
  });

  test('cancel and expiry never beat a charge in flight', () => {
    for (const state of [processing, review]) {
      expect(codeOf(cancel(state, end + 1))).toBe('PAYMENT_IN_PROGRESS');
      expect(expire(state, end + 1)).toBe(state);
      expect(whyEnded(state, end + 1)).toBeUndefined();
    }
  });

  test('a session expires at its time, not before', () => {
    expect(expire(open, end - 1)).toBe(open);
    expect(expire(open, end)).toEqual({ status: 'expired', paymentState: null, endedAtMs: end });
    expect(codeOf(cancel(open, end))).toBe('SESSION_EXPIRED');
    expect(codeOf(whyEnded(open, end))).toBe('SESSION_EXPIRED');
  });

  test('review is entered once', () => {
    expect(enterReview(processing)).toEqual(review);
    expect(enterReview(review)).toBe(review);
  });

  test('ten times more time, then no more; never after the end', () => {
    let state: SessionState = open;
    for (let i = 1; i <= 10; i += 1) {
      const next = extend(state, start + i, rules);
      expect(next).toMatchObject({ extensions: i, expiresAtMs: start + i + rules.lifetimeMs });
      state = next as SessionState;
    }
    expect(codeOf(extend(state, start, rules))).toBe('EXTENSION_LIMIT');
    expect(codeOf(extend(open, end, rules))).toBe('SESSION_EXPIRED');
    expect(codeOf(extend(ended('failed'), start, rules))).toBe('SESSION_FAILED');
    expect(extend(processing, start + 1, rules)).toMatchObject({ paymentState: 'processing' });
  });

  test('no sequence of events leaves a terminal state', () => {
    const event = fc.constantFrom('reserve', 'approve', 'decline', 'refuse', 'cancel', 'expire', 'review', 'extend');
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat({ max: 2 * rules.lifetimeMs }))), (events) => {
        let state: SessionState = open;
        for (const [name, nowMs] of events) {
          const next = apply(state, name, nowMs);
          if (next instanceof Refusal) continue;
          if (state.status !== 'pending') expect(next).toBe(state);
          state = next;
        }
      }),
    );
  });
});

function apply(state: SessionState, name: string, nowMs: number): SessionState | Refusal {
  const charging = state.status === 'pending' && state.paymentState !== null ? state : undefined;
  if (name === 'reserve') return reserveCharge(state, 'chg_1', nowMs, rules);
  if (name === 'cancel') return cancel(state, nowMs);
  if (name === 'expire') return expire(state, nowMs);
  if (name === 'extend') return extend(state, nowMs, rules);
  if (charging === undefined) return state;
  if (name === 'review') return enterReview(charging);
  const declined: ChargeOutcome = { kind: 'declined', errorCode: 'CARD_DECLINED' };
  if (name === 'approve') return recordOutcome(charging, { kind: 'approved' }, nowMs, rules);
  const refused: ChargeOutcome = { kind: 'refused', errorCode: 'SYSTEM_ERROR' };
  return recordOutcome(charging, name === 'refuse' ? refused : declined, nowMs, rules);
}

describe('what an answer of Pay proves', () => {
  test.each([
    [402, 'INSUFFICIENT_FUNDS', { kind: 'declined', errorCode: 'INSUFFICIENT_FUNDS' }],
    [400, 'CVC_SESSION_EXPIRED', { kind: 'not-sent', errorCode: 'CVC_SESSION_EXPIRED' }],
    [409, 'CVC_SESSION_ALREADY_USED', { kind: 'not-sent', errorCode: 'CVC_SESSION_EXPIRED' }],
    [404, 'TOKEN_NOT_FOUND', { kind: 'not-sent', errorCode: 'TOKEN_NOT_FOUND' }],
    [409, 'PRICE_CHANGED', { kind: 'not-sent', errorCode: 'PRICE_CHANGED' }],
    [503, 'TAX_UNAVAILABLE', { kind: 'not-sent', errorCode: 'TAX_UNAVAILABLE' }],
    [503, 'OVERLOADED', { kind: 'not-sent', errorCode: 'OVERLOADED' }],
    [502, 'PROCESSOR_AUTH_FAILED', { kind: 'refused', errorCode: 'AUTH_ERROR' }],
    [401, 'INVALID_CREDENTIALS', { kind: 'refused', errorCode: 'AUTH_ERROR' }],
    [503, 'PROCESSOR_UNAVAILABLE', { kind: 'refused', errorCode: 'SYSTEM_ERROR' }],
    [400, 'VALIDATION_FAILED', { kind: 'refused', errorCode: 'SYSTEM_ERROR' }],
    [504, 'PAYMENT_UNKNOWN', undefined],
    [500, 'INTERNAL_ERROR', undefined],
    [503, undefined, undefined],
    [502, undefined, undefined],
    [404, undefined, undefined],
    [403, 'access_denied', undefined],
    [402, undefined, undefined],
    [409, 'IDEMPOTENCY_KEY_IN_PROGRESS', undefined],
    [409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH', undefined],
  ])('a sale answered %s %s', (status, code, outcome) => {
    expect(outcomeOfSale(status, code)).toEqual(outcome);
  });

  test.each([
    ['approved', undefined, { kind: 'approved' }],
    ['declined', 'LIMIT_EXCEEDED', { kind: 'declined', errorCode: 'LIMIT_EXCEEDED' }],
    ['refused', 'PROCESSOR_UNAVAILABLE', { kind: 'refused', errorCode: 'SYSTEM_ERROR' }],
    ['refused', 'PROCESSOR_AUTH_FAILED', { kind: 'refused', errorCode: 'AUTH_ERROR' }],
    ['refused', 'CVC_SESSION_EXPIRED', { kind: 'not-sent', errorCode: 'CVC_SESSION_EXPIRED' }],
    ['refused', undefined, { kind: 'refused', errorCode: 'SYSTEM_ERROR' }],
    ['not_sent', 'PROCESSOR_UNAVAILABLE', { kind: 'not-sent', errorCode: 'OVERLOADED' }],
    ['abandoned', undefined, { kind: 'not-sent', errorCode: 'OVERLOADED' }],
    ['reversed', 'AVS_MISMATCH', { kind: 'undone', errorCode: 'AVS_MISMATCH' }],
    ['not_processed', 'PAYMENT_UNKNOWN', { kind: 'undone', errorCode: 'CARD_DECLINED' }],
    ['processing', undefined, undefined],
    ['unknown', 'PAYMENT_UNKNOWN', undefined],
    ['review', 'PAYMENT_UNKNOWN', undefined],
  ])('a charge that is %s (%s)', (state, code, outcome) => {
    expect(outcomeOfCharge(state, code)).toEqual(outcome);
  });
});
