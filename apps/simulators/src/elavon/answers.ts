// How the simulated Converge puts a booking into words: in the answer to a call, and in a query.
import { meaningOf } from '@ozura/core/attempt-decline';
import { exponentOf } from '@ozura/core/currencies';
import type { Booking } from '../books.ts';
import type { Written } from '../delivery.ts';
import { type Fields, writeTxn } from './documents.ts';

/** Of the one terminal. */
export const terminalCurrency = 'USD';

const MESSAGES: Readonly<Record<string, string>> = {
  insufficient_funds: 'DECLINED: NSF',
  limit_exceeded: 'EXCEEDS AMT LMT',
  lost_card: 'PICK UP CARD',
  stolen_card: 'PICK UP CARD',
  pickup_card: 'PICK UP CARD',
  fraudulent: 'SUSPECTED FRAUD',
  expired_card: 'EXPIRED CARD',
  invalid_cvv: 'DECLINE CVV2',
  invalid_number: 'INVALID CARD',
};

export function minorOf(amount: string, currency: string): bigint | undefined {
  const exponent = exponentOf(currency);
  const pattern = exponent === 0 ? /^(\d{1,9})()$/ : new RegExp(`^(\\d{1,8})\\.(\\d{${exponent}})$`);
  const [, whole, decimals = ''] = pattern.exec(amount) ?? [];
  return whole === undefined ? undefined : BigInt(whole + decimals);
}

function amountOf({ amountMinor, currency }: Booking): string {
  const exponent = exponentOf(currency);
  const digits = String(amountMinor).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** `MM/DD/YYYY hh:mm:ss AM`, in UTC. */
function timeOf(atMs: number): string {
  const [year, month, day, hour = 0, minute, second] = new Date(atMs).toISOString().match(/\d+/g)?.map(Number) ?? [];
  const two = (value = 0): string => String(value).padStart(2, '0');
  return `${two(month)}/${two(day)}/${year} ${two(hour % 12 || 12)}:${two(minute)}:${two(second)} ${hour < 12 ? 'AM' : 'PM'}`;
}

const TYPES = { sale: 'SALE', refund: 'RETURN', void: 'VOID' } as const;

function messageOf({ status, declineCode = '' }: Booking): string {
  if (status === 'approved') return 'APPROVAL';
  return status === 'review' ? 'PENDING REVIEW' : (MESSAGES[declineCode] ?? 'DECLINED');
}

const common = (booking: Booking): Fields => ({
  ssl_txn_id: booking.transactionId,
  ssl_transaction_type: TYPES[booking.kind],
  ssl_txn_time: timeOf(booking.bookedAtMs),
  ssl_card_number: `${booking.bin.slice(0, 2)}**********${booking.lastFour}`,
  ssl_amount: amountOf(booking),
  ...(booking.currency === terminalCurrency ? {} : { ssl_transaction_currency: booking.currency }),
  ssl_merchant_txn_id: booking.reference,
  ssl_invoice_number: booking.reference.slice(-25),
  ssl_result_message: messageOf(booking),
  ssl_approval_code: booking.authCode ?? '',
  ssl_avs_response: booking.avsResult ?? ' ',
  ssl_cvv2_response: booking.cvvResult ?? '',
});

/** In the answer to the call. */
export const answerFields = (booking: Booking): Fields => ({
  ssl_issuer_response:
    booking.status === 'declined' ? (meaningOf(booking.declineCode ?? '').networkCodes[0] ?? '05') : '00',
  ...common(booking),
  ssl_result: booking.status === 'declined' ? '1' : '0',
  ssl_ps2000_data: booking.networkReference ?? '',
});

/** In a query. */
export const entryFields = (booking: Booking): Fields => ({
  ...common(booking),
  ssl_user_id: 'webpage',
  ssl_trans_status: statusOf(booking),
  ssl_card_type: 'CREDITCARD',
  ssl_ps2000_data: booking.networkReference ?? '',
});

function statusOf({ status, settled }: Booking): string {
  if (status === 'review') return 'REV';
  return settled ? 'STL' : 'OPN';
}

export const writeDuplicate = (booking: Fields): Written =>
  writeTxn({ ...booking, ssl_result: '1', ssl_result_message: 'DUPLICATE TRAN', ssl_issuer_response: '94' });

export const writeUnexpected = (booking: Fields): Written =>
  writeTxn({ ...booking, ssl_result: '1', ssl_result_message: 'SEE YOUR DEALER', ssl_issuer_response: 'Z9' });

export const writeOtherReference = (booking: Fields): Written =>
  writeTxn({ ...booking, ssl_merchant_txn_id: 'SOMEBODY ELSE', ssl_invoice_number: 'SOMETHING ELSE' });
