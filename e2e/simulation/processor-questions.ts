// What a simulated processor says when it is asked, in the sandbox's wire format.
import type { IncomingAnswer } from '@ozura/contract/client';
import { type Booking, type Books, bookedOn, isSettled, isVisible, refundedOf } from './processor-books.ts';
import { findRefund } from './processor-undoing.ts';
import { answered, notOffered, told } from './processor-wire.ts';

/** By our reference of a sale or a refund. */
export function inquire(books: Books, reference: string): IncomingAnswer {
  const { options, bookings, world } = books;
  if (options.playsClass === '3') return notOffered;
  if (world.chance.happens(options.inquiriesFail)) return answered(503, '<html>later</html>');
  const refund = findRefund(books, reference);
  if (refund !== undefined && isVisible(books, refund)) {
    const { currency } = bookings.find(({ refunds }) => refunds.includes(refund)) ?? { currency: '' };
    return found({ ...refund, currency, status: 'approved' });
  }
  const sale = bookings.find((booking) => booking.reference === reference && isVisible(books, booking));
  if (sale === undefined) return answered(200, { found: false });
  return found({ ...told(sale), voided: sale.voidedBy !== undefined, ...bankOf(books, sale) });
}

const found = (transaction: object): IncomingAnswer => answered(200, { found: true, transaction });

function bankOf({ options, world }: Books, sale: Booking): object {
  if (sale.method === 'card' || sale.status !== 'approved') return {};
  if (!isSettled(sale, options, world.nowMs())) return { bank: { status: 'pending' } };
  return { bank: sale.returns ? { status: 'returned', returnCode: 'R01' } : { status: 'paid' } };
}

export function list(books: Books, merchant: string, day: string): IncomingAnswer {
  const { playsClass } = books.options;
  return answered(200, {
    transactions: bookedOn(books, merchant, day).map((booking) => {
      const { reference, ...rest } = told(booking);
      return {
        ...rest,
        ...(playsClass === '3' ? {} : { reference }),
        lastFour: booking.lastFour,
        bookedAt: booking.bookedAtMs,
        voided: booking.voidedBy !== undefined,
        refundedAmount: refundedOf(booking),
      };
    }),
  });
}
