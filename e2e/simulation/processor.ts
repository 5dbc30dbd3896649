// A processor of a simulation: it keeps a journal, plays a class of contract 12.3, and complains when its rules are broken.
import type { IncomingAnswer, OutgoingRequest } from '@ozura/contract/client';
import {
  type Booking,
  inquired,
  listed,
  type ProcessorClass,
  type ProcessorOptions,
  type RefundRequest,
  refunded,
  type Sale,
  sold,
  type VoidRequest,
  voided,
} from './processor-answers.ts';
import type { World } from './world.ts';

export interface SimulatedProcessor {
  readonly name: string;
  readonly playsClass: ProcessorClass;
  readonly bookings: Booking[];
  /** Rules of the game that our side broke. */
  readonly complaints: string[];
  answer(request: OutgoingRequest): Promise<IncomingAnswer>;
  /** The processor's people decide about what they review. */
  decideReviews(): void;
  undo(reference: string): void;
  standing(): Booking[];
}

export function openProcessor(world: World, options: ProcessorOptions): SimulatedProcessor {
  const { name, playsClass } = options;
  const bookings: Booking[] = [];
  const complaints: string[] = [];
  const asked = new Set<string>();
  const standing = (): Booking[] =>
    bookings.filter(({ status, voided, refund }) => status === 'approved' && !voided && refund === undefined);
  const book = (sale: Sale, changes: Partial<Booking>): Booking => {
    const booking: Booking = {
      reference: sale.reference,
      merchant: sale.merchant,
      transactionId: `${name}-${bookings.length + 1}`,
      amount: sale.amount,
      currency: sale.currency,
      lastFour: sale.card.number.slice(-4),
      bookedAtMs: world.nowMs(),
      status: 'approved',
      avsResult: 'Y',
      cvvResult: 'M',
      voided: false,
      ...changes,
    };
    bookings.push(booking);
    return booking;
  };
  const sell = (sale: Sale): Promise<IncomingAnswer> => {
    if (asked.has(sale.reference)) complaints.push(`${name} was sent the sale ${sale.reference} twice`);
    asked.add(sale.reference);
    return sold(world, { sale, behaviour: options.behaviourOf(sale.card.number), book });
  };
  const undo = (reference: string): void => {
    for (const booking of bookings) if (booking.reference === reference) booking.voided = true;
  };
  return {
    name,
    playsClass,
    bookings,
    complaints,
    standing,
    undo,
    decideReviews() {
      for (const booking of bookings) {
        if (booking.status === 'review')
          booking.status = options.reviewsEndAs ?? world.chance.pick(['approved', 'declined']);
      }
    },
    async answer({ method, url, body }) {
      const { pathname, searchParams } = new URL(url);
      if (method === 'POST' && pathname === '/sales') return sell(JSON.parse(body ?? '{}') as Sale);
      if (method === 'POST' && pathname === '/voids') {
        return voided(world, { options, bookings, request: JSON.parse(body ?? '{}') as VoidRequest });
      }
      if (method === 'POST' && pathname === '/refunds') {
        return refunded(world, { options, bookings, complaints, request: JSON.parse(body ?? '{}') as RefundRequest });
      }
      const date = searchParams.get('date');
      if (date === null) return inquired(world, { options, bookings, reference: searchParams.get('reference') ?? '' });
      return listed({ bookings, playsClass, date, merchant: searchParams.get('merchant') ?? '' });
    },
  };
}
