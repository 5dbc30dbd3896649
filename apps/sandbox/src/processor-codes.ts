// The sandbox's raw response codes, in the numbering that card networks use.

const CODES: Readonly<Record<string, readonly [code: string, message: string]>> = {
  generic_decline: ['05', 'DO NOT HONOR'],
  do_not_honor: ['05', 'DO NOT HONOR'],
  invalid_number: ['14', 'INVALID CARD NUMBER'],
  try_again_later: ['19', 'RE-ENTER TRANSACTION'],
  lost_card: ['41', 'LOST CARD'],
  stolen_card: ['43', 'STOLEN CARD'],
  pickup_card: ['04', 'PICK UP CARD'],
  insufficient_funds: ['51', 'INSUFFICIENT FUNDS'],
  expired_card: ['54', 'EXPIRED CARD'],
  card_not_supported: ['57', 'NOT PERMITTED TO CARDHOLDER'],
  fraudulent: ['59', 'SUSPECTED FRAUD'],
  limit_exceeded: ['61', 'EXCEEDS LIMIT'],
  authentication_required: ['1A', 'AUTHENTICATION REQUIRED'],
  invalid_cvv: ['N7', 'CVV MISMATCH'],
  avs_mismatch: ['N8', 'ADDRESS MISMATCH'],
};

/** A code that no table knows looks like a plain decline. */
export function rawCodeOf(declineCode: string): { readonly processorCode: string; readonly message: string } {
  const [processorCode, message] = CODES[declineCode] ?? ['05', 'DO NOT HONOR'];
  return { processorCode, message };
}
