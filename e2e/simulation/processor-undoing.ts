// How a simulated processor undoes and gives back, in the sandbox's wire format.
import type { IncomingAnswer } from '@ozura/contract/client';
import {
  type Booking,
  type Books,
  isHonest,
  isSettled,
  isVisible,
  type Refunded,
  refundedOf,
} from './processor-books.ts';
import { answered, notOffered, silence } from './processor-wire.ts';

export interface VoidRequest {
  readonly reference: string;
  readonly transactionId?: string;
}

/** By its own id of a sale, or by our reference of a sale or a refund. */
export function undo(books: Books, request: VoidRequest): IncomingAnswer {
  const { options, world } = books;
  const { reference, transactionId } = request;
  const hasNoReferences = options.playsClass === '3' || options.playsClass === '2a';
  if (hasNoReferences && transactionId === undefined) return notOffered;
  if (world.chance.happens(options.voidsFail)) return answered(503, '<html>later</html>');
  const refund = transactionId === undefined ? findRefund(books, reference) : undefined;
  const status = refund === undefined ? voidSale(books, request) : voidRefund(books, refund);
  // The answer may be lost, and the void done.
  if (status === 'voided' && world.chance.happens(options.voidsFail)) return answered(502, 'gone');
  return answered(200, { reference, status });
}

function voidSale(books: Books, { reference, transactionId }: VoidRequest): string {
  const meant = books.bookings.filter((booking) =>
    transactionId === undefined
      ? booking.status !== 'declined' && booking.reference === reference && isVisible(books, booking)
      : booking.status !== 'declined' && booking.transactionId === transactionId,
  );
  const standing = meant.find(({ voidedBy }) => voidedBy === undefined);
  if (standing === undefined) return meant.length === 0 ? 'not_found' : 'already_voided';
  if (isSettled(standing, books.options, books.world.nowMs())) return 'settled';
  standing.voidedBy = reference;
  standing.voidedAtMs = books.world.nowMs();
  return 'voided';
}

function voidRefund(books: Books, refund: Refunded): string {
  if (!isVisible(books, refund)) return 'not_found';
  if (refund.voided) return 'already_voided';
  refund.voided = true;
  return 'voided';
}

export const findRefund = ({ bookings }: Books, reference: string): Refunded | undefined =>
  bookings.flatMap(({ refunds }) => refunds).find((refund) => refund.reference === reference);

export interface RefundRequest {
  readonly reference: string;
  readonly transactionId: string;
  readonly amount: number;
  readonly currency: string;
}

export async function giveBack(books: Books, request: RefundRequest): Promise<IncomingAnswer> {
  const { options, bookings, complaints, world } = books;
  const { reference, transactionId, amount } = request;
  const sale = bookings.find((booking) => booking.transactionId === transactionId);
  const objection = objectionTo(books, sale, request);
  if (sale === undefined || objection !== undefined) {
    if (objection === 'exceeds_balance' && isHonest(options))
      complaints.push(`${options.name} was asked for ${amount} of ${transactionId}, more than is left`);
    return answered(200, { reference, status: 'refused', reason: objection });
  }
  const book = (): object => {
    const refund = { reference, transactionId: `${transactionId}-${reference}`, amount };
    sale.refunds.push({ ...refund, bookedAtMs: world.nowMs(), voided: false });
    return { ...refund, currency: sale.currency, status: 'approved', avsResult: '', cvvResult: '' };
  };
  switch (options.behaviourOf('')) {
    case 'decline':
      return answered(200, { reference, status: 'declined', declineCode: 'do_not_honor' });
    case 'not_processed':
      return answered(200, { reference, status: 'not_processed' });
    case 'timeout_before_accept':
      return silence;
    case 'timeout_after_accept':
      book();
      return silence;
    case 'http_500_after_accept':
      book();
      return answered(500, '<html></html>');
    default:
      return world.chance.happens(options.voidsFail) ? lost(book()) : answered(200, book());
  }
}

const lost = (_booked: object): IncomingAnswer => answered(502, 'gone');

function objectionTo(
  { options, world }: Books,
  sale: Booking | undefined,
  { amount, currency }: RefundRequest,
): string | undefined {
  if (sale === undefined || sale.status !== 'approved') return 'not_refundable';
  if (sale.currency !== currency) return 'currency';
  if (sale.voidedBy !== undefined || refundedOf(sale) + amount > sale.amount) return 'exceeds_balance';
  const isPart = amount < sale.amount;
  return isPart && options.refundsUnsettled === false && !isSettled(sale, options, world.nowMs())
    ? 'not_settled'
    : undefined;
}
