// `/admin/reviews` (ours, contract 12.4): the queue of payments that people decide, and their decisions.
import type { InputOf } from '@ozura/contract/endpoint';
import type { resolveReview } from '@ozura/contract/pay/admin/reviews';
import type { Resolution } from '@ozura/core/attempt';
import { Refusal } from '@ozura/core/errors';
import { formatMoney } from '@ozura/core/money';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import { openReviews } from '../../review.ts';
import type { Attempt } from '../../store/attempts.ts';
import type { ProposedResolution } from '../../store/resolutions.ts';

type ByAdmin<Input> = Call<Input, undefined>;

export async function answerReviews(context: PayContext): Promise<unknown> {
  const reviews = openReviews(context);
  const [attempts, refunds] = await Promise.all([reviews.list(), reviews.listRefunds()]);
  const waiting = [
    ...attempts.map(({ attempt, proposal }) => shown('sale', attempt, proposal)),
    ...refunds.map(({ refund, proposal }) =>
      shown(refund.means, { ...refund, attemptId: refund.refundId, undo: undefined }, proposal),
    ),
  ];
  return { success: true, data: waiting.sort((one, other) => (one.sentAt ?? '').localeCompare(other.sentAt ?? '')) };
}

export async function answerResolve(
  context: PayContext,
  { input, params, request }: ByAdmin<InputOf<typeof resolveReview>>,
): Promise<unknown> {
  const { attemptId = '' } = params;
  const { outcome, processorTransactionId, reason, evidence, by } = input;
  const decision = { attemptId, resolution: outcome.toUpperCase() as Resolution, reason, evidence, by };
  const named = processorTransactionId === undefined ? {} : { processorTransactionId };
  const answer = await openReviews(context).resolve(
    { ...decision, ...named },
    { address: request.ip, requestId: request.id },
  );
  switch (answer.kind) {
    case 'refused':
      throw new Refusal('VALIDATION_FAILED', { message: answer.reason.replace(/^resolution: /, 'outcome: ') });
    case 'resolved':
      return { success: true, data: { attemptId, status: 'resolved', outcome } };
    case 'proposed':
      return { success: true, data: { attemptId, status: 'proposed', outcome, proposal: said(answer.proposal) } };
  }
}

type Shown = Pick<
  Attempt,
  'attemptId' | 'merchantId' | 'processor' | 'amountMinor' | 'currency' | 'sentAtMs' | 'undo' | 'outcome'
>;

function shown(kind: 'sale' | 'refund' | 'void', subject: Shown, proposal: ProposedResolution | undefined) {
  const { attemptId, merchantId, processor, amountMinor, currency, sentAtMs, undo, outcome } = subject;
  return {
    kind,
    attemptId,
    merchantId,
    processor,
    amount: formatMoney(amountMinor, currency),
    currency,
    ...(sentAtMs === undefined ? {} : { sentAt: new Date(sentAtMs).toISOString() }),
    ...(undo === undefined ? {} : { undo }),
    ...(outcome !== undefined && 'reason' in outcome ? { reason: outcome.reason } : {}),
    ...(proposal === undefined ? {} : { proposal: said(proposal) }),
  };
}

const said = ({ resolution, processorTransactionId, proposedBy, proposedAtMs, ...words }: ProposedResolution) => ({
  outcome: resolution.toLowerCase(),
  ...(processorTransactionId === undefined ? {} : { processorTransactionId }),
  reason: words.reason,
  evidence: words.evidence,
  by: proposedBy,
  at: new Date(proposedAtMs).toISOString(),
});
