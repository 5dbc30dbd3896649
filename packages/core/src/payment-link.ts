// The life of a payment link (contract 5.3 and 5.4). The merchant's word comes first, then the count, then time.
import { hasEnded } from './plan-schedule.ts';

export interface PaymentLinkState {
  /** Absent: unlimited. */
  readonly usageLimit?: number | undefined;
  /** Completed sessions of the link. */
  readonly used: number;
  readonly expiresAtMs: number;
  readonly deactivatedAtMs?: number | undefined;
  /** Of the plan that it starts, when it starts one. */
  readonly request?: { readonly recurringConfig?: { readonly endDate?: string | undefined } | undefined };
}

export type PaymentLinkStatus = 'active' | 'expired' | 'inactive' | 'used_up';

/** Slots that are merely reserved do not use a link up: the charge that holds one may still be declined. */
export function paymentLinkStatus(link: PaymentLinkState, nowMs: number): PaymentLinkStatus {
  if (link.deactivatedAtMs !== undefined) return 'inactive';
  if (link.usageLimit !== undefined && link.used >= link.usageLimit) return 'used_up';
  // Pay begins no plan whose last day is over: whoever opened it could only type a card in vain.
  const isPlanOver = hasEnded(link.request?.recurringConfig ?? {}, nowMs);
  return nowMs >= link.expiresAtMs || isPlanOver ? 'expired' : 'active';
}
