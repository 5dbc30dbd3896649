// What a person may decide about a difference between a processor's books and ours (contract 12.3): an approval that came
// too late is undone, was undone by hand, or stays; any other difference is explained.
import type { DifferenceKind } from './attempt-comparison.ts';

/** `undo`: the program undoes it, or tries again. The others end it. */
export const DISCREPANCY_DECISIONS = ['undo', 'undone', 'kept', 'explained'] as const;
export type DiscrepancyDecision = (typeof DISCREPANCY_DECISIONS)[number];

const OF_LATE_APPROVALS: readonly DiscrepancyDecision[] = ['undo', 'undone', 'kept'];
const OF_OTHERS: readonly DiscrepancyDecision[] = ['explained'];

export interface DecidedDiscrepancy {
  readonly kind: DifferenceKind;
  readonly undo: 'pending' | 'voided' | 'refunded' | undefined;
  readonly decidedAs: DiscrepancyDecision | undefined;
  readonly proposal: DiscrepancyProposal | undefined;
  /** When our own refund of it was sent of which nobody knows yet what became. */
  readonly undoRefundSentAtMs: number | undefined;
}

/** Waits for a second person. */
export interface DiscrepancyProposal {
  readonly decision: DiscrepancyDecision;
  readonly by: string;
}

const isDecided = ({ undo, decidedAs }: Pick<DecidedDiscrepancy, 'undo' | 'decidedAs'>): boolean =>
  decidedAs !== undefined || undo === 'voided' || undo === 'refunded';

/** So long the program alone asks what became of its refund; then a person may know better (contract 12.3). */
const undoRefundDoubtMs = 24 * 60 * 60 * 1000;

/** `refused`: `field: reason`. `needsTwo`: in live mode the same has to be said by somebody else. */
export function decideDiscrepancy(
  discrepancy: DecidedDiscrepancy,
  { decision, by }: DiscrepancyProposal,
  { needsTwo, nowMs }: { readonly needsTwo: boolean; readonly nowMs: number },
): 'propose' | 'carry_out' | { readonly refused: string } {
  if (isDecided(discrepancy)) return { refused: 'discrepancyId: is decided already' };
  const { kind, proposal } = discrepancy;
  const possible = kind === 'late_approval' ? OF_LATE_APPROVALS : OF_OTHERS;
  if (!possible.includes(decision)) return { refused: `decision: must be one of ${possible.join(', ')} for ${kind}` };
  // It would be given back twice, or stand although it was given back.
  const doubtEndsAtMs = decision === 'undo' ? 0 : (discrepancy.undoRefundSentAtMs ?? -Infinity) + undoRefundDoubtMs;
  if (nowMs < doubtEndsAtMs) {
    const until = new Date(doubtEndsAtMs).toISOString();
    return { refused: `decision: our own refund of it is in doubt; only undo is possible until ${until}` };
  }
  const isSeconded = proposal !== undefined && proposal.decision === decision && proposal.by !== by;
  return needsTwo && !isSeconded ? 'propose' : 'carry_out';
}
