// The life of a checkout session (contract 1.5 and 12.5): one function per event, each from a state to the next one or
// to a refusal. A move that changes nothing returns the very state it was given.
import { type ErrorCode, Refusal } from './errors.ts';
import type { ChargeOutcome } from './session-outcome.ts';

interface Pending {
  readonly status: 'pending';
  readonly expiresAtMs: number;
  /** Failed attempts that count. */
  readonly failedAttempts: number;
  readonly extensions: number;
}

/** Waiting for the customer. */
export interface OpenSession extends Pending {
  readonly paymentState: null;
}

/** A charge is in flight, or its outcome is being established. Nothing but that charge moves it on. */
export interface ChargingSession extends Pending {
  readonly paymentState: 'processing' | 'review';
  readonly chargeId: string;
}

export interface EndedSession {
  readonly status: 'completed' | 'cancelled' | 'expired' | 'failed';
  readonly paymentState: null;
  readonly endedAtMs: number;
  /** Why it failed. */
  readonly errorCode?: FailureCode;
}

export type FailureCode = 'FORBIDDEN' | 'SYSTEM_ERROR' | 'AUTH_ERROR';
export type SessionState = OpenSession | ChargingSession | EndedSession;

export interface SessionRules {
  readonly maxFailedAttempts: number;
  readonly lifetimeMs: number;
}

/** How often a customer may ask for more time. */
const extensionsMax = 10;

const ENDED: Readonly<Record<EndedSession['status'], ErrorCode>> = {
  completed: 'SESSION_COMPLETED',
  cancelled: 'SESSION_CANCELLED',
  expired: 'SESSION_EXPIRED',
  failed: 'SESSION_FAILED',
};

/** C1 of contract 12.2: from here on the session belongs to this charge. */
export function reserveCharge(
  state: SessionState,
  chargeId: string,
  nowMs: number,
  rules: SessionRules,
): ChargingSession | Refusal {
  const refusal = whyNotPayable(state, nowMs);
  if (refusal !== undefined) return refusal;
  const open = state as OpenSession;
  if (open.failedAttempts >= rules.maxFailedAttempts) return new Refusal('FORBIDDEN');
  return { ...open, paymentState: 'processing', chargeId };
}

/** `undefined` for a session that a customer may pay now. */
export function whyNotPayable(state: SessionState, nowMs: number): Refusal | undefined {
  const isCharging = state.status === 'pending' && state.paymentState !== null;
  return isCharging ? new Refusal('PAYMENT_IN_PROGRESS') : whyEnded(state, nowMs);
}

/** `undefined` for a session that is pending now. */
export function whyEnded(state: SessionState, nowMs: number): Refusal | undefined {
  const due = expire(state, nowMs);
  return due.status === 'pending' ? undefined : new Refusal(ENDED[due.status]);
}

/** C2: the charge has ended, and how. */
export function recordOutcome(
  state: ChargingSession,
  outcome: ChargeOutcome,
  nowMs: number,
  rules: SessionRules,
): SessionState {
  if (outcome.kind === 'approved') return { status: 'completed', paymentState: null, endedAtMs: nowMs };
  // The customer was told to wait for a review; coming back to a form now would invite a second payment.
  if (state.paymentState === 'review') return failed(nowMs, outcome.kind === 'refused' ? outcome.errorCode : undefined);
  if (outcome.kind === 'refused') return failed(nowMs, outcome.errorCode);
  const failedAttempts = state.failedAttempts + (outcome.kind === 'declined' || outcome.kind === 'undone' ? 1 : 0);
  if (failedAttempts >= rules.maxFailedAttempts) return failed(nowMs, 'FORBIDDEN');
  const { chargeId: _chargeId, ...pending } = state;
  return expire({ ...pending, paymentState: null, failedAttempts }, nowMs);
}

/** Sixty seconds passed without an outcome. */
export const enterReview = (state: ChargingSession): ChargingSession =>
  state.paymentState === 'review' ? state : { ...state, paymentState: 'review' };

/** Cancelling twice is cancelling once. */
export function cancel(state: SessionState, nowMs: number): SessionState | Refusal {
  if (state.status === 'cancelled') return state;
  const refusal = whyNotPayable(state, nowMs);
  return refusal ?? { status: 'cancelled', paymentState: null, endedAtMs: nowMs };
}

/** Time never beats a charge in flight. */
export function expire(state: SessionState, nowMs: number): SessionState {
  if (state.status !== 'pending' || state.paymentState !== null || nowMs < state.expiresAtMs) return state;
  return { status: 'expired', paymentState: null, endedAtMs: nowMs };
}

/** More time, from now. A charge in flight does not take it away from the customer. */
export function extend(
  state: SessionState,
  nowMs: number,
  rules: SessionRules,
): OpenSession | ChargingSession | Refusal {
  const due = expire(state, nowMs);
  if (due.status !== 'pending') return new Refusal(ENDED[due.status]);
  if (due.extensions >= extensionsMax) return new Refusal('EXTENSION_LIMIT');
  return { ...due, expiresAtMs: nowMs + rules.lifetimeMs, extensions: due.extensions + 1 };
}

/** Tries the customer has left before the session fails. */
export const attemptsLeft = (failedAttempts: number, { maxFailedAttempts }: SessionRules): number =>
  Math.max(0, maxFailedAttempts - failedAttempts);

const failed = (nowMs: number, errorCode: FailureCode = 'SYSTEM_ERROR'): EndedSession => ({
  status: 'failed',
  paymentState: null,
  endedAtMs: nowMs,
  errorCode,
});
