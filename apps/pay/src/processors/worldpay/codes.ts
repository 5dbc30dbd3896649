// Worldpay's words for refusals, checks and the state of a payment, and what they are to us.
import { declineOfNetworkCode } from '@ozura/core/attempt-decline';
import { isObject } from '@ozura/core/validation';

/**
 * "Refusal response codes" (developer.worldpay.com/products/reference/refusal-response, November 2025), and from 63 on
 * the list that Worldpay's own plugins carry for the same codes. Left out on purpose: 8 and 10 speak of approvals, 26 and
 * 94 of an earlier request, 68 of a time-out, 80 of a settlement.
 */
const REFUSALS: Readonly<Record<string, string>> = {
  '1': 'call_issuer',
  '2': 'call_issuer',
  '3': 'merchant_not_permitted',
  '4': 'pickup_card',
  '5': 'do_not_honor',
  '6': 'generic_decline',
  '7': 'pickup_card',
  '12': 'invalid_transaction',
  '13': 'invalid_amount',
  '14': 'invalid_number',
  '15': 'invalid_number',
  '17': 'generic_decline',
  '19': 'try_again_later',
  '20': 'processing_error',
  '25': 'generic_decline',
  '28': 'try_again_later',
  '30': 'processing_error',
  '31': 'merchant_not_permitted',
  '33': 'expired_card',
  '34': 'fraudulent',
  // Of the security code, not of the PIN, where no card is present.
  '38': 'invalid_cvv',
  '39': 'card_not_supported',
  '40': 'card_not_supported',
  '41': 'lost_card',
  '43': 'stolen_card',
  '46': 'closed_account',
  '51': 'insufficient_funds',
  '52': 'card_not_supported',
  '53': 'card_not_supported',
  '54': 'expired_card',
  '55': 'invalid_cvv',
  '56': 'invalid_number',
  '57': 'card_not_supported',
  '58': 'merchant_not_permitted',
  '59': 'fraudulent',
  '61': 'limit_exceeded',
  '62': 'restricted_card',
  '63': 'security_violation',
  '64': 'invalid_amount',
  // The issuer wants the customer to authenticate; at the networks it is a limit.
  '65': 'authentication_required',
  '75': 'invalid_cvv',
  '76': 'restricted_card',
  '78': 'inactive_card',
  '85': 'do_not_honor',
  '91': 'issuer_unavailable',
  '92': 'card_not_supported',
  '97': 'security_violation',
};

const NO_REFUSALS: ReadonlySet<string> = new Set(['8', '10', '26', '68', '80', '94']);

/**
 * `undefined` for a code of no list. What Worldpay's own list does not have may be the card scheme's, passed on as it is
 * ("Raw response codes", the page below it).
 */
export function declineOf(code: unknown): string | undefined {
  const text = typeof code === 'number' ? String(code) : code;
  if (typeof text !== 'string' || !/^[0-9A-Z]{1,3}$/.test(text)) return undefined;
  const own = text.replace(/^0+(?=\d)/, '');
  if (NO_REFUSALS.has(own)) return undefined;
  return Object.hasOwn(REFUSALS, own) ? REFUSALS[own] : declineOfNetworkCode(text.padStart(2, '0'));
}

/** Refused before the issuer was asked: by the fraud screening or the authentication that an account has switched on. */
export const REFUSED_BEFORE: Readonly<Record<string, string>> = {
  fraudHighRisk: 'security_violation',
  '3dsAuthenticationFailed': 'authentication_required',
  '3dsUnavailable': 'authentication_required',
};

type Check = 'matched' | 'mismatched' | 'unchecked';

interface RiskFactor {
  readonly type: string;
  /** Empty: of all that the type has. */
  readonly detail: string;
  readonly risk: string;
}

/** Both spellings are in the reference: `notMatched` in its schema, `not_matched` in examples. */
const factorsOf = (riskFactors: unknown): readonly RiskFactor[] =>
  (Array.isArray(riskFactors) ? riskFactors : []).filter(isObject).map(({ type, detail, risk }) => ({
    type: wordOf(type),
    detail: wordOf(detail),
    risk: wordOf(risk),
  }));

const wordOf = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('_', '').toLowerCase() : '');

/** What passed a check is not on the list of risks, which is missing when there are none. */
function checkOf(factors: readonly RiskFactor[]): Check {
  if (factors.length === 0) return 'matched';
  return factors.some(({ risk }) => risk === 'notmatched') ? 'mismatched' : 'unchecked';
}

/** Of the letters of contract 8.9. `asked`: a code was sent. */
export function cvvResult(riskFactors: unknown, asked: boolean): string {
  const factors = factorsOf(riskFactors).filter(({ type }) => type === 'cvc');
  const check = checkOf(factors);
  if (check === 'mismatched') return 'N';
  return check === 'matched' && asked ? 'M' : 'P';
}

/** Street, then postal code. */
const AVS: Readonly<Record<Check, Readonly<Record<Check, string>>>> = {
  matched: { matched: 'Y', mismatched: 'A', unchecked: 'B' },
  mismatched: { matched: 'Z', mismatched: 'N', unchecked: 'N' },
  unchecked: { matched: 'P', mismatched: 'N', unchecked: 'U' },
};

/** Of the letters of contract 8.9. `asked`: an address was sent. */
export function avsResult(riskFactors: unknown, asked: boolean): string {
  const factors = factorsOf(riskFactors).filter(({ type }) => type === 'avs');
  if (factors.length === 0 && !asked) return '';
  const of = (detail: string) => checkOf(factors.filter((factor) => factor.detail === detail || factor.detail === ''));
  return AVS[of('address')][of('postcode')];
}

export type Standing = 'standing' | 'undone' | 'refused' | 'pending' | 'doubtful';

/**
 * What the last event says of the sale ("Payment Queries" 1, `lastEvent`). A settlement that failed is money that did not
 * move although the issuer agreed: a person has to look.
 */
const EVENTS: Readonly<Record<string, Standing>> = {
  authorizationRequested: 'pending',
  authorizationSucceeded: 'standing',
  authorizationRefused: 'refused',
  authorizationFailed: 'doubtful',
  authorizationTimedOut: 'doubtful',
  saleRequested: 'pending',
  saleSucceeded: 'standing',
  saleRefused: 'refused',
  saleFailed: 'doubtful',
  saleTimedOut: 'doubtful',
  settlementRequested: 'standing',
  settlementRequestSubmitted: 'standing',
  settlementFailed: 'doubtful',
  settlementTimedOut: 'doubtful',
  refundRequested: 'standing',
  refundRequestSubmitted: 'standing',
  refundFailed: 'standing',
  refundTimedOut: 'standing',
  cancellationRequested: 'undone',
  cancellationRequestSubmitted: 'undone',
  cancellationFailed: 'standing',
  cancellationTimedOut: 'standing',
  reversalRequested: 'undone',
  reversalRequestSubmitted: 'undone',
  reversalFailed: 'standing',
  reversalTimedOut: 'standing',
};

/**
 * The words in which the Payments API itself may answer, which its description does not list and "Query payment status" of
 * Card Payments 7 does: `Sent for Settlement`, or `sentForSettlement`. Left out on purpose: `Sent for Refund` and
 * `Refunded`, which a partial refund and a reversal after settlement share.
 */
const STATES: Readonly<Record<string, Standing>> = {
  sentforauthorization: 'pending',
  authorized: 'standing',
  refused: 'refused',
  sentforsettlement: 'standing',
  settled: 'standing',
  sentforcancellation: 'undone',
  cancelled: 'undone',
  settlementfailed: 'doubtful',
  error: 'doubtful',
  expired: 'doubtful',
};

/** `undefined` for an event of no list. */
export function standingOf(lastEvent: unknown): Standing | undefined {
  if (typeof lastEvent !== 'string') return undefined;
  if (Object.hasOwn(EVENTS, lastEvent)) return EVENTS[lastEvent];
  const state = lastEvent.replaceAll(' ', '').toLowerCase();
  return Object.hasOwn(STATES, state) ? STATES[state] : undefined;
}
