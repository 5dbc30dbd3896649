// What is answered about a charge (contract 8.2, 8.3 and 12.2), from its sale and the attempt that decides it.
import type { AchSaleData } from '@ozura/contract/pay/ach-sale';
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import type { ChargeData, ChargeState } from '@ozura/contract/pay/charges';
import type { AttemptState } from '@ozura/core/attempt';
import { declineOf, failureOf } from '@ozura/core/attempt-answer';
import { ERRORS, Refusal } from '@ozura/core/errors';
import type { KnownCardSale, PreparedSale } from './prepared-sale.ts';
import type { Attempt } from './store/attempts.ts';
import type { Charge } from './store/charges.ts';

/** The data of a paid sale; throws what any other end of the attempt is answered with. */
export function saleAnswer(sale: PreparedSale, attempt: Attempt): CardSaleData {
  refuseFailure(sale, attempt);
  return approvedSale(sale, attempt);
}

/** The same of a bank debit; what became of it later does not change the answer. */
export function achAnswer(sale: PreparedSale, attempt: Attempt): AchSaleData {
  refuseFailure(sale, attempt);
  const { bank, known } = sale;
  const { outcome, endedAtMs } = attempt;
  if (bank === undefined || outcome?.kind !== 'approved') throw new Error(`no bank debit: ${attempt.attemptId}`);
  return {
    transactionId: attempt.attemptId,
    transactionType: 'AchSale',
    status: 'pending',
    ...known,
    ...bank,
    transDate: new Date(endedAtMs ?? 0).toISOString(),
    processor: attempt.processor,
    processorTransactionId: outcome.processorTransactionId,
  };
}

function refuseFailure(sale: PreparedSale, attempt: Attempt): void {
  const failure = failureOf(attempt);
  if (failure === undefined) return;
  // Only a plan whose first charge is still open is there to be asked about.
  const plan = failure.code === 'PAYMENT_UNKNOWN' && sale.plan !== undefined ? { planId: sale.plan.planId } : {};
  throw new Refusal(failure.code, { body: { ...failure.body, ...plan } });
}

function approvedSale(sale: PreparedSale, attempt: Attempt): CardSaleData {
  const { outcome, endedAtMs } = attempt;
  if (outcome?.kind !== 'approved' || endedAtMs === undefined) throw new Error(`not approved: ${attempt.attemptId}`);
  return {
    transactionId: attempt.attemptId,
    ...(sale.known as KnownCardSale),
    transDate: new Date(endedAtMs).toISOString(),
    processor: attempt.processor,
    processorTransactionId: outcome.processorTransactionId,
    ...(outcome.authCode === undefined ? {} : { authCode: outcome.authCode }),
    avsResult: outcome.avsResult,
    cvvResult: outcome.cvvResult,
  };
}

/** Being sent, as far as anybody knows: the caller comes back in a moment. */
export const isRunning = ({ state }: Pick<Attempt, 'state'>): boolean => state === 'INTENT' || state === 'SENT';

const CHARGE_STATES: Readonly<Record<AttemptState, ChargeState>> = {
  INTENT: 'processing',
  SENT: 'processing',
  UNKNOWN: 'unknown',
  VOID_PENDING: 'unknown',
  REVIEW: 'review',
  APPROVED: 'approved',
  DECLINED: 'declined',
  REFUSED: 'refused',
  NOT_SENT: 'not_sent',
  NOT_PROCESSED: 'not_processed',
  REVERSED: 'reversed',
};

/** A card that must not be tried again is declined without being sent. */
const stateOf = (attempt: Attempt): ChargeState =>
  attempt.state === 'NOT_SENT' && declineOf(attempt) !== undefined ? 'declined' : CHARGE_STATES[attempt.state];

export function chargeAnswer(charge: Charge, attempt: Attempt | undefined): ChargeData {
  const { chargeId } = charge;
  if (charge.state === 'dead' || attempt === undefined) return { chargeId, state: 'abandoned' };
  const { plan } = charge.sale;
  const told = {
    chargeId,
    state: stateOf(attempt),
    attemptId: attempt.attemptId,
    ...(plan === undefined ? {} : { planId: plan.planId }),
  };
  if (attempt.state === 'APPROVED') return { ...told, transaction: approvedSale(charge.sale, attempt) };
  const failure = isRunning(attempt) ? undefined : failureOf(attempt);
  if (failure === undefined) return told;
  return { ...told, failure: { errorCode: failure.code, error: ERRORS[failure.code].message, ...failure.body } };
}
