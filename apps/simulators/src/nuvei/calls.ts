// The calls of the simulated Nuvei, once nothing is wrong with their form.
import { randomText } from '@ozura/core/ids';
import { type Decision, decide } from '@ozura/core/sandbox-decision';
import { isObject } from '@ozura/core/validation';
import type { Booking } from '../books.ts';
import type { Frame } from '../frame.ts';
import type { Fault, Json } from './faults.ts';
import { cardOf, minorOf } from './rules.ts';

/** What was booked, if anything; or that something was wrong with the call, by number or by a filter of the gateway. */
export type Called =
  | { readonly fault: Fault }
  | { readonly filter: number }
  | (Pick<Decision, 'answer'> & { readonly booking?: Booking });

const DIGITS = '0123456789';
const newId = ({ random }: Frame): string => `7110000000${randomText(random, 9, DIGITS)}`;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function sell(frame: Frame, body: Json): Called {
  const { cardNumber = '', CVV = '' } = cardOf(body);
  const currency = text(body.currency);
  const amountMinor = minorOf(text(body.amount), currency);
  if (amountMinor === undefined) return { fault: 1040 };
  const initiator = body.isRebilling === '1' ? 'merchant' : 'customer';
  const lastName = isObject(body.billingAddress) ? text(body.billingAddress.lastName) : '';
  const step = frame.steps.next('sale', { cardNumber, lastName });
  const { booking, answer } = decide({ amountMinor: Number(amountMinor), currency, cvc: CVV, initiator }, step);
  if (booking === undefined) return { answer };
  const booked: Booking = {
    ...booking,
    ...(booking.status === 'approved' ? codes(frame) : {}),
    kind: 'sale',
    amountMinor: BigInt(booking.amountMinor),
    reference: text(body.clientUniqueId),
    transactionId: newId(frame),
    bin: cardNumber.slice(0, 6),
    lastFour: cardNumber.slice(-4),
    initiator,
    bookedAtMs: frame.now(),
    settled: booking.settled === true,
  };
  frame.books.add(booked);
  return { answer, booking: booked };
}

const codes = ({ random }: Frame) => ({
  authCode: randomText(random, 6, DIGITS),
  networkReference: `MCS${randomText(random, 12, DIGITS)}`,
});

/** Never more than the sale, settled or not. */
export function giveBack(frame: Frame, body: Json): Called {
  const { books, steps } = frame;
  const sale = books.byId(text(body.relatedTransactionId));
  const isGood = sale?.kind === 'sale' && sale.status === 'approved' && !books.isVoided(sale.transactionId);
  if (sale === undefined || !isGood || body.currency !== sale.currency) return { filter: 1105 };
  const amountMinor = minorOf(text(body.amount), sale.currency) ?? 0n;
  if (books.refundedMinor(sale.transactionId) + amountMinor > sale.amountMinor) return { filter: 1106 };
  const step = steps.next('refund');
  if (step.kind === 'not_settled') return { filter: 1131 };
  const asked = { amountMinor: Number(amountMinor), currency: sale.currency, cvc: '', initiator: 'merchant' };
  return undoing(frame, sale, { kind: 'refund', reference: text(body.clientUniqueId), decision: decide(asked, step) });
}

/** The whole of what has not settled, once. */
export function undo(frame: Frame, body: Json): Called {
  const { books, steps } = frame;
  const original = books.byId(text(body.relatedTransactionId));
  const isGood = original?.status === 'approved' && original.kind !== 'void';
  if (original === undefined || !isGood || books.isVoided(original.transactionId)) return { filter: 1105 };
  const { currency, amountMinor } = original;
  if (body.currency !== currency || minorOf(text(body.amount), currency) !== amountMinor) return { filter: 1105 };
  if (original.settled) return { filter: 1131 };
  const asked = { amountMinor: Number(amountMinor), currency, cvc: '', initiator: 'merchant' };
  const decision = decide(asked, steps.next('void'));
  return undoing(frame, original, { kind: 'void', reference: text(body.clientUniqueId), decision });
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

/** By its own id or by the client's name; the newest of several. */
export const find = ({ books }: Frame, { transactionId, clientUniqueId }: Json): Booking | undefined =>
  transactionId ? books.byId(text(transactionId)) : books.byReference(text(clientUniqueId)).at(-1);
