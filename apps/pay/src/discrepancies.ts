// Differences between a processor's books and ours. Each is written down and raised as an alarm once; a booking that came
// after its attempt had ended without a payment is undone, never silently made a success (contract 12.3).

import type { Difference } from '@ozura/core/attempt-comparison';
import { newEventId } from '@ozura/core/ids';
import { raiseAlarm } from '@ozura/kit/alarm';
import type { PayContext } from './context.ts';
import type { Attempt } from './store/attempts.ts';
import { insertDiscrepancy } from './store/discrepancies.ts';

export interface AccountName {
  readonly merchantId: string;
  readonly processor: string;
  readonly account: string;
}

export async function raiseDifference(context: PayContext, of: AccountName, difference: Difference): Promise<void> {
  const { db, config, random } = context;
  const isUndone = difference.kind === 'late_approval' && config.autoVoidLateApprovals !== false;
  const written = await insertDiscrepancy(db, {
    ...of,
    ...difference,
    discrepancyId: newEventId(random),
    undo: isUndone ? 'pending' : undefined,
  });
  if (written === 0) return;
  const { amountMinor, ...about } = difference;
  raiseAlarm(context, { ...of, ...about, amountMinor: Number(amountMinor) }, 'the books differ');
}

export const raiseLateApproval = (
  context: PayContext,
  attempt: Attempt,
  processorTransactionId: string,
): Promise<void> => {
  const { attemptId: reference, amountMinor, currency, merchantId, processor, account } = attempt;
  const difference = { kind: 'late_approval', reference, processorTransactionId, amountMinor, currency } as const;
  return raiseDifference(context, { merchantId, processor, account }, difference);
};
