// How a simulated processor takes a sale, in the sandbox's wire format.
import type { IncomingAnswer } from '@ozura/contract/client';
import type { Booking, Books } from './processor-books.ts';
import { answered, silence, told } from './processor-wire.ts';

export interface SaleRequest {
  readonly reference: string;
  readonly merchant: string;
  readonly amount: number;
  readonly currency: string;
  readonly initiator: string;
  /** The Vault fills in the last four digits, and they stand for the whole. */
  readonly card: { readonly number: string };
  readonly bank?: unknown;
}

const slowMs = 40_000;
/** By how much `wrong_amount` is off. */
const wrongBy = 100;

export async function sell(books: Books, sale: SaleRequest): Promise<IncomingAnswer> {
  const { options, complaints, world } = books;
  if (books.bookings.some(({ reference }) => reference === sale.reference))
    complaints.push(`${options.name} was sent the sale ${sale.reference} twice`);
  const book = (changes: Partial<Booking> = {}): Booking => bookSale(books, sale, changes);
  const done = (changes: Partial<Booking> = {}): IncomingAnswer => answered(200, told(book(changes)));
  switch (options.behaviourOf(sale.card.number)) {
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
      book();
      return silence;
    case 'garbage':
      book();
      return answered(200, '{"status":"appro');
    case 'http_500_after_accept':
      book();
      return answered(500, '<html></html>');
    case 'wrong_reference':
      return answered(200, { ...told(book()), reference: `${sale.reference}X` });
    case 'duplicate_answer':
      book();
      return answered(200, { reference: sale.reference, status: 'duplicate' });
    case 'slow': {
      const booking = book();
      await world.sleep(slowMs);
      return answered(200, told(booking));
    }
  }
}

function bookSale({ options, bookings, world }: Books, sale: SaleRequest, changes: Partial<Booking>): Booking {
  const booking: Booking = {
    reference: sale.reference,
    merchant: sale.merchant,
    transactionId: `${options.name}-${bookings.length + 1}`,
    amount: sale.amount,
    currency: sale.currency,
    lastFour: sale.card.number.slice(-4),
    initiator: sale.initiator,
    method: sale.bank === undefined ? 'card' : 'bank',
    bookedAtMs: world.nowMs(),
    status: 'approved',
    avsResult: 'Y',
    cvvResult: 'M',
    refunds: [],
    returns: world.chance.happens(options.debitsReturn ?? 0),
    ...changes,
  };
  bookings.push(booking);
  return booking;
}
