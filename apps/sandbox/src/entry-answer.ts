// A booking as the sandbox's clients see it: in the answer to the call, and in an inquiry.
import { rawCodeOf } from './processor-codes.ts';
import type { BookedEntry, Entry } from './store/journal.ts';

export const entryAnswer = (entry: Entry): Record<string, unknown> => ({
  reference: entry.reference,
  transactionId: entry.transactionId,
  status: entry.status,
  amount: entry.amountMinor,
  currency: entry.currency,
  authCode: entry.authCode,
  avsResult: entry.avsResult,
  cvvResult: entry.cvvResult,
  networkReference: entry.networkReference,
  originalTransactionId: entry.original,
  ...(entry.declineCode === undefined ? {} : { declineCode: entry.declineCode, ...rawCodeOf(entry.declineCode) }),
});

/** `bank`: what has become of a debit. It comes back, or is paid, when it settles. */
export const transactionAnswer = (entry: BookedEntry): Record<string, unknown> => ({
  ...entryAnswer(entry),
  kind: entry.kind,
  merchant: entry.merchant,
  bin: entry.bin,
  lastFour: entry.lastFour,
  orderId: entry.orderId,
  bookedAt: entry.bookedAtMs,
  voided: entry.voidId !== undefined,
  refundedAmount: entry.refundedMinor,
  settled: entry.settled,
  ...(entry.method === 'bank' && entry.status === 'approved' ? { bank: bankOutcome(entry) } : {}),
});

function bankOutcome({ settled, returnCode }: BookedEntry): Record<string, unknown> {
  if (!settled) return { status: 'pending' };
  return returnCode === undefined ? { status: 'paid' } : { status: 'returned', returnCode };
}
