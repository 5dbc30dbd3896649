// The states of one attempt to charge a card and the events that move it (contract 12.1). Pure; the same edges stand
// as a trigger in Pay's database, so that a mistake here cannot charge twice.

import { type CheckRefusal, type ChecksPolicy, judgeChecks, standardChecks } from './attempt-checks.ts';
import type { Outcome } from './attempt-outcome.ts';

export type AttemptState =
  | 'INTENT'
  | 'SENT'
  | 'UNKNOWN'
  | 'APPROVED'
  | 'VOID_PENDING'
  | 'REVIEW'
  | 'DECLINED'
  | 'REFUSED'
  | 'NOT_SENT'
  | 'NOT_PROCESSED'
  | 'REVERSED';

export const ATTEMPT_EDGES: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  INTENT: ['SENT', 'NOT_SENT'],
  SENT: ['APPROVED', 'DECLINED', 'REFUSED', 'UNKNOWN'],
  UNKNOWN: ['APPROVED', 'DECLINED', 'REFUSED', 'NOT_PROCESSED', 'VOID_PENDING', 'REVIEW'],
  APPROVED: ['VOID_PENDING'],
  VOID_PENDING: ['REVERSED', 'REVIEW'],
  REVIEW: ['APPROVED', 'DECLINED', 'NOT_PROCESSED', 'REVERSED'],
  DECLINED: [],
  REFUSED: [],
  NOT_SENT: [],
  NOT_PROCESSED: [],
  REVERSED: [],
};

/** Why a booked sale is undone: a check of 8.9, another amount than ours, or an approval found after all. */
export type UndoReason = CheckRefusal | 'WRONG_AMOUNT' | 'SURFACED';

/** The states to go through, in order and in one commit; none when the event changes nothing any more. */
export interface Move {
  readonly path: readonly AttemptState[];
  /** Set when the path leads to `VOID_PENDING`. */
  readonly undo?: UndoReason;
}

const stay: Move = { path: [] };

/**
 * The processor's answer to our request, or the outcome it told when asked. Final states stand whatever comes late.
 * `checks` is what the merchant wanted when the attempt was made.
 */
export function onOutcome(
  state: AttemptState,
  outcome: Outcome,
  undoing?: UndoReason,
  checks: ChecksPolicy = standardChecks,
): Move {
  if (state === 'SENT' || state === 'UNKNOWN') return fromOpen(state, outcome, checks);
  // What came to a person because its undoing failed must not end as a success.
  if (state === 'REVIEW' && undoing === undefined) return fromReview(outcome, checks);
  return stay;
}

function fromOpen(state: 'SENT' | 'UNKNOWN', outcome: Outcome, checks: ChecksPolicy): Move {
  const unknown: readonly AttemptState[] = state === 'SENT' ? ['UNKNOWN'] : [];
  switch (outcome.kind) {
    case 'approved':
      return approve(judgeChecks(outcome, checks).refusal);
    case 'declined':
      return { path: ['DECLINED'] };
    case 'refused':
      return { path: ['REFUSED'] };
    case 'unknown':
      return outcome.wronglyBooked ? { path: [...unknown, 'VOID_PENDING'], undo: 'WRONG_AMOUNT' } : { path: unknown };
  }
}

function fromReview(outcome: Outcome, checks: ChecksPolicy): Move {
  if (outcome.kind === 'approved') return approve(judgeChecks(outcome, checks).refusal);
  if (outcome.kind === 'declined') return { path: ['DECLINED'] };
  return outcome.kind === 'refused' ? { path: ['NOT_PROCESSED'] } : stay;
}

const approve = (refusal: CheckRefusal | undefined): Move =>
  refusal === undefined ? { path: ['APPROVED'] } : { path: ['APPROVED', 'VOID_PENDING'], undo: refusal };

/** Only the winner of this move may send. */
export const onSend = (state: AttemptState): Move => (state === 'INTENT' ? { path: ['SENT'] } : stay);

/** Failed or crashed before the mark. */
export const onNeverSent = (state: AttemptState): Move => (state === 'INTENT' ? { path: ['NOT_SENT'] } : stay);

/** Whoever sent it is gone, or will not hear an answer any more. */
export const onSenderLost = (state: AttemptState): Move => (state === 'SENT' ? { path: ['UNKNOWN'] } : stay);

/** The evidence of 12.3 is complete: the processor never had it. */
export const onAbsenceProven = (state: AttemptState, undoing?: UndoReason): Move =>
  state === 'UNKNOWN' || (state === 'REVIEW' && undoing === undefined) ? { path: ['NOT_PROCESSED'] } : stay;

/** The processor confirms that the booking is undone. */
export function onVoided(state: AttemptState): Move {
  switch (state) {
    case 'SENT':
      return { path: ['UNKNOWN', 'VOID_PENDING', 'REVERSED'], undo: 'SURFACED' };
    case 'UNKNOWN':
      return { path: ['VOID_PENDING', 'REVERSED'], undo: 'SURFACED' };
    case 'VOID_PENDING':
    case 'REVIEW':
      return { path: ['REVERSED'] };
    default:
      return stay;
  }
}

/** A day has passed, or the evidence there is cannot tell: now a person decides. */
export function onPersonNeeded(state: AttemptState): Move {
  if (state === 'SENT') return { path: ['UNKNOWN', 'REVIEW'] };
  return state === 'UNKNOWN' || state === 'VOID_PENDING' ? { path: ['REVIEW'] } : stay;
}

/** What a person may decide about an attempt in review. */
export const RESOLUTIONS = ['APPROVED', 'DECLINED', 'NOT_PROCESSED', 'REVERSED'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** An attempt whose undoing failed is known to be booked, and must not stand: it can only have been undone. */
export function onResolved(state: AttemptState, resolution: Resolution, undoing?: UndoReason): Move {
  if (state !== 'REVIEW') return stay;
  if (undoing !== undefined && resolution !== 'REVERSED') return stay;
  return { path: [resolution] };
}
