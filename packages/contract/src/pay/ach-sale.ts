// `POST /achSale` (contract 8.6): debits a bank account once. What becomes of it is known days later.
import { ACCOUNT_TYPES, SEC_CODES } from '@ozura/core/ach';
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';
import { achSaleFields } from './ach-sale-fields.ts';
import { cardSale } from './card-sale.ts';

const text = Type.String();
const maybe = Type.Optional(Type.String());

const achSaleData = Type.Object({
  transactionId: text,
  transactionType: textOf('AchSale'),
  /** As it is answered at first; later it is `approved` or `returned` in `transQuery`. */
  status: textOf('pending'),
  amount: text,
  currency: text,
  salesTaxAmount: maybe,
  routingNumber: text,
  accountLastFour: text,
  accountType: textOf(...ACCOUNT_TYPES),
  secCode: textOf(...SEC_CODES),
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
  orderId: maybe,
});

export type AchSaleData = Static<typeof achSaleData>;

/** Failures and their members are those of `cardSale`. Without an `Idempotency-Key` two calls are two debits. */
export const achSale = endpoint({
  name: 'achSale',
  summary: 'Debits a bank account once; the answer is pending until the bank has paid or returned it.',
  service: 'pay',
  method: 'POST',
  path: '/achSale',
  mayCharge: true,
  auth: ['keys', 'service'],
  limit: 'cardSale',
  input: achSaleFields,
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: achSaleData }),
  errors: cardSale.errors.filter((code) => code !== 'CVC_SESSION_EXPIRED' && code !== 'CVC_SESSION_ALREADY_USED'),
});
