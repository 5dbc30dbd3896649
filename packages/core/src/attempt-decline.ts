// Decline codes of all processors, as one small set with advice (contract 8.3 and 8.8).
import type { ErrorCode } from './errors.ts';

/** What the merchant may do. `never`: this card must not be tried again. */
export type Advice = 'retry_later' | 'fix_data' | 'other_card' | 'call_bank' | 'never';

export interface DeclineMeaning {
  /** Safe to show: lost, stolen and suspected fraud look like any other decline. */
  readonly errorCode: ErrorCode;
  readonly advice: Advice;
}

const meaning = (errorCode: ErrorCode, advice: Advice): DeclineMeaning => ({ errorCode, advice });

const MEANINGS: ReadonlyMap<string, DeclineMeaning> = new Map([
  ['generic_decline', meaning('CARD_DECLINED', 'other_card')],
  ['do_not_honor', meaning('CARD_DECLINED', 'call_bank')],
  ['try_again_later', meaning('CARD_DECLINED', 'retry_later')],
  ['lost_card', meaning('CARD_DECLINED', 'never')],
  ['stolen_card', meaning('CARD_DECLINED', 'never')],
  ['pickup_card', meaning('CARD_DECLINED', 'never')],
  ['fraudulent', meaning('CARD_DECLINED', 'never')],
  ['insufficient_funds', meaning('INSUFFICIENT_FUNDS', 'retry_later')],
  ['limit_exceeded', meaning('LIMIT_EXCEEDED', 'retry_later')],
  ['expired_card', meaning('EXPIRED_CARD', 'fix_data')],
  ['invalid_number', meaning('INVALID_CARD_NUMBER', 'fix_data')],
  ['invalid_cvv', meaning('INVALID_CVV', 'fix_data')],
  ['avs_mismatch', meaning('AVS_MISMATCH', 'fix_data')],
  ['card_not_supported', meaning('CARD_NOT_SUPPORTED', 'other_card')],
  ['authentication_required', meaning('AUTHENTICATION_REQUIRED', 'other_card')],
]);

/** A code that no table knows is a plain decline. */
export const meaningOf = (declineCode: string): DeclineMeaning =>
  MEANINGS.get(declineCode) ?? meaning('CARD_DECLINED', 'other_card');
