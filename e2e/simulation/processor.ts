// A processor of a simulation: it keeps books, plays a class of contract 12.3, and complains when its rules are broken.
import type { IncomingAnswer, OutgoingRequest } from '@ozura/contract/client';
import { answerWorldpay } from './access-worldpay.ts';
import { answerConverge } from './converge.ts';
import { openNuveiWire } from './nuvei.ts';
import type { Booking, Books, ProcessorOptions, Wire } from './processor-books.ts';
import { inquire, list } from './processor-questions.ts';
import { type SaleRequest, sell } from './processor-sales.ts';
import { giveBack, type RefundRequest, undo, type VoidRequest } from './processor-undoing.ts';
import type { World } from './world.ts';

export interface SimulatedProcessor {
  readonly name: string;
  readonly bookings: readonly Booking[];
  readonly complaints: readonly string[];
  /** What the checks of a sale came to is told again to whoever asks. */
  readonly repeatsChecks: boolean;
  answer(request: OutgoingRequest): Promise<IncomingAnswer>;
  /** The processor's people decide about what they review. */
  decideReviews(): void;
  /** Somebody who may undoes a sale by hand. */
  undo(reference: string): void;
}

/** `nameOfVoid`: under which name ours undoes a sale, where the wire has no place for it. */
export function openProcessor(
  world: World,
  options: ProcessorOptions,
  nameOfVoid: (saleReference: string) => string,
): SimulatedProcessor {
  const books: Books = { options, bookings: [], complaints: [], world };
  const { bookings, complaints } = books;
  const answer = WIRES[options.wire](books, nameOfVoid);
  return {
    name: options.name,
    bookings,
    complaints,
    repeatsChecks: options.wire !== 'access-worldpay',
    undo(reference) {
      for (const booking of bookings) if (booking.reference === reference) booking.voidedBy ??= reference;
    },
    decideReviews() {
      for (const booking of bookings) {
        if (booking.status === 'review')
          booking.status = options.reviewsEndAs ?? world.chance.pick(['approved', 'declined']);
      }
    },
    answer,
  };
}

type Answering = (request: OutgoingRequest) => Promise<IncomingAnswer>;

const WIRES: Readonly<Record<Wire, (books: Books, nameOfVoid: (saleReference: string) => string) => Answering>> = {
  sandbox: (books) => (request) => answerSandbox(books, request),
  converge: (books, nameOfVoid) => (request) => answerConverge(books, request, nameOfVoid),
  nuvei: openNuveiWire,
  'access-worldpay': (books, nameOfVoid) => (request) => answerWorldpay(books, request, nameOfVoid),
};

async function answerSandbox(books: Books, { method, url, body }: OutgoingRequest): Promise<IncomingAnswer> {
  const { pathname, searchParams } = new URL(url);
  const sent: unknown = JSON.parse(body ?? '{}');
  if (method === 'POST' && pathname === '/sales') return sell(books, sent as SaleRequest);
  if (method === 'POST' && pathname === '/voids') return undo(books, sent as VoidRequest);
  if (method === 'POST' && pathname === '/refunds') return giveBack(books, sent as RefundRequest);
  const day = searchParams.get('date');
  if (day !== null) return list(books, searchParams.get('merchant') ?? '', day);
  return inquire(books, searchParams.get('reference') ?? '');
}
