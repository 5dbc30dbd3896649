// What is signed: the results we send a customer back with (contract 2.4) and the addresses of card frames (2.7).
// Used by the program that signs and by the SDK that verifies.

/** One query parameter, its value decoded. */
export type Parameter = readonly [name: string, value: string];

/** In the order in which they are appended (contract 2.3.1). */
export const SUCCESS_PARAMETERS = [
  'success',
  'sessionId',
  'checkoutMode',
  'transactionType',
  'transactionId',
  'amount',
  'currency',
  'ozuraMerchantId',
  'surchargeAmount',
  'tipAmount',
  'transDate',
  'cardLastFour',
  'cardExpMonth',
  'cardExpYear',
  'cardBrand',
  'planId',
  'metadata',
  'metadataTruncated',
  'keyId',
  'signedAt',
  'signature',
] as const;

/** In the order in which they are appended (contract 2.3.2). */
export const ERROR_PARAMETERS = [
  'success',
  'errorCode',
  'error',
  'cancelUrl',
  'sessionId',
  'keyId',
  'signedAt',
  'signature',
] as const;

/** The text to sign. Parameters that are not ours are left out: they belong to the merchant's own URL. */
export function redirectMessage(parameters: Iterable<Parameter>): string {
  const all = [...parameters];
  const listed = listedParameters(all);
  const lines = all
    .filter(([name]) => name !== 'signature' && listed.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${percentEncode(value)}`);
  return ['ozura-redirect-v1', ...lines].join('\n');
}

/** The names that are ours in a result: 2.3.1 when it says `success=true`, else 2.3.2. */
export const listedParameters = (parameters: readonly Parameter[]): readonly string[] =>
  parameters.some(([name, value]) => name === 'success' && value === 'true') ? SUCCESS_PARAMETERS : ERROR_PARAMETERS;

/** All but `A-Z a-z 0-9 - . _ ~`. `encodeURIComponent` leaves five more characters as they are. */
export const percentEncode = (value: string): string =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Who may hold the card frames of one hosted page, and until when. */
export interface FrameAncestors {
  readonly checkoutUrl: string;
  /** Only in iframe mode. */
  readonly parentOrigin?: string;
  readonly expiresAtMs: number;
}

export const frameMessage = ({ checkoutUrl, parentOrigin = '', expiresAtMs }: FrameAncestors): string =>
  ['ozura-frame-v1', checkoutUrl, parentOrigin, expiresAtMs].join('\n');
