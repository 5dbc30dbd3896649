// What an answer of Pay proves about a charge (contract 12.5). What is not proven is `undefined`, and stays open.
import { type ErrorCode, isErrorCode } from './errors.ts';

export type ChargeOutcome =
  | { readonly kind: 'approved' }
  /** The customer can do something about it. */
  | { readonly kind: 'declined'; readonly errorCode: ErrorCode }
  /** No processor would take it, and nothing was charged. */
  | { readonly kind: 'refused'; readonly errorCode: 'SYSTEM_ERROR' | 'AUTH_ERROR' }
  /** Nothing reached a processor: not counted against the customer. */
  | { readonly kind: 'not-sent'; readonly errorCode: ErrorCode }
  /** It may have reached a processor, and is proven not to stand. */
  | { readonly kind: 'undone'; readonly errorCode: ErrorCode };

/** Nothing was sent for these; each has its own answer on the page. */
const BEFORE_INTENT: Readonly<Record<string, ErrorCode>> = {
  CVC_SESSION_EXPIRED: 'CVC_SESSION_EXPIRED',
  CVC_SESSION_ALREADY_USED: 'CVC_SESSION_EXPIRED',
  TOKEN_NOT_FOUND: 'TOKEN_NOT_FOUND',
  PRICE_CHANGED: 'PRICE_CHANGED',
  TAX_UNAVAILABLE: 'TAX_UNAVAILABLE',
  OVERLOADED: 'OVERLOADED',
  RATE_LIMITED: 'OVERLOADED',
  ORDER_IN_DOUBT: 'PAYMENT_IN_PROGRESS',
};

const BAD_CREDENTIALS = new Set([
  'PROCESSOR_AUTH_FAILED',
  'MISSING_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'MERCHANT_MISMATCH',
  'PERMISSION_DENIED',
]);

/** A failure answer of `POST /cardSale`, by its status and code. */
export function outcomeOfSale(status: number, code: unknown): ChargeOutcome | undefined {
  // Not Pay's word but that of somebody on the way to it, who knows nothing of the charge.
  if (!isErrorCode(code)) return undefined;
  const before = BEFORE_INTENT[code];
  if (before !== undefined) return { kind: 'not-sent', errorCode: before };
  if (BAD_CREDENTIALS.has(code)) return { kind: 'refused', errorCode: 'AUTH_ERROR' };
  if (status === 402) return { kind: 'declined', errorCode: declineCode(code) };
  // Any other 409 is about a charge of this id that exists or was declared dead: the charge itself must be asked.
  if (code === 'PROCESSOR_UNAVAILABLE' || (status >= 400 && status < 500 && status !== 409)) {
    return { kind: 'refused', errorCode: 'SYSTEM_ERROR' };
  }
  return undefined;
}

/** The states of `GET /charges/{chargeId}`. */
export function outcomeOfCharge(state: string, code: unknown): ChargeOutcome | undefined {
  switch (state) {
    case 'approved':
      return { kind: 'approved' };
    case 'declined':
      return { kind: 'declined', errorCode: declineCode(code) };
    case 'refused':
      return outcomeOfSale(503, code) ?? { kind: 'refused', errorCode: 'SYSTEM_ERROR' };
    case 'not_sent':
    case 'abandoned':
      return { kind: 'not-sent', errorCode: 'OVERLOADED' };
    case 'reversed':
    case 'not_processed':
      return { kind: 'undone', errorCode: declineCode(code) };
    default:
      return undefined;
  }
}

export const guessingWindowMs = 10 * 60_000;
export const declinesToldMax = 3;

/**
 * After three declines in ten minutes from one address or of one card the page says no more than that the card was
 * declined, so that nobody learns which detail was wrong (8.8). `before`: the larger number of the two.
 */
export const toldCode = (code: ErrorCode, before: number, max: number): ErrorCode =>
  before >= max && DECLINES.has(code) ? 'CARD_DECLINED' : code;

/** Text and code that a customer may see; anything unexpected is a plain decline. */
const declineCode = (code: unknown): ErrorCode => (isErrorCode(code) && DECLINES.has(code) ? code : 'CARD_DECLINED');

const DECLINES: ReadonlySet<ErrorCode> = new Set([
  'CARD_DECLINED',
  'INSUFFICIENT_FUNDS',
  'EXPIRED_CARD',
  'INVALID_CARD_NUMBER',
  'INVALID_CVV',
  'AVS_MISMATCH',
  'CARD_NOT_SUPPORTED',
  'LIMIT_EXCEEDED',
  'AUTHENTICATION_REQUIRED',
]);
