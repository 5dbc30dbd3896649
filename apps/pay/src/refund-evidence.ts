// Whether a refund was booked, where the processor does not tell by our reference: read from what its list says of the
// sale (contract 12.3, class 3).
import { settlementDays } from '@ozura/core/attempt-evidence';
import { isOpen } from '@ozura/core/refund';
import { type Finding, findGivenBack } from '@ozura/core/refund-matching';
import { processorOf, transactionIdOf } from './attempt-at-processor.ts';
import type { PayContext } from './context.ts';
import { findOnList } from './lists.ts';
import { saleOfRefund } from './refund.ts';
import { listRefundsOf, type Refund } from './store/refunds.ts';

export async function findRefundOnList(context: PayContext, refund: Refund, nowMs: number): Promise<Finding> {
  const { refundId, saleId, amountMinor, sentAtMs = nowMs } = refund;
  const attempt = await saleOfRefund(context, refund);
  const { evidence } = processorOf(context, attempt);
  if (nowMs - sentAtMs < evidence.graceMs) return 'open';
  const listed = await findOnList(context, attempt, transactionIdOf(attempt.outcome) ?? '');
  if (listed?.refundedMinor === undefined) return 'open';
  // After the list: what was sent, or happened, meanwhile then counts as one that may be in it.
  const others = (await listRefundsOf(context.db, saleId)).filter(
    (other) => other.refundId !== refundId && other.means === 'refund',
  );
  const isListed = ({ state, endedAtMs = nowMs }: Refund): boolean =>
    state === 'APPROVED' && endedAtMs <= nowMs - evidence.graceMs;
  const mayBeListed = (other: Refund): boolean =>
    isOpen(other.state) || (other.state === 'APPROVED' && !isListed(other));
  const finding = findGivenBack(amountMinor, {
    listedMinor: listed.refundedMinor,
    provenMinor: others.filter(isListed).reduce((sum, other) => sum + other.amountMinor, 0n),
    othersMinor: others.filter(mayBeListed).map((other) => other.amountMinor),
  });
  const isFinal = nowMs >= settlementDays(sentAtMs, evidence).finalAtMs;
  return finding === 'absent' && !isFinal ? 'open' : finding;
}
