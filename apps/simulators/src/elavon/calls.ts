// The calls of the simulated Converge. Nothing protects from repeats: a reference that is sent twice is booked twice.
import { CURRENCIES } from '@ozura/core/currencies';
import { randomText } from '@ozura/core/ids';
import { type Decision, decide } from '@ozura/core/sandbox-decision';
import type { Booking } from '../books.ts';
import type { Frame } from '../frame.ts';
import { minorOf, terminalCurrency } from './answers.ts';
import type { Fault, Fields } from './documents.ts';

/** What was booked, if anything, and how that is to be told; or that something was wrong with the call. */
export type Called = { readonly fault: Fault } | (Pick<Decision, 'answer'> & { readonly booking?: Booking });

const HEX = '0123456789ABCDEF';
const DIGITS = '0123456789';

const newId = ({ random }: Frame): string =>
  `${randomText(random, 9, HEX)}-${[8, 4, 4, 4, 12].map((length) => randomText(random, length, HEX)).join('-')}`;

export function sell(frame: Frame, fields: Fields): Called {
  const { ssl_card_number: number = '', ssl_last_name: lastName = '', ssl_merchant_txn_id: reference = '' } = fields;
  const currency = fields.ssl_transaction_currency ?? terminalCurrency;
  const amountMinor = CURRENCIES.has(currency) ? minorOf(fields.ssl_amount ?? '', currency) : undefined;
  if (amountMinor === undefined || amountMinor === 0n) return { fault: 5002 };
  const initiator = fields.ssl_recurring_flag === '1' ? 'merchant' : 'customer';
  const step = frame.steps.next('sale', { cardNumber: number, lastName });
  const asked = { amountMinor: Number(amountMinor), currency, cvc: fields.ssl_cvv2cvc2 ?? '', initiator };
  const { booking, answer } = decide(asked, step);
  if (booking === undefined) return { answer };
  const approved = booking.status === 'approved' ? codes(frame) : {};
  const booked: Booking = {
    ...booking,
    ...approved,
    kind: 'sale',
    amountMinor: BigInt(booking.amountMinor),
    reference,
    transactionId: newId(frame),
    bin: number.slice(0, 6),
    lastFour: number.slice(-4),
    initiator,
    bookedAtMs: frame.now(),
    settled: booking.settled === true,
  };
  frame.books.add(booked);
  return { answer, booking: booked };
}

const codes = ({ random }: Frame) => ({
  authCode: randomText(random, 6, DIGITS),
  networkReference: `A${randomText(random, 19, DIGITS)}VE`,
});

/** Never more than the sale. */
export function giveBack(frame: Frame, fields: Fields): Called {
  const { books } = frame;
  const sale = books.byId(fields.ssl_txn_id ?? '');
  if (sale?.kind !== 'sale' || sale.status !== 'approved' || books.isVoided(sale.transactionId)) return { fault: 5040 };
  const amountMinor = minorOf(fields.ssl_amount ?? '', sale.currency);
  if (amountMinor === undefined || amountMinor === 0n) return { fault: 5002 };
  if (books.refundedMinor(sale.transactionId) + amountMinor > sale.amountMinor) return { fault: 5091 };
  const step = frame.steps.next('refund');
  if (step.kind === 'not_settled') return { fault: 5040 };
  const asked = { amountMinor: Number(amountMinor), currency: sale.currency, cvc: '', initiator: 'merchant' };
  return undoing(frame, sale, {
    kind: 'refund',
    reference: fields.ssl_merchant_txn_id ?? '',
    decision: decide(asked, step),
  });
}

/** Out of the open batch; a void bears the names of what it undoes. */
export function undo(frame: Frame, fields: Fields): Called {
  const { books } = frame;
  const original = books.byId(fields.ssl_txn_id ?? '');
  const isOpen = original?.status === 'approved' && original.kind !== 'void' && !original.settled;
  if (original === undefined || !isOpen || books.isVoided(original.transactionId)) return { fault: 5040 };
  const { currency, reference } = original;
  const asked = { amountMinor: Number(original.amountMinor), currency, cvc: '', initiator: 'merchant' };
  return undoing(frame, original, { kind: 'void', reference, decision: decide(asked, frame.steps.next('void')) });
}

function undoing(
  frame: Frame,
  original: Booking,
  { kind, reference, decision }: Pick<Booking, 'kind' | 'reference'> & { readonly decision: Decision },
): Called {
  const { booking, answer } = decision;
  if (booking === undefined) return { answer };
  const { avsResult: _avs, cvvResult: _cvv, networkReference: _network, ...rest } = original;
  const booked: Booking = {
    ...rest,
    kind,
    reference,
    original: original.transactionId,
    transactionId: newId(frame),
    status: booking.status,
    amountMinor: BigInt(booking.amountMinor),
    currency: booking.currency,
    ...(booking.declineCode === undefined ? {} : { declineCode: booking.declineCode }),
    bookedAtMs: frame.now(),
    settled: false,
  };
  frame.books.add(booked);
  return { answer, booking: booked };
}

/** By reference, by Converge's own id, or by dates; `undefined` when asked for nothing. */
export function query({ books }: Frame, fields: Fields): readonly Booking[] | undefined {
  const { ssl_merchant_txn_id: reference, ssl_txn_id: id } = fields;
  if (reference) return books.byReference(reference);
  if (id) return books.all.filter(({ transactionId }) => transactionId === id);
  const [from, until] = [dateOf(fields.ssl_search_start_date), dateOf(fields.ssl_search_end_date)];
  if (Number.isNaN(from) || Number.isNaN(until)) return undefined;
  return books.all.filter(({ bookedAtMs }) => bookedAtMs >= from && bookedAtMs < until);
}

const dateOf = (text = ''): number => Date.parse(text.replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, '$3-$1-$2'));
