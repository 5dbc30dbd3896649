// Decline codes of all processors as one set, each with what a customer may be told, what the merchant may do, and the
// codes that card networks use for it (contract 8.3 and 8.8).
import type { ErrorCode } from './errors.ts';

/** What the merchant may do. `never`: this card must not be tried again. */
export type Advice = 'retry_later' | 'fix_data' | 'other_card' | 'call_bank' | 'never';

export interface DeclineMeaning {
  /** Safe to show: lost, stolen and suspected fraud look like any other decline. */
  readonly errorCode: ErrorCode;
  readonly advice: Advice;
  /** Response codes of the networks (ISO 8583 field 39 and their own); the first is the usual one. */
  readonly networkCodes: readonly string[];
  /** How long a card is not tried again at this merchant; absent: at once. */
  readonly heldDays?: number;
}

/**
 * Both networks count repeats over 30 days: a merchant pays for one after Mastercard's advice 03 or 21 within them, and
 * for more than 15 of Visa's other declines. After Visa's category 1, where the account is gone, no repeat is permitted
 * at all, and no card lives for longer than twenty years.
 * https://developer.worldpay.com/products/access/reference/response-codes/scheme-codes/ (Visa categories)
 * https://support.cardpointe.com/compliance/visa-decline-rules
 * https://support.peachpayments.com/support/solutions/articles/47001248617 (Mastercard's advice codes)
 */
const countedDays = 30;
const lifeOfACardDays = 20 * 366;

const meaning = (errorCode: ErrorCode, advice: Advice, ...networkCodes: string[]): DeclineMeaning => ({
  errorCode,
  advice,
  networkCodes,
});
const never = (heldDays: number, ...networkCodes: string[]): DeclineMeaning => ({
  ...meaning('CARD_DECLINED', 'never', ...networkCodes),
  heldDays,
});

export const DECLINES = {
  generic_decline: meaning('CARD_DECLINED', 'other_card', '05'),
  do_not_honor: meaning('CARD_DECLINED', 'call_bank', '05'),
  call_issuer: meaning('CARD_DECLINED', 'call_bank', '01', '02'),
  restricted_card: meaning('CARD_DECLINED', 'call_bank', '62'),
  inactive_card: meaning('CARD_DECLINED', 'call_bank', '78'),
  pin_tries_exceeded: meaning('CARD_DECLINED', 'call_bank', '75', '38'),
  security_violation: meaning('CARD_DECLINED', 'other_card', '63'),
  legal_violation: meaning('CARD_DECLINED', 'other_card', '93'),
  invalid_transaction: meaning('CARD_DECLINED', 'other_card', '12'),
  invalid_amount: meaning('CARD_DECLINED', 'fix_data', '13'),
  account_changed: meaning('CARD_DECLINED', 'fix_data', '79'),
  try_again_later: meaning('CARD_DECLINED', 'retry_later', '19'),
  issuer_unavailable: meaning('CARD_DECLINED', 'retry_later', '91', '92'),
  processing_error: meaning('CARD_DECLINED', 'retry_later', '96', '06'),
  lost_card: never(lifeOfACardDays, '41'),
  stolen_card: never(lifeOfACardDays, '43'),
  pickup_card: never(lifeOfACardDays, '04', '07'),
  closed_account: never(lifeOfACardDays, '46'),
  fraudulent: never(countedDays, '59', '34'),
  stop_payment_order: never(countedDays, 'R0', 'R1', 'R3'),
  insufficient_funds: meaning('INSUFFICIENT_FUNDS', 'retry_later', '51'),
  limit_exceeded: meaning('LIMIT_EXCEEDED', 'retry_later', '61', '60'),
  frequency_exceeded: meaning('LIMIT_EXCEEDED', 'retry_later', '65'),
  expired_card: meaning('EXPIRED_CARD', 'fix_data', '54', '33'),
  invalid_expiry: meaning('EXPIRED_CARD', 'fix_data', '80'),
  invalid_number: meaning('INVALID_CARD_NUMBER', 'fix_data', '14', '15', '56'),
  invalid_cvv: meaning('INVALID_CVV', 'fix_data', 'N7', '82'),
  avs_mismatch: meaning('AVS_MISMATCH', 'fix_data', 'N8'),
  card_not_supported: meaning('CARD_NOT_SUPPORTED', 'other_card', '57'),
  merchant_not_permitted: meaning('CARD_NOT_SUPPORTED', 'other_card', '58', '03'),
  currency_not_supported: meaning('CARD_NOT_SUPPORTED', 'other_card', '57'),
  authentication_required: meaning('AUTHENTICATION_REQUIRED', 'other_card', '1A', '70'),
} as const satisfies Record<string, DeclineMeaning>;

/** A code that no table knows is a plain decline. */
export const meaningOf = (declineCode: string): DeclineMeaning =>
  Object.hasOwn(DECLINES, declineCode) ? DECLINES[declineCode as keyof typeof DECLINES] : DECLINES.generic_decline;

const byNetworkCode = new Map(
  Object.entries(DECLINES)
    .reverse()
    .flatMap(([declineCode, { networkCodes }]) => networkCodes.map((code) => [code, declineCode] as const)),
);

/** Of two meanings of a code the first in the table; `undefined` for a code that no network has. */
export const declineOfNetworkCode = (code: string): string | undefined => byNetworkCode.get(code);
