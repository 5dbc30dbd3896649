// What callers hear of an attempt (contract 8.3, 8.5 and 12.5).
import type { AttemptState, UndoReason } from './attempt.ts';
import { meaningOf } from './attempt-decline.ts';
import type { Decline, Outcome, RefusalCause } from './attempt-outcome.ts';
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

/** What an attempt was declined with: by the processor, by an earlier `never` that still holds, or by our checks. */
export function declineOf({
  state,
  outcome,
  undo,
}: Omit<AttemptFacts, 'attemptId'>): Omit<Decline, 'kind'> | undefined {
  switch (state) {
    case 'DECLINED':
      return outcome?.kind === 'declined' ? outcome : { declineCode: 'generic_decline' };
    case 'NOT_SENT':
      return outcome?.kind === 'declined' ? outcome : undefined;
    case 'REVERSED':
      if (undo === 'INVALID_CVV') return { declineCode: 'invalid_cvv' };
      return undo === 'AVS_MISMATCH' ? { declineCode: 'avs_mismatch' } : undefined;
    default:
      return undefined;
  }
}

/** `undefined` for an approval. Of an undoing the caller hears only when it is proven. */
export function failureOf(facts: AttemptFacts): Failure | undefined {
  const decline = declineOf(facts);
  if (decline !== undefined) return declined(facts.attemptId, decline);
  const { attemptId, state, outcome } = facts;
  switch (state) {
    case 'APPROVED':
      return undefined;
    case 'REFUSED':
      return { code: REFUSED[outcome?.kind === 'refused' ? outcome.cause : 'unavailable'], body: { attemptId } };
    case 'NOT_SENT':
    case 'NOT_PROCESSED':
    case 'REVERSED':
      return { code: 'PROCESSOR_UNAVAILABLE', body: { attemptId } };
    default:
      return { code: 'PAYMENT_UNKNOWN', body: { attemptId, retryable: 'same-key' } };
  }
}

function declined(attemptId: string, { declineCode, processorCode }: Omit<Decline, 'kind'>): Failure {
  const { errorCode, advice } = meaningOf(declineCode);
  const own = processorCode === undefined ? {} : { processorCode };
  return { code: errorCode, body: { attemptId, declineCode, ...own, advice } };
}

/** `attempt.state` of a query. `reviewed`: it has been open for longer than a customer waits. */
export function queriedState(facts: AttemptFacts, reviewed: boolean): string {
  if (declineOf(facts) !== undefined) return 'declined';
  switch (facts.state) {
    case 'APPROVED':
      return 'approved';
    case 'REVERSED':
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
