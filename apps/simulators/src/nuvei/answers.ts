// How the simulated Nuvei puts a booking into words: in the answer to the call, and when it is looked up.
import { meaningOf } from '@ozura/core/attempt-decline';
import { formatMoney } from '@ozura/core/money';
import type { Booking, Books } from '../books.ts';
import { SIMULATED_CREDENTIALS } from '../credentials.ts';
import type { Written } from '../delivery.ts';
import { FAULTS, type Fault, type Json } from './faults.ts';

const json = (body: Json): Written => ({ status: 200, type: 'application/json', text: JSON.stringify(body) });

/** What every answer repeats of its call. */
function head(call: Json): Json {
  const { clientRequestId = '', clientUniqueId } = call;
  return {
    internalRequestId: 1_170_828_168,
    status: 'SUCCESS',
    errCode: 0,
    reason: '',
    merchantId: SIMULATED_CREDENTIALS.nuvei.merchantId,
    merchantSiteId: SIMULATED_CREDENTIALS.nuvei.merchantSiteId,
    version: '1.0',
    clientRequestId,
    ...(clientUniqueId === undefined ? {} : { clientUniqueId }),
  };
}

export const writeFault = (fault: Fault, call: Json): Written =>
  json({ ...head(call), status: 'ERROR', errCode: fault, reason: FAULTS[fault] });

export const writeSession = (sessionToken: string, call: Json): Written => json({ ...head(call), sessionToken });

const TYPES = { sale: 'Sale', refund: 'Credit', void: 'Void' } as const;
const STATUSES = { approved: 'APPROVED', declined: 'DECLINED', review: 'PENDING' } as const;

/** A filter of the gateway says these, before the bank does. */
const FILTERED: Readonly<Record<string, number>> = { expired_card: 1002, invalid_number: 1103, invalid_cvv: 1104 };

function resultOf({ status, declineCode = '' }: Booking): Json {
  const common = { gwErrorCode: 0, gwExtendedErrorCode: 0, issuerDeclineCode: '', issuerDeclineReason: '' };
  if (status !== 'declined') return { transactionStatus: STATUSES[status], ...common };
  const reason = declineCode.replaceAll('_', ' ');
  const filter = FILTERED[declineCode];
  if (filter !== undefined) return filtered(filter, reason);
  const [network = ''] = meaningOf(declineCode).networkCodes;
  return {
    transactionStatus: 'DECLINED',
    ...common,
    gwErrorCode: -1,
    gwErrorReason: reason,
    issuerDeclineCode: declineCode === 'generic_decline' ? '' : network,
    issuerDeclineReason: reason,
  };
}

const filtered = (extended: number, reason: string): Json => ({
  transactionStatus: 'ERROR',
  gwErrorCode: -1100,
  gwErrorReason: reason,
  gwExtendedErrorCode: extended,
  issuerDeclineCode: '',
  issuerDeclineReason: '',
});

/** What a filter stops is no transaction: it has an id, and no money. */
export const writeFiltered = (extended: number, type: keyof typeof TYPES, call: Json): Written =>
  json({ ...head(call), ...filtered(extended, 'filter error'), transactionType: TYPES[type], transactionId: '' });

const cardOf = (booking: Booking): Json => ({
  userPaymentOptionId: '',
  card: {
    ccCardNumber: `${booking.bin.slice(0, 1)}****${booking.lastFour}`,
    bin: booking.bin,
    last4Digits: booking.lastFour,
    cvv2Reply: booking.cvvResult ?? '',
    avsCode: booking.avsResult ?? '',
    isPrepaid: 'false',
    threeD: {},
  },
});

/** In the answer to the call. It tells no amount, unless it is not the one that was asked for. */
export function bookingAnswer(booking: Booking, call: Json): Json {
  const amount = formatMoney(booking.amountMinor, booking.currency);
  const isOther = call.amount !== amount || call.currency !== booking.currency;
  const { amount: requestedAmount, currency: requestedCurrency } = call;
  const partial = { requestedAmount, requestedCurrency, processedAmount: amount, processedCurrency: booking.currency };
  return {
    ...head(call),
    ...(booking.kind === 'sale' ? { orderId: '471268418', paymentOption: cardOf(booking) } : {}),
    ...resultOf(booking),
    transactionType: TYPES[booking.kind],
    transactionId: booking.transactionId,
    externalTransactionId: '',
    authCode: booking.authCode ?? '',
    customData: '',
    externalSchemeTransactionId: booking.networkReference ?? '',
    merchantAdviceCode: '',
    ...(isOther && booking.kind === 'sale' ? { partialApproval: partial } : {}),
  };
}

/** In `getTransactionDetails`. */
export function detailsAnswer(books: Books, booking: Booking, call: Json): Json {
  const { issuerDeclineCode: _code, issuerDeclineReason: _reason, ...result } = resultOf(booking);
  return {
    ...head({ ...call, clientUniqueId: undefined }),
    transactionDetails: {
      date: new Date(booking.bookedAtMs).toISOString(),
      originalTransactionDate: new Date(booking.bookedAtMs).toISOString(),
      ...result,
      transactionType: TYPES[booking.kind],
      transactionId: booking.transactionId,
      ...(booking.original === undefined ? {} : { relatedTransactionId: booking.original }),
      clientUniqueId: booking.reference,
      authCode: booking.authCode ?? '',
      processedAmount: formatMoney(booking.amountMinor, booking.currency),
      processedCurrency: booking.currency,
      credited: books.refundedMinor(booking.transactionId) > 0n ? 'True' : 'False',
      isVoided: books.isVoided(booking.transactionId) ? 'True' : 'False',
      acquiringBankName: 'SIMULATED BANK',
    },
    ...(booking.kind === 'sale' ? { paymentOption: cardOf(booking) } : {}),
    externalSchemeTransactionId: booking.networkReference ?? '',
  };
}

export const writeJson = json;

/** About another transaction than the one that was asked for. */
export function writeOther(answer: Json): Written {
  const details = answer.transactionDetails as Json | undefined;
  return json({
    ...answer,
    ...(answer.clientUniqueId === undefined ? {} : { clientUniqueId: 'SOMEBODY-ELSE' }),
    ...(details === undefined ? {} : { transactionDetails: { ...details, clientUniqueId: 'SOMEBODY-ELSE' } }),
  });
}

/** Codes that no table has. */
export function writeUnexpected(answer: Json): Written {
  const strange = { transactionStatus: 'ERROR', gwErrorCode: -1999, gwErrorReason: 'see your dealer' };
  const details = answer.transactionDetails as Json | undefined;
  return json(
    details === undefined ? { ...answer, ...strange } : { ...answer, transactionDetails: { ...details, ...strange } },
  );
}
