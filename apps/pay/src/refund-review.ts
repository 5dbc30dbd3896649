// A person decides about a refund or void that no evidence decides (contract 12.4). Who, why and how many people it takes
// is `review.ts`'s business, as for attempts.
import type { Resolution } from '@ozura/core/attempt';
import type { Outcome } from '@ozura/core/attempt-outcome';
import type { Handle } from '@ozura/kit/db/handle';
import type { PayContext } from './context.ts';
import { voidedAs } from './refund.ts';
import { writeRefundMove } from './refund-ledger.ts';
import { isRefundKnown, type Refund } from './store/refunds.ts';

interface Decided {
  readonly resolution: Resolution;
  readonly processorTransactionId?: string;
}

export async function whyRefundImpossible(
  tx: Handle,
  refund: Refund,
  { resolution, processorTransactionId }: Decided,
): Promise<string | undefined> {
  if (resolution === 'REVERSED') return 'resolution: a refund is never REVERSED';
  if (processorTransactionId === undefined) return undefined;
  const taken = await isRefundKnown(tx, refund, processorTransactionId);
  return taken ? 'processorTransactionId: belongs to another refund' : undefined;
}

/** The refund as it then is; `undefined` when it was moved by somebody else. */
export async function resolveRefund(
  context: PayContext,
  tx: Handle,
  refund: Refund,
  decided: Decided,
): Promise<Refund | undefined> {
  const { resolution } = decided;
  if (resolution === 'REVERSED') throw new Error('a refund is never REVERSED');
  const outcome = outcomeOf(decided);
  const moved = await writeRefundMove(context, tx, refund, { to: resolution, ...(outcome && { outcome }) });
  return moved?.refund;
}

/** What the processor never told us is told by the person who has seen it. */
function outcomeOf({ resolution, processorTransactionId = '' }: Decided): Outcome | undefined {
  if (resolution === 'APPROVED') return voidedAs(processorTransactionId);
  return resolution === 'DECLINED' ? { kind: 'declined', declineCode: 'generic_decline' } : undefined;
}
