// The events of an attempt's ends (contract 14.2). No card data beyond what a receipt shows, no billing details.
import { declineOf, failureOf } from '@ozura/core/attempt-answer';
import { formatMoney } from '@ozura/core/money';
import type { PreparedSale } from './prepared-sale.ts';
import type { Attempt } from './store/attempts.ts';
import type { Refund } from './store/refunds.ts';
import type { Transaction } from './store/transactions.ts';

export interface PaymentEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Of the state that an attempt has come to; `transactionId` is that of the row written with it. */
export function endEvents(sale: PreparedSale, attempt: Attempt, transactionId: string | undefined): PaymentEvent[] {
  const resolved: PaymentEvent[] =
    attempt.reviewedAtMs === undefined
      ? []
      : [{ type: 'payment.resolved', data: { ...subject(sale, attempt), outcome: attempt.state.toLowerCase() } }];
  return [...ownEvents(sale, attempt, transactionId), ...resolved];
}

export const reviewEvent = (sale: PreparedSale, attempt: Attempt): PaymentEvent => ({
  type: 'payment.review',
  data: subject(sale, attempt),
});

const approvedEvent = (sale: PreparedSale, attempt: Attempt, transactionId: string | undefined): PaymentEvent => ({
  type: 'payment.approved',
  data: { transactionId, ...subject(sale, attempt), processor: attempt.processor, ...facts(sale) },
});

export const bankPaidEvent = (sale: PreparedSale, attempt: Attempt): PaymentEvent =>
  approvedEvent(sale, attempt, attempt.attemptId);

export const bankReturnedEvent = (
  { transactionId: originalTransactionId, amountMinor, currency }: Transaction,
  { transactionId, returnCode }: { readonly transactionId: string; readonly returnCode: string },
): PaymentEvent => ({
  type: 'payment.returned',
  data: {
    transactionId,
    originalTransactionId,
    amount: formatMoney(amountMinor, currency),
    currency,
    reason: returnCode,
  },
});

/** A refund that was carried out as a void is both. */
export function refundedEvents(refund: Refund): PaymentEvent[] {
  const data = { transactionId: refund.refundId, ...givenBack(refund) };
  const voided = { type: 'payment.voided', data: { ...data, reason: refund.reason ?? refund.operation } };
  return [
    ...(refund.means === 'void' ? [voided] : []),
    ...(refund.operation === 'cardRefund' ? [{ type: 'refund.succeeded', data }] : []),
  ];
}

export const refundFailedEvent = (refund: Refund): PaymentEvent => ({ type: 'refund.failed', data: givenBack(refund) });

const givenBack = ({ saleId, amountMinor, currency }: Refund) => ({
  originalTransactionId: saleId,
  amount: formatMoney(amountMinor, currency),
  currency,
});

function ownEvents(sale: PreparedSale, attempt: Attempt, transactionId: string | undefined): PaymentEvent[] {
  const about = subject(sale, attempt);
  switch (attempt.state) {
    case 'APPROVED':
      // A bank debit is not paid yet.
      return sale.bank === undefined ? [approvedEvent(sale, attempt, transactionId)] : [];
    case 'DECLINED':
    case 'NOT_SENT': {
      if (declineOf(attempt) === undefined) return [];
      const failure = failureOf(attempt);
      return [{ type: 'payment.declined', data: { ...about, errorCode: failure?.code, ...failure?.body } }];
    }
    case 'REVERSED': {
      const { amount, currency } = about;
      const original = { originalTransactionId: attempt.attemptId };
      return [
        { type: 'payment.reversed', data: { transactionId, ...original, amount, currency, reason: attempt.undo } },
      ];
    }
    default:
      return [];
  }
}

/** Checkout names a session as the order. */
const subject = ({ orderId, known }: PreparedSale, { attemptId }: Attempt) => ({
  attemptId,
  amount: known.amount,
  currency: known.currency,
  ...(orderId?.startsWith('session_') === true ? { sessionId: orderId } : {}),
});

const facts = ({ orderId, plan, bank, known }: PreparedSale) => ({
  ...(orderId === undefined ? {} : { orderId }),
  ...(plan === undefined ? {} : { planId: plan.planId }),
  ...(bank === undefined ? {} : { accountLastFour: bank.accountLastFour }),
  ...(known.cardLastFour === undefined
    ? {}
    : {
        cardLastFour: known.cardLastFour,
        cardExpMonth: known.cardExpMonth,
        cardExpYear: known.cardExpYear,
        cardBrand: known.cardBrand,
      }),
});
