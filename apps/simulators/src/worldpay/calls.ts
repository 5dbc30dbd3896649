// The calls of the simulated Worldpay that move money.
import { randomText } from '@ozura/core/ids';
import { type Decision, decide } from '@ozura/core/sandbox-decision';
import type { Booking } from '../books.ts';
import type { Frame } from '../frame.ts';
import type { PartialRefundBody, PaymentBody } from './schema.ts';

/** What was booked, if anything, and how that is to be told. */
export type Called = Pick<Decision, 'answer'> & { readonly booking?: Booking };

const DIGITS = '0123456789';

/** 25 characters, as those of the reference. */
const newId = ({ random }: Frame, prefix: 'pay' | 'cmd'): string => `${prefix}${randomText(random, 21)}0`;

/** The simulated issuer sees a last name where the name of the card holder ends. */
const lastNameOf = (cardHolderName = ''): string => /(TEST \S+)$/.exec(cardHolderName)?.[1] ?? '';

export function pay(frame: Frame, { transactionReference, instruction }: PaymentBody): Called {
  const { paymentInstrument: card, value, customerAgreement } = instruction;
  const initiator = customerAgreement?.storedCardUsage === 'subsequent' ? 'merchant' : 'customer';
  const step = frame.steps.next('sale', { cardNumber: card.cardNumber, lastName: lastNameOf(card.cardHolderName) });
  const asked = { amountMinor: value.amount, currency: value.currency, cvc: card.cvc ?? '', initiator };
  const { booking, answer } = decide(asked, step);
  if (booking === undefined) return { answer };
  const { random } = frame;
  const booked: Booking = {
    ...booking,
    ...(booking.status === 'approved'
      ? { authCode: randomText(random, 6, DIGITS), networkReference: randomText(random, 15, DIGITS) }
      : {}),
    ...(card.billingAddress === undefined ? { avsResult: '' } : {}),
    ...(card.cvc === undefined ? { cvvResult: '' } : {}),
    kind: 'sale',
    amountMinor: BigInt(booking.amountMinor),
    reference: transactionReference,
    transactionId: newId(frame, 'pay'),
    bin: card.cardNumber.slice(0, 6),
    lastFour: card.cardNumber.slice(-4),
    initiator,
    bookedAtMs: frame.now(),
    settled: booking.settled === true,
  };
  frame.books.add(booked);
  return { answer, booking: booked };
}

/** Never more than the payment; `undefined` when it is not to be had. */
export function giveBack(frame: Frame, sale: Booking, { reference, value }: PartialRefundBody): Called | undefined {
  const { books } = frame;
  const leftMinor = sale.amountMinor - books.refundedMinor(sale.transactionId);
  const isOpen = sale.status === 'approved' && !books.isVoided(sale.transactionId);
  if (!isOpen || value.currency !== sale.currency || value.amount === 0 || BigInt(value.amount) > leftMinor) {
    return undefined;
  }
  const step = frame.steps.next('refund');
  if (step.kind === 'not_settled') return undefined;
  const asked = { amountMinor: value.amount, currency: sale.currency, cvc: '', initiator: 'merchant' };
  return undoing(frame, sale, { kind: 'refund', reference, decision: decide(asked, step) });
}

/** `undefined` when there is nothing to reverse, or no longer. */
export function reverse(frame: Frame, sale: Booking): Called | undefined {
  const { books } = frame;
  if (!isReversible(frame, sale) || books.refundedMinor(sale.transactionId) > 0n) return undefined;
  const { currency, reference } = sale;
  const asked = { amountMinor: Number(sale.amountMinor), currency, cvc: '', initiator: 'merchant' };
  return undoing(frame, sale, { kind: 'void', reference, decision: decide(asked, frame.steps.next('void')) });
}

export const isReversible = ({ books }: Frame, sale: Booking): boolean =>
  sale.status === 'approved' && !sale.settled && !books.isVoided(sale.transactionId);

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
    transactionId: newId(frame, 'cmd'),
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
