// Rows of the ledger as `transQuery` answers them (contract 8.5).
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import { formatMoney } from '@ozura/core/money';
import type { PreparedSale } from './prepared-sale.ts';
import type { Attempt } from './store/attempts.ts';
import type { Refund } from './store/refunds.ts';
import type { NewTransaction, Transaction } from './store/transactions.ts';

/** The transaction of an approved sale has the id of its attempt. */
export const saleTransaction = (sale: PreparedSale, attempt: Attempt, atMs: number): NewTransaction => ({
  ...common(sale, attempt, atMs),
  transactionId: attempt.attemptId,
  type: 'CreditCardSale',
  row: { transactionId: attempt.attemptId, transactionType: 'CreditCardSale', ...members(sale, attempt, atMs) },
});

/** Our own undoing of what the processor had booked. */
export const reversalTransaction = (
  sale: PreparedSale,
  attempt: Attempt,
  { transactionId, atMs }: { readonly transactionId: string; readonly atMs: number },
): NewTransaction => ({
  ...common(sale, attempt, atMs),
  transactionId,
  type: 'CreditCardReversal',
  row: {
    transactionId,
    transactionType: 'CreditCardReversal',
    originalTransactionId: attempt.attemptId,
    ...members(sale, attempt, atMs),
  },
});

/** Money given back: whose it was is copied from the sale, how much and when is its own. */
export function refundTransaction(sale: Transaction, refund: Refund, atMs: number): NewTransaction {
  const { refundId: transactionId, amountMinor, surchargeMinor, currency } = refund;
  const type = refund.means === 'void' ? 'CreditCardVoid' : 'CreditCardReturn';
  const at = new Date(atMs).toISOString();
  return {
    transactionId,
    merchantId: refund.merchantId,
    chargeId: sale.chargeId,
    attemptId: transactionId,
    type,
    orderId: sale.orderId,
    amountMinor,
    atMs,
    row: {
      ...whose(sale.row),
      transactionId,
      transactionType: type,
      status: 'approved',
      amount: formatMoney(amountMinor, currency),
      ...(surchargeMinor === 0n ? {} : { surchargeAmount: formatMoney(surchargeMinor, currency) }),
      originalTransactionId: refund.saleId,
      transDate: at,
      createdAt: at,
    },
  };
}

const whose = ({
  salesTaxAmount: _tax,
  surchargeAmount: _surcharge,
  tipAmount: _tip,
  authCode: _authCode,
  avsResult: _avs,
  cvvResult: _cvv,
  ...row
}: TransactionRow): TransactionRow => row;

const common = (sale: PreparedSale, attempt: Attempt, atMs: number) => ({
  merchantId: attempt.merchantId,
  chargeId: attempt.chargeId,
  attemptId: attempt.attemptId,
  orderId: sale.orderId,
  amountMinor: attempt.amountMinor,
  atMs,
});

function members(sale: PreparedSale, { processor, outcome }: Attempt, atMs: number): TransactionRow {
  const { billing, known, customerId, cartId, plan } = sale;
  const { line1, line2, city, state, zip, country } = billing.address;
  const at = new Date(atMs).toISOString();
  return {
    ...withoutBilling(known),
    status: 'approved',
    transDate: at,
    createdAt: at,
    processor,
    ...(customerId === undefined ? {} : { customerId }),
    ...(cartId === undefined ? {} : { cartId }),
    ...(plan === undefined ? {} : { planId: plan.planId }),
    firstName: billing.firstName,
    lastName: billing.lastName,
    email: billing.email,
    phone: billing.phone,
    address1: line1,
    ...(line2 === undefined ? {} : { address2: line2 }),
    city,
    state,
    zipcode: zip,
    country,
    ...(outcome?.kind === 'approved' ? checks(outcome) : {}),
  };
}

const checks = ({ authCode, avsResult, cvvResult }: { authCode?: string; avsResult: string; cvvResult: string }) => ({
  ...(authCode === undefined ? {} : { authCode }),
  avsResult,
  cvvResult,
});

/** The rows name the billing details without their prefix. */
const withoutBilling = (known: PreparedSale['known']): TransactionRow =>
  Object.fromEntries(Object.entries(known).filter(([name]) => !name.startsWith('billing')));
