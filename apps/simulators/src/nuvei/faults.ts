// What the simulated Nuvei says of a request that it does not carry out: `errCode` and `reason`.

export type Json = Readonly<Record<string, unknown>>;

export const FAULTS = {
  1000: 'General Error',
  1001: 'Invalid checksum',
  1004: 'Missing or invalid CardData data',
  1007: 'Invalid name on card',
  1012: 'Invalid clientRequestId',
  1013: 'Invalid merchant ID',
  1014: 'Invalid country code',
  1019: 'Validation Error',
  1021: 'Invalid timestamp',
  1022: 'Invalid merchant site ID',
  1029: 'Invalid expired date',
  1040: 'Invalid or missing amount',
  1041: 'Invalid or missing amount currency',
  1062: 'Invalid CVV',
  1064: 'Invalid session token. There can be only one order per session token.',
  1065: 'Invalid token',
  1066: 'Invalid request',
  1067: 'Invalid or missing transaction type',
  1068: 'Payment method is not enabled',
  9146: 'No transaction details returned for the provided id.',
} as const;

export type Fault = keyof typeof FAULTS;
