// A row of `GET /transQuery` (contract 8.5). Every member is optional on the wire, because callers choose `fields`.
import { type Static, Type } from 'typebox';

const text = Type.Optional(Type.String());

export const transaction = Type.Object({
  transactionId: text,
  transactionType: text,
  status: text,
  amount: text,
  currency: text,
  ozuraMerchantId: text,
  transDate: text,
  createdAt: text,
  processor: text,
  originalTransactionId: text,
  orderId: text,
  customerId: text,
  cartId: text,
  planId: text,
  salesTaxAmount: text,
  surchargeAmount: text,
  tipAmount: text,
  clientIpAddress: text,
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  address1: text,
  address2: text,
  city: text,
  state: text,
  zipcode: text,
  country: text,
  cardLastFour: text,
  cardBin: text,
  cardExpMonth: text,
  cardExpYear: text,
  cardBrand: text,
  isCreditCard: Type.Optional(Type.Boolean()),
  authCode: text,
  avsResult: text,
  cvvResult: text,
  refundedAmount: text,
  routingNumber: text,
  accountLastFour: text,
  accountType: text,
  returnCode: text,
});

export type TransactionRow = Static<typeof transaction>;
export type TransactionField = keyof TransactionRow;

export const TRANSACTION_FIELDS = Object.keys(transaction.properties) as readonly TransactionField[];
