// What the numbers and letters of Nuvei mean. A code that is not listed here proves nothing.
// Sources: "Response Handling" (https://docs.nuvei.com/documentation/integration/response-handling), tables "API Response
// Codes" (`errCode`) and "Gateway" (`gwErrorCode`, `gwExtendedErrorCode`); numbers up to 1046 also in `Constants` of
// Nuvei/nuvei-server-java of 2024.
import { declineOfNetworkCode } from '@ozura/core/attempt-decline';
import type { RefusalCause } from '@ozura/core/attempt-outcome';

/** Proof that nothing was done, or an explicit no about the card. */
export type Meaning = { readonly refused: RefusalCause } | { readonly declined: string };

const credentials: Meaning = { refused: 'credentials' };
const malformed: Meaning = { refused: 'unavailable' };
const declined = (declineCode: string): Meaning => ({ declined: declineCode });

/**
 * `errCode` beside `status: ERROR`: stage 1, the request itself, before anything goes to a bank. Left out on purpose, since
 * they may come after it or speak of another charge: 1000 (general error), 1012 (client request id: a repeated one), 1038
 * (communication error), 1057 and 1058 (order), 1064 (the session has been used for an order).
 */
const REQUEST_ERRORS: Readonly<Record<number, Meaning>> = {
  1001: credentials, // Checksum.
  1002: credentials, // No such merchant.
  1003: credentials, // No such site.
  1004: declined('invalid_number'), // Card data, which is always there: the number.
  1005: declined('invalid_expiry'),
  1006: declined('invalid_expiry'),
  1007: malformed, // Name on card.
  1008: declined('expired_card'),
  1010: malformed, // User token.
  1011: malformed, // User payment option.
  1013: credentials, // Merchant id.
  1014: malformed, // Country.
  1015: malformed, // Locale.
  1016: malformed, // Phone number.
  1017: credentials, // Merchant and site do not belong together.
  1018: declined('invalid_number'),
  1019: malformed, // Validation.
  1020: malformed, // Payment method.
  1021: malformed, // Time stamp.
  1022: credentials, // Site id.
  1023: malformed,
  1024: malformed,
  1028: declined('card_not_supported'),
  1029: declined('invalid_expiry'),
  1034: malformed, // Configuration of the site.
  1040: malformed, // Amount.
  1041: malformed, // Currency.
  1055: malformed,
  1056: malformed,
  1059: malformed,
  1060: malformed,
  1061: malformed,
  1062: declined('invalid_cvv'),
  1063: malformed, // Amounts of items.
  1065: malformed, // Session token.
  1066: malformed, // Request.
  1067: malformed, // Transaction type.
  1068: malformed, // Payment method not enabled.
  1069: malformed, // Session expired.
  1070: malformed, // Currency not enabled: another processor may have it.
};

const noMerchant = 'merchantId is not known there, or not in this environment';
const noSite = 'merchantSiteId is not known there, or not in this environment';

/** What is wrong with credentials, for the person who has entered them. */
const EXPLANATIONS: Readonly<Record<number, string>> = {
  1001: 'secretKey is not that of this site, or the site is set up for MD5 in place of SHA-256',
  1002: noMerchant,
  1003: noSite,
  1013: noMerchant,
  1017: 'merchantSiteId is no site of merchantId',
  1021: 'the clock of this machine is wrong',
  1022: noSite,
  1034: 'the site is not set up completely; ask Nuvei',
};

export const explanationOf = (errCode: unknown): string | undefined =>
  typeof errCode === 'number' && Object.hasOwn(EXPLANATIONS, errCode) ? EXPLANATIONS[errCode] : undefined;

/** `errCode` of `getTransactionDetails`: it knows none of that name, or does not know it yet. */
export const notFound = 9146;

/** `gwErrorCode`: the bank's no, and the gateway's filters, which come before the bank. */
export const bankDecline = -1;
export const filterError = -1100;

/** `gwExtendedErrorCode` beside a filter error. Left out on purpose: 1129 (general filter error), 1134 (AVS processor). */
const FILTERS: Readonly<Record<number, Meaning>> = {
  1001: declined('invalid_expiry'),
  1002: declined('expired_card'),
  1101: declined('invalid_number'),
  1102: declined('invalid_number'),
  1103: declined('invalid_number'),
  1104: declined('invalid_cvv'),
  1105: malformed, // Auth code, transaction and card do not belong together.
  1106: malformed, // More would be given back than was charged.
  1107: malformed, // No credits on this brand.
  1108: malformed, // Too long between authorisation and settlement.
  1109: declined('card_not_supported'),
  1110: declined('card_not_supported'),
  1111: malformed, // Charged back.
  1112: malformed, // Given back already.
  1113: declined('card_not_supported'),
  1114: declined('restricted_card'),
  1115: declined('invalid_number'),
  1116: declined('generic_decline'), // A rule of the merchant against fraud.
  1118: malformed,
  1119: malformed,
  1120: malformed,
  1121: malformed,
  1122: malformed,
  1124: malformed,
  1125: malformed,
  1126: malformed,
  1127: declined('limit_exceeded'),
  1128: malformed,
  1130: malformed,
  1131: malformed, // This type of transaction is not allowed for this bank.
  1132: declined('limit_exceeded'),
  1133: malformed,
  1135: malformed,
  1136: malformed,
  1137: malformed,
  1138: malformed,
  1139: malformed,
  1181: malformed, // Name for the statement.
};

const lookedUp = (table: Readonly<Record<number, Meaning>>, code: unknown): Meaning | undefined =>
  typeof code === 'number' && Object.hasOwn(table, code) ? table[code] : undefined;

export const meaningOfError = (errCode: unknown): Meaning | undefined => lookedUp(REQUEST_ERRORS, errCode);
export const meaningOfFilter = (extended: unknown): Meaning | undefined => lookedUp(FILTERS, extended);

/** Values of `gwErrorReason` beside `gwErrorCode` -1, where the issuer's own code does not come with it. */
const REASONS: Readonly<Record<string, string>> = {
  'do not honor': 'do_not_honor',
  'insufficient funds': 'insufficient_funds',
  'expired card': 'expired_card',
  'lost/stolen': 'lost_card',
  'lost card': 'lost_card',
  'stolen card': 'stolen_card',
  'invalid cvv2': 'invalid_cvv',
};

/** Mastercard's advice: the account is no use any more, or the agreement has been cancelled. */
const STOP_ADVICE: ReadonlySet<string> = new Set(['03', '21']);

export interface DeclineWords {
  readonly issuerCode: string;
  readonly reason: string;
  readonly advice: string;
}

/** Of our taxonomy. The issuer's own code (ISO 8583 field 39) tells more than the text. */
export function declineOf({ issuerCode, reason, advice }: DeclineWords): string {
  if (STOP_ADVICE.has(advice)) return 'stop_payment_order';
  const byNetwork = issuerCode === '05' ? 'do_not_honor' : declineOfNetworkCode(issuerCode);
  const key = reason.trim().toLowerCase();
  return byNetwork ?? (Object.hasOwn(REASONS, key) ? REASONS[key] : undefined) ?? 'generic_decline';
}

/** `avsCode` is mostly the normalised letter of contract 8.9. Nuvei's B is "not authorised": nothing about the address. */
export function avsResult(letter: string): string {
  if (letter === 'B') return 'U';
  return /^[AWYXZUSRN]$/.test(letter) ? letter : '';
}

/** `cvv2Reply`. Nuvei's S says that nobody was there to check it, not that it should be on the card. */
export function cvvResult(letter: string): string {
  if (letter === 'S') return 'U';
  return /^[MNPU]$/.test(letter) ? letter : '';
}
