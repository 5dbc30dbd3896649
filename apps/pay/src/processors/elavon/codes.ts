// What the words and numbers of Converge mean. A code that is not listed here proves nothing.
// Sources: Converge integration guide 1.0.0, API reference, "Payment Card Response Codes" and "Error Codes"
// (https://developer.elavon.com/na/docs/converge/1.0.0/integration-guide/api_reference/error_codes), and the Converge
// Developer Guide CON-0002-N of April 2016, "Authorization response codes".
import { declineOfNetworkCode } from '@ozura/core/attempt-decline';
import type { RefusalCause } from '@ozura/core/attempt-outcome';

export const APPROVALS: ReadonlySet<string> = new Set(['APPROVAL', 'APPROVED', 'APPROBAT']);

/** Values of `ssl_result_message` besides a `ssl_result` other than 0, which the guide calls declined and unauthorised. */
const DECLINE_MESSAGES: Readonly<Record<string, string>> = {
  DECLINED: 'generic_decline',
  'DECLINED T4': 'generic_decline',
  'CANNOT CONVERT': 'generic_decline',
  'DECLINE CVV2': 'invalid_cvv',
  'PICK UP CARD': 'pickup_card',
  'EXPIRED CARD': 'expired_card',
  'INVALID CARD': 'invalid_number',
  'INVALID ISSUER': 'invalid_number',
  'AMOUNT ERROR': 'invalid_amount',
  'AMT OVER SVC LMT': 'limit_exceeded',
  'EXCEEDS AMT LMT': 'limit_exceeded',
  'WITHDRAWAL LIMIT': 'frequency_exceeded',
  'REQ. EXCEEDS BAL.': 'insufficient_funds',
  'EXCEEDS BAL.': 'insufficient_funds',
  'DECLINED: NSF': 'insufficient_funds',
  'DECLINED:CLOSED': 'closed_account',
  'DECLINED:BLOCKED': 'inactive_card',
  'RESTRICTED CARD': 'restricted_card',
  'SUSPECTED FRAUD': 'fraudulent',
  'STOP PAYMENT': 'stop_payment_order',
  'STOP ORDER': 'stop_payment_order',
  'STOP ALL ORDERS': 'stop_payment_order',
  'CALL AUTH. CENTER': 'call_issuer',
  'CALL AUTH CENTER': 'call_issuer',
  'SEQ ERR PLS CALL': 'call_issuer',
  'APPL TYPE ERROR': 'call_issuer',
  'INCORRECT PIN': 'authentication_required',
  'PIN ENTRY LIMIT': 'pin_tries_exceeded',
  'INVALID CAVV': 'authentication_required',
  'SERV NOT ALLOWED': 'card_not_supported',
  'TRAN NOT ALLOWED': 'card_not_supported',
  'INVALID TRAN': 'invalid_transaction',
  'INVLD TRAN TYPE': 'invalid_transaction',
  'INVALID MERCHANT': 'merchant_not_permitted',
  'INVALID TERM ID': 'merchant_not_permitted',
  'INVLD TERM ID 1': 'merchant_not_permitted',
  'INVLD TERM ID 2': 'merchant_not_permitted',
  'MAX MONTHLY VOL': 'merchant_not_permitted',
  'MUST SETTLE MMDD': 'processing_error',
  'DECLINED-HELP 9999': 'processing_error',
  'NETWORK ERROR': 'issuer_unavailable',
  'PLEASE RETRY': 'try_again_later',
};

/** They speak of another transaction than this one. */
const DUPLICATES: ReadonlySet<string> = new Set(['DUPLICATE TRAN', 'DUP CHECK NBR', '94']);

/** Of our taxonomy. The issuer's own code (`ssl_issuer_response`, ISO 8583 field 39) tells more than the message. */
export function declineOf(message: string, issuerResponse: string): string | undefined {
  if (DUPLICATES.has(message) || DUPLICATES.has(issuerResponse)) return undefined;
  const byMessage = Object.hasOwn(DECLINE_MESSAGES, message) ? DECLINE_MESSAGES[message] : undefined;
  return declineOfNetworkCode(issuerResponse) ?? byMessage;
}

/**
 * Values of `errorCode` that the reference explains by the request or by who makes it: "this will prevent the transaction
 * from going to authorization". Left out on purpose, since they may come after it: 3000 to 3003 (gateway and processing
 * errors), 4017 (time-out), 4018 (settlement in progress), 4022 (system unavailable).
 */
const ERRORS: Readonly<Record<string, RefusalCause>> = {
  4000: 'credentials',
  4013: 'credentials',
  4014: 'credentials',
  4016: 'credentials',
  4019: 'credentials',
  4025: 'credentials',
  4002: 'unavailable',
  4003: 'unavailable',
  4005: 'unavailable',
  4006: 'unavailable',
  4007: 'unavailable',
  4009: 'unavailable',
  4010: 'unavailable',
  4011: 'unavailable',
  5000: 'unavailable',
  5001: 'unavailable',
  5002: 'unavailable',
  5004: 'unavailable',
  5005: 'unavailable',
  5040: 'unavailable',
  5091: 'unavailable',
  // The demo environment, of a card that is none of its own.
  9999: 'unavailable',
};

export const refusalOf = (errorCode: string): RefusalCause | undefined =>
  Object.hasOwn(ERRORS, errorCode) ? ERRORS[errorCode] : undefined;

/**
 * What `ssl_trans_status` of a query says of a transaction: open or settled is as good as its message; pended, under
 * review, or failed by a rule is nothing final.
 */
export const isBooked = (status: string): boolean => status === 'OPN' || status === 'STL';
export const isSettled = (status: string): boolean => status === 'STL';

/** The letters are the normalised ones of contract 8.9; a blank and any other say that nothing was checked. */
export const avsResult = (letter: string): string => (/^[ABCDEFGIMNPRSUWXYZ]$/.test(letter) ? letter : '');
export const cvvResult = (letter: string): string => (/^[MNPSU]$/.test(letter) ? letter : '');
