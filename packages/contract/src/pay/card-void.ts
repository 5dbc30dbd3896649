// `POST /cardVoid` (contract 8.4): undoes a whole sale before it settles.
import { record, required, text } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';

const cardVoidData = Type.Object({
  transactionId: Type.String(),
  originalTransactionId: Type.String(),
  amount: Type.String(),
  currency: Type.String(),
  transDate: Type.String(),
  transactionType: textOf('CreditCardVoid'),
});

/** A second call answers the same. */
export const cardVoid = endpoint({
  name: 'cardVoid',
  summary: 'Undoes a whole sale before it settles.',
  service: 'pay',
  method: 'POST',
  path: '/cardVoid',
  mayCharge: true,
  auth: ['merchant-key', 'service'],
  limit: 'cardRefund',
  input: record({ merchantId: required(text(1, 30)), transactionId: required(text(1, 255)) }),
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: cardVoidData }),
  errors: [
    'VALIDATION_FAILED',
    'INVALID_JSON',
    'SECRET_IN_BODY',
    'CARD_DATA_REFUSED',
    'MISSING_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'MERCHANT_MISMATCH',
    'TRANSACTION_NOT_FOUND',
    'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH',
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'REFUND_EXCEEDS_BALANCE',
    'NOT_REFUNDABLE',
    'ALREADY_SETTLED',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'PROCESSOR_AUTH_FAILED',
    'PROCESSOR_UNAVAILABLE',
    'PAYMENT_UNKNOWN',
  ],
});
