// Rows of the ledger as `transQuery` answers them (contract 8.5).
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import { type BankAccount, nextBankCheckAt } from '@ozura/core/ach';
import { formatMoney } from '@ozura/core/money';
import type { PreparedSale } from './prepared-sale.ts';
import type { Attempt } from './store/attempts.ts';
import type { Refund } from './store/refunds.ts';
import type { NewTransaction, Transaction } from './store/transactions.ts';

/** The transaction of an approved sale has the id of its attempt. A bank debit is approved later, if it is. */
export function saleTransaction(sale: PreparedSale, attempt: Attempt, atMs: number): NewTransaction {
  const { attemptId: transactionId } = attempt;
  const members = membersOf(sale, attempt, atMs);
  if (sale.bank === undefined) {
    const row = { transactionId, transactionType: 'CreditCardSale', ...members };
    return { ...common(sale, attempt, atMs), transactionId, type: 'CreditCardSale', row };
  }
  const row = { transactionId, transactionType: 'AchSale', ...members, status: 'pending' };
  const nextCheckAtMs = nextBankCheckAt(atMs, atMs);
  return { ...common(sale, attempt, atMs), transactionId, type: 'AchSale', row, nextCheckAtMs };
}

/** Our own undoing of what the processor had booked. */
export function reversalTransaction(
  sale: PreparedSale,
  attempt: Attempt,
  { transactionId, atMs }: { readonly transactionId: string; readonly atMs: number },
): NewTransaction {
  const type = sale.bank === undefined ? 'CreditCardReversal' : 'AchReversal';
  const original = { originalTransactionId: attempt.attemptId };
  const row = { transactionId, transactionType: type, ...original, ...membersOf(sale, attempt, atMs) };
  return { ...common(sale, attempt, atMs), transactionId, type, row };
}

/** The bank has taken a debit back, and says why in its code. */
export function returnTransaction(debit: Transaction, transactionId: string, atMs: number): NewTransaction {
  const { merchantId, chargeId, attemptId, orderId, amountMinor, row } = debit;
  const at = new Date(atMs).toISOString();
  const own = { transactionId, transactionType: 'AchReturn', status: 'approved', transDate: at, createdAt: at };
  return {
    transactionId,
    merchantId,
    chargeId,
    attemptId,
    type: 'AchReturn',
    orderId,
    amountMinor,
    atMs,
    row: { ...whose(row), ...own, originalTransactionId: debit.transactionId },
  };
}

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

function membersOf(sale: PreparedSale, { processor, outcome }: Attempt, atMs: number): TransactionRow {
  const { billing, known, bank, customerId, cartId, plan } = sale;
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
    ...(bank === undefined ? {} : accountOf(bank)),
    ...(outcome?.kind === 'approved' && bank === undefined ? checks(outcome) : {}),
  };
}

const accountOf = ({ routingNumber, accountLastFour, accountType }: BankAccount) => ({
  routingNumber,
  accountLastFour,
  accountType,
});

const checks = ({ authCode, avsResult, cvvResult }: { authCode?: string; avsResult: string; cvvResult: string }) => ({
  ...(authCode === undefined ? {} : { authCode }),
  avsResult,
  cvvResult,
});

/** The rows name the billing details without their prefix. */
const withoutBilling = (known: PreparedSale['known']): TransactionRow =>
  Object.fromEntries(Object.entries(known).filter(([name]) => !name.startsWith('billing')));
