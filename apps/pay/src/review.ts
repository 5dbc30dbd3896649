// A person decides about an attempt that no evidence decides (contract 12.4): who, why and on what evidence is written in
// the commit of the move. In live mode it takes two people who say the same.
import { onResolved, RESOLUTIONS, type Resolution } from '@ozura/core/attempt';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { newEventId } from '@ozura/core/ids';
import type { Handle } from '@ozura/kit/db/handle';
import type { AuditEvent } from './audit.ts';
import type { PayContext } from './context.ts';
import { writeMove } from './ledger.ts';
import { untilUnmoved } from './plan-ledger.ts';
import { resolveRefund, whyRefundImpossible } from './refund-review.ts';
import { type Attempt, findAttempt, isTransactionKnown, listAttemptsInReview } from './store/attempts.ts';
import { findRefund, listRefundsInReview, type Refund } from './store/refunds.ts';
import { endResolution, findProposal, insertResolution, type ProposedResolution } from './store/resolutions.ts';

export interface ReviewDecision {
  readonly attemptId: string;
  readonly resolution: Resolution;
  /** The processor's id of the sale: needed for an approval, and for nothing else. */
  readonly processorTransactionId?: string;
  readonly reason: string;
  /** Where it can be seen: a statement, a case number, a screen of the processor. */
  readonly evidence: string;
  /** Who decides. */
  readonly by: string;
}

export type ReviewAnswer =
  | { readonly kind: 'resolved'; readonly attempt: Pick<Attempt, 'attemptId' | 'state'> }
  /** Somebody else has to say the same. */
  | { readonly kind: 'proposed'; readonly proposal: ProposedResolution }
  /** Nothing was written. `field: reason`. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface InReview {
  readonly attempt: Attempt;
  /** Waits for a second person. */
  readonly proposal: ProposedResolution | undefined;
}

export interface RefundInReview {
  readonly refund: Refund;
  readonly proposal: ProposedResolution | undefined;
}

export interface Reviews {
  /** The oldest first. */
  list(): Promise<InReview[]>;
  listRefunds(): Promise<RefundInReview[]>;
  resolve(decision: ReviewDecision, from?: Origin): Promise<ReviewAnswer>;
}

/** Where a decision came from, for the audit log. */
type Origin = Pick<AuditEvent, 'address' | 'requestId'>;

const nowhere: Origin = { address: '', requestId: '' };

const listMax = 500;

export const openReviews = (context: PayContext): Reviews => ({
  async list() {
    const attempts = await listAttemptsInReview(context.db, listMax);
    return Promise.all(
      attempts.map(async (attempt) => ({ attempt, proposal: await findProposal(context.db, attempt.attemptId) })),
    );
  },
  async listRefunds() {
    const refunds = await listRefundsInReview(context.db, listMax);
    return Promise.all(
      refunds.map(async (refund) => ({ refund, proposal: await findProposal(context.db, refund.refundId) })),
    );
  },
  resolve: (decision, from = nowhere) => resolve(context, decision, from),
});

async function resolve(context: PayContext, said: ReviewDecision, from: Origin): Promise<ReviewAnswer> {
  const decision = trimmed(said);
  const missing = whatIsMissing(decision);
  if (missing !== undefined) return refused(missing);
  return untilUnmoved(() => context.db.transact((tx) => decide(context, tx, decision, from)));
}

async function decide(context: PayContext, tx: Handle, decision: ReviewDecision, from: Origin): Promise<ReviewAnswer> {
  const subject = (await findAttempt(tx, decision.attemptId)) ?? (await findRefund(tx, decision.attemptId));
  if (subject?.state !== 'REVIEW') return refused('attemptId: is not in review');
  const impossible = await ('refundId' in subject
    ? whyRefundImpossible(tx, subject, decision)
    : whyImpossible(tx, subject, decision));
  if (impossible !== undefined) return refused(impossible);
  const proposal = await findProposal(tx, decision.attemptId);
  const answer: ReviewAnswer =
    context.config.mode === 'test' || isSeconded(proposal, decision)
      ? await carryOut(context, tx, { subject, decision, proposal })
      : { kind: 'proposed', proposal: await propose(context, tx, { subject, decision, proposal }) };
  await context.audit.record(tx, { ...recordOf(subject.merchantId, decision, answer.kind), ...from });
  return answer;
}

const recordOf = (
  merchantId: string,
  { attemptId, resolution, processorTransactionId, reason, evidence, by }: ReviewDecision,
  kind: ReviewAnswer['kind'],
): Omit<AuditEvent, keyof Origin> => ({
  actor: by,
  action: kind === 'resolved' ? 'resolve_review' : 'propose_resolution',
  merchantId,
  object: attemptId,
  change: { resolution, ...(processorTransactionId === undefined ? {} : { processorTransactionId }), reason, evidence },
});

const refused = (reason: string): ReviewAnswer => ({ kind: 'refused', reason });

/** A blank at the end of a name does not make it a second person, nor does the case of its letters. */
function trimmed({ processorTransactionId, ...decision }: ReviewDecision): ReviewDecision {
  const id = processorTransactionId?.trim() ?? '';
  return {
    ...decision,
    reason: decision.reason.trim(),
    evidence: decision.evidence.trim(),
    by: decision.by.trim().toLowerCase(),
    ...(id === '' ? {} : { processorTransactionId: id }),
  };
}

function whatIsMissing({ resolution, processorTransactionId, ...texts }: ReviewDecision): string | undefined {
  for (const name of ['reason', 'evidence', 'by'] as const) {
    if (texts[name] === '') return `${name}: is required`;
  }
  if (!RESOLUTIONS.includes(resolution)) return `resolution: must be one of ${RESOLUTIONS.join(', ')}`;
  const named = processorTransactionId !== undefined;
  if (resolution === 'APPROVED' && !named) return 'processorTransactionId: is required for an approval';
  return resolution !== 'APPROVED' && named ? 'processorTransactionId: belongs to an approval only' : undefined;
}

async function whyImpossible(
  tx: Handle,
  attempt: Attempt,
  { resolution, processorTransactionId }: ReviewDecision,
): Promise<string | undefined> {
  if (onResolved(attempt.state, resolution, attempt.undo).path.length === 0) {
    return 'resolution: its undoing had begun, so it can only be REVERSED';
  }
  if (processorTransactionId === undefined) return undefined;
  const taken = await isTransactionKnown(tx, attempt, processorTransactionId);
  return taken ? 'processorTransactionId: belongs to another attempt' : undefined;
}

/** By somebody else, and in the same words as far as money is concerned. */
const isSeconded = (proposal: ProposedResolution | undefined, decision: ReviewDecision): boolean =>
  proposal !== undefined && proposal.proposedBy !== decision.by && isSame(proposal, decision);

const isSame = (proposal: ProposedResolution, decision: ReviewDecision): boolean =>
  proposal.resolution === decision.resolution && proposal.processorTransactionId === decision.processorTransactionId;

interface Deciding {
  readonly subject: Attempt | Refund;
  readonly decision: ReviewDecision;
  readonly proposal: ProposedResolution | undefined;
}

/** Another decision takes the place of the one that waits; the same one by the same person changes nothing. */
async function propose(
  { random }: PayContext,
  tx: Handle,
  { subject, decision, proposal: standing }: Deciding,
): Promise<ProposedResolution> {
  if (standing !== undefined && isSame(standing, decision)) return standing;
  const nowMs = await tx.now();
  if (standing !== undefined) await endResolution(tx, standing.resolutionId, { state: 'dropped', endedAtMs: nowMs });
  const { by, attemptId, resolution, processorTransactionId, reason, evidence } = decision;
  const proposed: ProposedResolution = {
    resolutionId: newEventId(random),
    attemptId,
    resolution,
    processorTransactionId,
    reason,
    evidence,
    proposedBy: by,
    proposedAtMs: nowMs,
  };
  await insertResolution(tx, subject.merchantId, proposed);
  return proposed;
}

async function carryOut(context: PayContext, tx: Handle, deciding: Deciding): Promise<ReviewAnswer> {
  const { subject, decision } = deciding;
  const { attemptId, resolution, by } = decision;
  const { resolutionId, proposedBy } = await propose(context, tx, deciding);
  const endedAtMs = await tx.now();
  const second = proposedBy === by ? {} : { confirmedBy: by };
  await endResolution(tx, resolutionId, { state: 'carried_out', ...second, endedAtMs });
  const moved = await ('refundId' in subject
    ? resolveRefund(context, tx, subject, decision)
    : resolveAttempt(context, tx, subject, decision));
  // Thrown, so that the resolution is not written either.
  if (moved === undefined) throw new Error(`attempt ${attemptId} was moved by somebody else`);
  context.log.warn({ attemptId, resolution, by }, 'an attempt in review was resolved by a person');
  return { kind: 'resolved', attempt: { attemptId, state: moved.state } };
}

function resolveAttempt(
  context: PayContext,
  tx: Handle,
  attempt: Attempt,
  decision: ReviewDecision,
): Promise<Attempt | undefined> {
  const outcome = outcomeOf(decision);
  const move = onResolved(attempt.state, decision.resolution, attempt.undo);
  return writeMove(context, tx, attempt, { move, ...(outcome && { outcome }) });
}

/** What the processor never told us is told by the person who has seen it. */
function outcomeOf({ resolution, processorTransactionId = '' }: ReviewDecision): Outcome | undefined {
  if (resolution === 'APPROVED') return { kind: 'approved', processorTransactionId, avsResult: '', cvvResult: '' };
  return resolution === 'DECLINED' ? { kind: 'declined', declineCode: 'generic_decline' } : undefined;
}
