// Where a customer goes after a session, signed (contract 2.3 and 2.4), and the same facts for embedding pages (3.3).
import type { paymentData } from '@ozura/contract/checkout/page-routes';
import { errorRedirect, type RedirectErrorCode, type SuccessFacts, successRedirect } from '@ozura/core/redirect';
import type { Static } from 'typebox';
import type { CheckoutContext } from './context.ts';
import { metadataOf } from './session-answer.ts';
import type { Session } from './store/sessions.ts';

type PaymentData = Static<typeof paymentData>;

/** Of a completed session. */
export const successUrlOf = ({ signing, now }: CheckoutContext, session: Session): string =>
  successRedirect(session.request.successUrl, successFacts(session), signing.signer(now()));

export const errorUrlOf = ({ signing, now }: CheckoutContext, session: Session, errorCode: RedirectErrorCode): string =>
  errorRedirect(
    session.request.errorUrl,
    { errorCode, cancelUrl: session.request.cancelUrl, sessionId: session.id },
    signing.signer(now()),
  );

/** Of a completed session. */
export function paymentDataOf(session: Session): PaymentData {
  const { ozuraMerchantId: _merchant, metadata = {}, ...facts } = successFacts(session);
  return { success: true, transactionType: 'sale', ...facts, metadata };
}

function successFacts(session: Session): SuccessFacts {
  const { id, request, payment } = session;
  const common = { sessionId: id, checkoutMode: request.checkoutMode, metadata: metadataOf(session) };
  if (payment === undefined) return common;
  const { surchargeAmount, tipAmount, planId } = payment;
  return {
    ...common,
    transactionId: payment.transactionId,
    amount: payment.amount,
    currency: payment.currency,
    ozuraMerchantId: request.merchantId,
    ...(surchargeAmount === undefined ? {} : { surchargeAmount }),
    ...(tipAmount === undefined ? {} : { tipAmount }),
    transDate: payment.transDate,
    cardLastFour: payment.cardLastFour,
    cardExpMonth: payment.cardExpMonth,
    cardExpYear: payment.cardExpYear,
    cardBrand: payment.cardBrand,
    ...(planId === undefined ? {} : { planId }),
  };
}
