// What the page hears of a charge and of its session (contract 1.4): told the same way as often as it asks.
import type { outcomeData } from '@ozura/contract/checkout/page-routes';
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import type { Static } from 'typebox';
import type { CheckoutContext } from './context.ts';
import { errorUrlOf, paymentDataOf, successUrlOf } from './redirects.ts';
import type { Charge } from './store/charges.ts';
import type { Session } from './store/sessions.ts';
import { unavailable } from './upstream.ts';

type OutcomeData = Static<typeof outcomeData>;

/** Of a charge that is open or paid. One that ended otherwise is a refusal. */
export function chargeAnswer(context: CheckoutContext, session: Session, charge: Charge): OutcomeData {
  if (charge.outcome === 'open' || charge.outcome === 'approved') return sessionOutcome(context, session);
  throw chargeRefusal(context, session, charge);
}

/** Where the session stands, and where the customer goes now. */
export function sessionOutcome(context: CheckoutContext, session: Session): OutcomeData {
  const { state } = session;
  const { status, paymentState } = state;
  if (status === 'completed') {
    return { status, paymentState, redirectUrl: successUrlOf(context, session), paymentData: paymentDataOf(session) };
  }
  if (status === 'failed') {
    const code = state.errorCode ?? 'SYSTEM_ERROR';
    return { status, paymentState, redirectUrl: errorUrlOf(context, session, code) };
  }
  if (paymentState === 'review') {
    return { status, paymentState, redirectUrl: errorUrlOf(context, session, 'MANUAL_REVIEW') };
  }
  return { status, paymentState };
}

function chargeRefusal(context: CheckoutContext, session: Session, { answerCode, attemptsLeft }: Charge): Refusal {
  const code: ErrorCode = answerCode ?? 'SYSTEM_ERROR';
  switch (code) {
    case 'FORBIDDEN':
    case 'AUTH_ERROR':
    case 'SYSTEM_ERROR':
      return new Refusal(code, { body: { redirectUrl: errorUrlOf(context, session, code) } });
    // Of these nothing is known here that the customer has not told in this very request.
    case 'PRICE_CHANGED':
    case 'CVC_SESSION_EXPIRED':
    case 'TOKEN_NOT_FOUND':
    case 'TAX_UNAVAILABLE':
    case 'PAYMENT_IN_PROGRESS':
      return new Refusal(code);
    // By another click: this one has ended.
    case 'OVERLOADED':
      return unavailable();
    default:
      return new Refusal(code, { body: { attemptsLeft: attemptsLeft ?? 0 } });
  }
}
