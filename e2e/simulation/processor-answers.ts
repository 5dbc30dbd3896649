// How a simulated processor answers, in the sandbox's wire format: what it books, and what its client gets to see of it.
import type { IncomingAnswer } from '@ozura/contract/client';
import { dayOf } from '@ozura/core/attempt-evidence';
import type { World } from './world.ts';

export interface Booking {
  readonly reference: string;
  readonly merchant: string;
  readonly transactionId: string;
  readonly amount: number;
  readonly currency: string;
  readonly lastFour: string;
  readonly bookedAtMs: number;
  status: 'approved' | 'declined' | 'review';
  readonly declineCode?: string;
  readonly avsResult: string;
  readonly cvvResult: string;
  voided: boolean;
  /** The reference of its refund. */
  refund?: string;
}

/** What it does with a sale: a step of contract 14.6. */
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

/** 2a: an inquiry, and no void by reference. */
export type ProcessorClass = '1' | '2' | '2a' | '3';

export interface ProcessorOptions {
  readonly name: string;
  readonly playsClass: ProcessorClass;
  behaviourOf(card: string): Behaviour;
  /** Until an inquiry, or a void by reference, finds what was booked. Beyond the grace time it breaks its promise. */
  readonly inquiryLagMs: number;
  readonly inquiriesFail: number;
  readonly voidsFail: number;
  /** What its people decide; by chance, unless told. */
  readonly reviewsEndAs?: 'approved' | 'declined';
  /** From then on a booking can only be refunded. */
  readonly settlesAfterMs: number;
}

export interface Sale {
  readonly reference: string;
  readonly merchant: string;
  readonly amount: number;
  readonly currency: string;
  readonly card: { readonly number: string };
}

const answered = (status: number, body: unknown): IncomingAnswer => ({
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const silence = new Promise<never>(() => undefined);
const notOffered = answered(501, { message: 'NOT OFFERED' });
const slowMs = 40_000;
/** By how much `wrong_amount` is off. */
const wrongBy = 100;

interface Selling {
  readonly sale: Sale;
  readonly behaviour: Behaviour;
  book(sale: Sale, changes: Partial<Booking>): Booking;
}

export async function sold(world: World, { sale, behaviour, book }: Selling): Promise<IncomingAnswer> {
  const done = (changes: Partial<Booking> = {}): IncomingAnswer => answered(200, told(book(sale, changes)));
  switch (behaviour) {
    case 'approve':
      return done();
    case 'decline':
      return done({ status: 'declined', declineCode: 'do_not_honor' });
    case 'bad_cvv':
      return done({ cvvResult: 'N' });
    case 'bad_avs':
      return done({ avsResult: 'N' });
    case 'review':
      return done({ status: 'review' });
    case 'wrong_amount':
      return done({ amount: sale.amount + wrongBy });
    case 'wrong_currency':
      return done({ currency: sale.currency === 'EUR' ? 'USD' : 'EUR' });
    case 'not_processed':
      return answered(200, { reference: sale.reference, status: 'not_processed' });
    case 'refuse_credentials':
      return answered(401, { message: 'INVALID CREDENTIALS' });
    case 'timeout_before_accept':
      return silence;
    case 'timeout_after_accept':
      book(sale, {});
      return silence;
    case 'garbage':
      book(sale, {});
      return answered(200, '{"status":"appro');
    case 'http_500_after_accept':
      book(sale, {});
      return answered(500, '<html></html>');
    case 'wrong_reference':
      return answered(200, { ...told(book(sale, {})), reference: `${sale.reference}X` });
    case 'duplicate_answer':
      book(sale, {});
      return answered(200, { reference: sale.reference, status: 'duplicate' });
    case 'slow': {
      const booking = book(sale, {});
      await world.sleep(slowMs);
      return answered(200, told(booking));
    }
  }
}

const told = ({
  bookedAtMs: _at,
  lastFour: _last,
  merchant: _merchant,
  voided: _voided,
  refund: _r,
  ...booking
}: Booking) => ({
  ...booking,
  authCode: '000000',
});

interface Asking {
  readonly options: ProcessorOptions;
  readonly bookings: readonly Booking[];
}

export function inquired(
  world: World,
  { options, bookings, reference }: Asking & { readonly reference: string },
): IncomingAnswer {
  if (options.playsClass === '3') return notOffered;
  if (world.chance.happens(options.inquiriesFail)) return answered(503, '<html>later</html>');
  const refund = bookings.find((booking) => booking.refund === reference);
  if (refund !== undefined) {
    return answered(200, {
      found: true,
      transaction: { ...told(refund), status: 'approved', reference, voided: false },
    });
  }
  const found = bookings.find(
    (booking) => booking.reference === reference && booking.bookedAtMs + options.inquiryLagMs <= world.nowMs(),
  );
  if (found === undefined) return answered(200, { found: false });
  return answered(200, { found: true, transaction: { ...told(found), voided: found.voided } });
}

export interface VoidRequest {
  readonly reference?: string;
  readonly transactionId?: string;
}

export function voided(
  world: World,
  { options, bookings, request }: Asking & { readonly request: VoidRequest },
): IncomingAnswer {
  const { reference, transactionId } = request;
  const hasNoReferences = options.playsClass === '3' || options.playsClass === '2a';
  if (hasNoReferences && transactionId === undefined) return notOffered;
  if (world.chance.happens(options.voidsFail)) return answered(503, '<html>later</html>');
  const meant = bookings.filter(
    (booking) =>
      booking.status !== 'declined' &&
      (transactionId !== undefined || booking.bookedAtMs + options.inquiryLagMs <= world.nowMs()) &&
      (transactionId === undefined ? booking.reference === reference : booking.transactionId === transactionId),
  );
  const standing = meant.find((booking) => !booking.voided);
  const own = { reference: request.reference };
  if (standing === undefined)
    return answered(200, { ...own, status: meant.length === 0 ? 'not_found' : 'already_voided' });
  if (standing.bookedAtMs + options.settlesAfterMs <= world.nowMs())
    return answered(200, { ...own, status: 'settled' });
  standing.voided = true;
  // The answer may be lost, and the void done.
  return world.chance.happens(options.voidsFail) ? answered(502, 'gone') : answered(200, { ...own, status: 'voided' });
}

export interface RefundRequest {
  readonly reference: string;
  readonly transactionId: string;
  readonly amount: number;
  readonly currency: string;
}

interface Refunding extends Asking {
  readonly request: RefundRequest;
  readonly complaints: string[];
}

export function refunded(world: World, { options, bookings, request, complaints }: Refunding): IncomingAnswer {
  const { reference, transactionId, amount, currency } = request;
  const sale = bookings.find((booking) => booking.transactionId === transactionId);
  if (sale === undefined || sale.amount !== amount || sale.currency !== currency) {
    return answered(200, { reference, status: 'refused', reason: 'unknown_transaction' });
  }
  if (sale.refund !== undefined || sale.voided)
    complaints.push(`${options.name} was asked twice to give ${sale.reference} back`);
  sale.refund = reference;
  if (world.chance.happens(options.voidsFail)) return answered(502, 'gone');
  return answered(200, { ...told(sale), reference, transactionId: `${transactionId}-refund`, status: 'approved' });
}

interface ListOf {
  readonly bookings: readonly Booking[];
  readonly playsClass: ProcessorClass;
  readonly date: string;
  readonly merchant: string;
}

export function listed({ bookings, playsClass, date, merchant }: ListOf): IncomingAnswer {
  const ofDay = bookings.filter((booking) => booking.merchant === merchant && dayOf(booking.bookedAtMs) === date);
  return answered(200, {
    transactions: ofDay.map(({ reference, ...booking }) => ({
      ...booking,
      ...(playsClass === '3' ? {} : { reference }),
      bookedAt: booking.bookedAtMs,
      refundedAmount: booking.refund === undefined ? 0 : booking.amount,
    })),
  });
}
