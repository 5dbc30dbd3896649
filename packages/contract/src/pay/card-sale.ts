// `POST /cardSale` (contract 8.1 to 8.3): charges a card once.
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { cardSaleFields } from './card-sale-fields.ts';

const text = Type.String();
const maybe = Type.Optional(Type.String());

/** `CardSaleResponseData` of the SDK. */
export const cardSaleData = Type.Object({
  transactionId: text,
  amount: text,
  currency: text,
  surchargeAmount: maybe,
  salesTaxAmount: maybe,
  tipAmount: maybe,
  cardLastFour: text,
  cardBin: maybe,
  cardExpMonth: text,
  cardExpYear: text,
  cardBrand: text,
  isCreditCard: Type.Optional(Type.Boolean()),
  transDate: text,
  ozuraMerchantId: text,
  clientIpAddress: maybe,
  billingFirstName: text,
  billingLastName: text,
  billingEmail: text,
  billingPhone: text,
  billingAddress1: text,
  billingAddress2: maybe,
  billingCity: text,
  billingState: text,
  billingZipcode: text,
  billingCountry: text,
  processor: text,
  processorTransactionId: text,
  authCode: maybe,
  avsResult: text,
  cvvResult: text,
  orderId: maybe,
});

export type CardSaleData = Static<typeof cardSaleData>;

/** What a processor's no can be answered as (contract 8.8). */
export const DECLINE_ERRORS = [
  'CARD_DECLINED',
  'INSUFFICIENT_FUNDS',
  'EXPIRED_CARD',
  'INVALID_CARD_NUMBER',
  'INVALID_CVV',
  'AVS_MISMATCH',
  'CARD_NOT_SUPPORTED',
  'LIMIT_EXCEEDED',
  'AUTHENTICATION_REQUIRED',
] as const;

/**
 * Answers within 28 s. A failure body may also have `attemptId`, `declineCode`, `processorCode`, `advice` (402) and
 * `attemptId`, `retryable` (504). What a 5xx means for the charge is told by `getCharge`.
 */
export const cardSale = endpoint({
  name: 'cardSale',
  summary: 'Charges a card once.',
  service: 'pay',
  method: 'POST',
  path: '/cardSale',
  mayCharge: true,
  auth: ['keys', 'service'],
  limit: 'cardSale',
  input: cardSaleFields,
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: cardSaleData }),
  errors: [
    'VALIDATION_FAILED',
    'INVALID_JSON',
    'SECRET_IN_BODY',
    'CARD_DATA_REFUSED',
    'CVC_SESSION_EXPIRED',
    'PROCESSOR_NOT_CONFIGURED',
    'MISSING_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'MERCHANT_MISMATCH',
    ...DECLINE_ERRORS,
    'TOKEN_NOT_FOUND',
    'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH',
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'CVC_SESSION_ALREADY_USED',
    'ORDER_IN_DOUBT',
    'PRICE_CHANGED',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'PROCESSOR_AUTH_FAILED',
    'PROCESSOR_UNAVAILABLE',
    'TAX_UNAVAILABLE',
    'OVERLOADED',
    'PAYMENT_UNKNOWN',
  ],
});
