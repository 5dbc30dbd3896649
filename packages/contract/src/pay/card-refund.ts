// `POST /cardRefund` (contract 8.4): gives back a sale or a part of it.
import { plainlyCardless } from '@ozura/core/cardless';
import { isMoneyText } from '@ozura/core/money';
import { accepting, optional, record, required, text } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';
import { DECLINE_ERRORS } from './card-sale.ts';

const NO_AMOUNT = 'must be a decimal number such as "25.00"';

/** How many decimals there may be depends on the currency of the sale, which is read later. */
const amountText = accepting<string>(
  (value, path, intake) => {
    const written = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    if (!isMoneyText(written)) return intake.fail(path, NO_AMOUNT);
    return /[1-9]/.test(written) ? written : intake.fail(path, 'must be greater than 0');
  },
  { schema: { type: ['string', 'number'], description: NO_AMOUNT } },
);

/** `pending`: the processor gives the money back later. `remainingAmount`: what may still be refunded. */
const cardRefundData = Type.Object({
  transactionId: Type.String(),
  originalTransactionId: Type.String(),
  amount: Type.String(),
  currency: Type.String(),
  surchargeAmount: Type.Optional(Type.String()),
  transDate: Type.String(),
  transactionType: textOf('CreditCardReturn', 'CreditCardVoid'),
  status: textOf('approved', 'pending'),
  remainingAmount: Type.String(),
});

/**
 * Without `amount`: all that is left. A sale that is not settled yet is voided when all of it is given back. Without an
 * `Idempotency-Key` two calls are two refunds. `retryable` and `attemptId` come with 504, as in a sale.
 */
export const cardRefund = endpoint({
  name: 'cardRefund',
  summary: 'Gives back a sale, a part of it, or all that is left of it.',
  service: 'pay',
  method: 'POST',
  path: '/cardRefund',
  mayCharge: true,
  auth: ['merchant-key', 'service'],
  limit: 'cardRefund',
  input: record({
    merchantId: required(text(1, 30)),
    transactionId: required(text(1, 255)),
    amount: optional(amountText),
    /** Where it is sent it has to be that of the sale. */
    currency: optional(text(1, 10)),
    reason: optional(plainlyCardless(text(0, 255, 'must be at most 255 characters'))),
  }),
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: cardRefundData }),
  errors: [
    'VALIDATION_FAILED',
    'INVALID_JSON',
    'SECRET_IN_BODY',
    'CARD_DATA_REFUSED',
    'MISSING_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'MERCHANT_MISMATCH',
    ...DECLINE_ERRORS,
    'TRANSACTION_NOT_FOUND',
    'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH',
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'REFUND_EXCEEDS_BALANCE',
    'NOT_REFUNDABLE',
    'NOT_SETTLED',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'PROCESSOR_AUTH_FAILED',
    'PROCESSOR_UNAVAILABLE',
    'PAYMENT_UNKNOWN',
  ],
});
