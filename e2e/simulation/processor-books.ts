// The books of a simulated processor: what it booked, and what became of that since.
import { dayOf } from '@ozura/core/attempt-evidence';
import type { World } from './world.ts';

export interface Booking {
  readonly reference: string;
  readonly merchant: string;
  readonly transactionId: string;
  readonly amount: number;
  readonly currency: string;
  readonly lastFour: string;
  readonly initiator: string;
  readonly method: 'card' | 'bank';
  readonly bookedAtMs: number;
  status: 'approved' | 'declined' | 'review';
  readonly declineCode?: string;
  readonly avsResult: string;
  readonly cvvResult: string;
  /** The reference of whoever voided it. */
  voidedBy?: string;
  voidedAtMs?: number;
  readonly refunds: Refunded[];
  /** Of a bank debit, in the end. */
  readonly returns: boolean;
}

export interface Refunded {
  readonly reference: string;
  readonly transactionId: string;
  readonly amount: number;
  readonly bookedAtMs: number;
  voided: boolean;
}

/** 2a: an inquiry, and no void by reference. */
export type ProcessorClass = '1' | '2' | '2a' | '3';

export const WIRES = ['sandbox', 'converge', 'nuvei', 'access-worldpay'] as const;
export type Wire = (typeof WIRES)[number];

/** What it does with a sale or a refund: a step of contract 14.6. */
export type Behaviour =
  | 'approve'
  | 'decline'
  | 'not_processed'
  | 'refuse_credentials'
  | 'timeout_before_accept'
  | 'timeout_after_accept'
  | 'garbage'
  | 'http_500_after_accept'
  | 'wrong_amount'
  | 'wrong_currency'
  | 'wrong_reference'
  | 'duplicate_answer'
  | 'review'
  | 'slow'
  | 'bad_cvv'
  | 'bad_avs';

export interface ProcessorOptions {
  readonly name: string;
  readonly playsClass: ProcessorClass;
  /** In which words: the sandbox's, or a real processor's. */
  readonly wire: Wire;
  behaviourOf(card: string): Behaviour;
  /** Until an inquiry, or a void by reference, finds what was booked. Beyond the grace time it breaks its promise. */
  readonly inquiryLagMs: number;
  readonly inquiriesFail: number;
  readonly voidsFail: number;
  /** What its people decide; by chance, unless told. */
  readonly reviewsEndAs?: 'approved' | 'declined';
  /** From then on a booking can only be refunded. */
  readonly settlesAfterMs: number;
  /** It gives parts back of sales that are not settled. */
  readonly refundsUnsettled?: boolean;
  /** How often a bank sends a debit back. */
  readonly debitsReturn?: number;
}

/** Within its grace time it tells everything that it has booked. */
export const isHonest = ({ inquiryLagMs }: ProcessorOptions): boolean => inquiryLagMs < graceMs;
const graceMs = 15 * 60_000;

const bankDaysMs = 3 * 24 * 60 * 60_000;

export const refundedOf = ({ refunds }: Booking): number =>
  refunds.reduce((sum, { voided, amount }) => (voided ? sum : sum + amount), 0);

export const isSettled = ({ bookedAtMs, method }: Booking, options: ProcessorOptions, nowMs: number): boolean =>
  bookedAtMs + (method === 'bank' ? bankDaysMs : options.settlesAfterMs) <= nowMs;

/** Undone because it must not stand, and not because somebody wanted his money back. */
export const isUndone = ({ reference, voidedBy, refunds }: Booking): boolean =>
  voidedBy === reference ||
  voidedBy === `${reference}V` ||
  refunds.some((refund) => refund.reference === `${reference}R` && !refund.voided);

/** The merchant does not want what these checks say; nobody is there to be asked when he charges by himself. */
export const isRejected = ({
  method,
  initiator,
  cvvResult,
  avsResult,
}: Pick<Booking, 'method' | 'initiator' | 'cvvResult' | 'avsResult'>): boolean =>
  method === 'card' && initiator === 'customer' && (cvvResult !== 'M' || avsResult !== 'Y');

export interface Books {
  readonly options: ProcessorOptions;
  readonly bookings: Booking[];
  /** Rules of the game that our side broke. */
  readonly complaints: string[];
  readonly world: World;
}

export const bookedOn = ({ bookings }: Books, merchant: string, day: string): readonly Booking[] =>
  bookings.filter((booking) => booking.merchant === merchant && dayOf(booking.bookedAtMs) === day);

/** Where a lookup is late, it still says that a sale stands which was voided a moment ago. */
export const isVoidVisible = ({ options, world }: Books, { voidedBy, voidedAtMs = 0 }: Booking): boolean =>
  voidedBy !== undefined && voidedAtMs + options.inquiryLagMs <= world.nowMs();

/** Shown to whoever asks now. */
export const isVisible = ({ options, world }: Books, { bookedAtMs }: { readonly bookedAtMs: number }): boolean =>
  bookedAtMs + options.inquiryLagMs <= world.nowMs();
