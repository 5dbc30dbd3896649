// What callers hear of an attempt (contract 8.3, 8.5 and 12.5).
import type { AttemptState, UndoReason } from './attempt.ts';
import { meaningOf } from './attempt-decline.ts';
import type { Outcome, RefusalCause } from './attempt-outcome.ts';
import type { ErrorCode } from './errors.ts';

export interface AttemptFacts {
  readonly attemptId: string;
  readonly state: AttemptState;
  readonly outcome: Outcome | undefined;
  readonly undo: UndoReason | undefined;
}

export interface Failure {
  readonly code: ErrorCode;
  /** Further members of the body. */
  readonly body: Readonly<Record<string, string>>;
}

const REFUSED: Readonly<Record<RefusalCause, ErrorCode>> = {
  unavailable: 'PROCESSOR_UNAVAILABLE',
  credentials: 'PROCESSOR_AUTH_FAILED',
  cvc_gone: 'CVC_SESSION_EXPIRED',
  token_gone: 'TOKEN_NOT_FOUND',
  settled: 'ALREADY_SETTLED',
  not_settled: 'NOT_SETTLED',
};

/** `undefined` for an approval. Of an undoing the caller hears only when it is proven. */
export function failureOf({ attemptId, state, outcome, undo }: AttemptFacts): Failure | undefined {
  switch (state) {
    case 'APPROVED':
      return undefined;
    case 'DECLINED':
      return outcome?.kind === 'declined'
        ? declined(attemptId, outcome.declineCode, outcome.processorCode)
        : declined(attemptId, 'generic_decline');
    case 'REFUSED':
      return { code: REFUSED[outcome?.kind === 'refused' ? outcome.cause : 'unavailable'], body: { attemptId } };
    case 'NOT_SENT':
    case 'NOT_PROCESSED':
      return { code: 'PROCESSOR_UNAVAILABLE', body: { attemptId } };
    case 'REVERSED':
      if (undo === 'INVALID_CVV') return declined(attemptId, 'invalid_cvv');
      if (undo === 'AVS_MISMATCH') return declined(attemptId, 'avs_mismatch');
      return { code: 'PROCESSOR_UNAVAILABLE', body: { attemptId } };
    default:
      return { code: 'PAYMENT_UNKNOWN', body: { attemptId, retryable: 'same-key' } };
  }
}

function declined(attemptId: string, declineCode: string, processorCode?: string): Failure {
  const { errorCode, advice } = meaningOf(declineCode);
  const own = processorCode === undefined ? {} : { processorCode };
  return { code: errorCode, body: { attemptId, declineCode, ...own, advice } };
}

/** `attempt.state` of a query. `reviewed`: it has been open for longer than a customer waits. */
export function queriedState(facts: AttemptFacts, reviewed: boolean): string {
  switch (facts.state) {
    case 'APPROVED':
      return 'approved';
    case 'DECLINED':
      return 'declined';
    case 'REVERSED':
      return facts.undo === 'INVALID_CVV' || facts.undo === 'AVS_MISMATCH' ? 'declined' : 'not_processed';
    case 'REFUSED':
    case 'NOT_SENT':
    case 'NOT_PROCESSED':
      return 'not_processed';
    case 'REVIEW':
      return 'review';
    default:
      return reviewed ? 'review' : 'processing';
  }
}
