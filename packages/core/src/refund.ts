// What may be given back of a sale, by which means, and how a refund or void moves (contract 8.4). Its states are those
// of an attempt that is never undone; the same edges stand as a trigger in Pay's database.
import type { AttemptState } from './attempt.ts';
import type { Outcome } from './attempt-outcome.ts';
import type { ErrorCode } from './errors.ts';
import { refundedSurcharge } from './surcharge.ts';

export type RefundOperation = 'cardRefund' | 'cardVoid';
/** `void`: the whole sale, before it settles. `refund`: a return of money. */
export type RefundMeans = 'void' | 'refund';
export type RefundState = Exclude<AttemptState, 'VOID_PENDING' | 'REVERSED'>;

/** A sale that stands, with all that was given back of it or may have been. */
export interface RefundableSale {
  readonly totalMinor: bigint;
  readonly surchargeMinor: bigint;
  readonly refundedMinor: bigint;
  readonly refundedSurchargeMinor: bigint;
}

/** An earlier refund or void of the same sale. */
export interface EarlierRefund {
  readonly operation: RefundOperation;
  readonly means: RefundMeans;
  readonly state: RefundState;
  readonly outcome: Outcome | undefined;
}

export type RefundPlan =
  | {
      readonly means: RefundMeans;
      readonly amountMinor: bigint;
      readonly surchargeMinor: bigint;
      /** Left to be refunded after this one. */
      readonly remainingMinor: bigint;
    }
  | { readonly refused: ErrorCode };

/** Without an amount: all that is left. The whole of a sale that may not be settled yet is voided first. */
export function planRefund(
  sale: RefundableSale,
  earlier: readonly EarlierRefund[],
  askedMinor: bigint | undefined,
): RefundPlan {
  if (earlier.some((one) => one.operation === 'cardVoid' && one.state === 'APPROVED')) {
    return { refused: 'NOT_REFUNDABLE' };
  }
  const leftMinor = sale.totalMinor - sale.refundedMinor;
  const amountMinor = askedMinor ?? leftMinor;
  if (amountMinor > leftMinor || leftMinor === 0n) return { refused: 'REFUND_EXCEEDS_BALANCE' };
  const whole = amountMinor === sale.totalMinor && !isSettled(earlier);
  return { ...sharesOf(sale, amountMinor), means: whole ? 'void' : 'refund' };
}

/** A sale of which something was given back is not whole any more. */
export function planVoid(sale: RefundableSale, earlier: readonly EarlierRefund[]): RefundPlan {
  if (isSettled(earlier)) return { refused: 'ALREADY_SETTLED' };
  if (sale.refundedMinor > 0n) return { refused: 'REFUND_EXCEEDS_BALANCE' };
  return { ...sharesOf(sale, sale.totalMinor), means: 'void' };
}

const sharesOf = (sale: RefundableSale, amountMinor: bigint) => ({
  amountMinor,
  surchargeMinor: refundedSurcharge(
    sale,
    { totalMinor: sale.refundedMinor, surchargeMinor: sale.refundedSurchargeMinor },
    amountMinor,
  ),
  remainingMinor: sale.totalMinor - sale.refundedMinor - amountMinor,
});

/** The processor has said so; a sale does not become unsettled again. */
const isSettled = (earlier: readonly EarlierRefund[]): boolean =>
  earlier.some(({ outcome }) => outcome?.kind === 'refused' && outcome.cause === 'settled');

/** The void that a further call of `cardVoid` is about: the one that happened, or may have. */
export const isStandingVoid = ({ means, state }: EarlierRefund): boolean =>
  means === 'void' && (state === 'APPROVED' || isOpen(state));

const OPEN: ReadonlySet<RefundState> = new Set(['INTENT', 'SENT', 'UNKNOWN', 'REVIEW']);

/** Its outcome is not known, so it counts as refunded. */
export const isOpen = (state: RefundState): boolean => OPEN.has(state);

/** Where the processor's word leads from `state`; `undefined` when it changes nothing any more. */
export function stateAfter(state: RefundState, { kind }: Outcome): RefundState | undefined {
  if (state !== 'SENT' && state !== 'UNKNOWN' && state !== 'REVIEW') return undefined;
  switch (kind) {
    case 'approved':
      return 'APPROVED';
    case 'declined':
      return 'DECLINED';
    case 'refused':
      return state === 'REVIEW' ? 'NOT_PROCESSED' : 'REFUSED';
    case 'unknown':
      return state === 'SENT' ? 'UNKNOWN' : undefined;
  }
}

/** The sale settled before its void came, but money was asked for all the same: it is refunded instead. */
export const isFollowedByRefund = (operation: RefundOperation, means: RefundMeans, outcome: Outcome): boolean =>
  operation === 'cardRefund' && means === 'void' && outcome.kind === 'refused' && outcome.cause === 'settled';
