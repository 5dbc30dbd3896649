// `GET /checkout/{sessionId}`: the page of the state a session is in (contract 2.2).
import type { CheckoutContext } from '../context.ts';
import { issuePageCredential, loadPageSession } from '../page-session.ts';
import { paidPriceOf } from '../paid-sale.ts';
import { errorUrlOf, paymentDataOf, successUrlOf } from '../redirects.ts';
import type { Session } from '../store/sessions.ts';
import type { Assets } from './assets.ts';
import { checkoutPage } from './checkout.ts';
import { languageFor, likelyCountry } from './language.ts';
import {
  cancelledPage,
  completedPage,
  expiredPage,
  failedPage,
  genericPage,
  processingPage,
  reviewPage,
} from './result.ts';
import { payView, shopView } from './session-views.ts';

export type PageAnswer =
  | { readonly status: 200 | 404 | 410; readonly page: string; readonly session?: Session }
  | { readonly status: 303; readonly location: string };

export interface Visit {
  readonly sessionId: string;
  readonly assets: Assets;
  readonly acceptLanguage: string | undefined;
  /** A `HEAD` request sees the same answer and leaves nothing behind. */
  readonly isHead: boolean;
}

export async function openCheckout(context: CheckoutContext, visit: Visit): Promise<PageAnswer> {
  const { assets } = visit;
  const session = await loadPageSession(context, visit.sessionId);
  const language = languageOf(visit, session);
  if (session === undefined) return { status: 404, page: genericPage(language, assets, 'unknown') };
  const { state, request } = session;
  const page = { language, assets, view: shopView(context, session), href: request.cancelUrl };
  switch (state.status) {
    case 'pending':
      return { status: 200, page: await pendingPage(context, visit, session), session };
    case 'completed':
      return { status: 200, page: alreadyPaid(context, visit, session), session };
    case 'cancelled':
      return { status: 200, page: cancelledPage(page), session };
    case 'expired':
      return { status: 410, page: expiredPage(page), session };
    case 'failed': {
      const href = errorUrlOf(context, session, 'SESSION_FAILED');
      // A redirect would leave a page that waits for our events without a word.
      if (page.view.embedding === undefined) return { status: 303, location: href };
      return { status: 200, page: failedPage({ ...page, href }), session };
    }
  }
}

const languageOf = ({ acceptLanguage }: Visit, session: Session | undefined) =>
  languageFor({ ...(session && { locale: session.request.locale }), acceptLanguage });

async function pendingPage(context: CheckoutContext, visit: Visit, session: Session): Promise<string> {
  const { assets } = visit;
  const language = languageOf(visit, session);
  const { paymentState } = session.state;
  const view = shopView(context, session);
  if (paymentState === 'review') return reviewPage({ language, assets, view, href: session.request.cancelUrl });
  const credential = visit.isHead ? '' : await issuePageCredential(context, session);
  if (paymentState === 'processing') return processingPage({ language, assets, view, credential });
  const opening = { language, credential, country: likelyCountry(visit.acceptLanguage), nowMs: await context.db.now() };
  return checkoutPage({ language, assets, view: payView(context, session, opening) });
}

function alreadyPaid(context: CheckoutContext, visit: Visit, session: Session): string {
  const language = languageOf(visit, session);
  const { currency, subtotalMinor } = session.request;
  const paidMinor = session.payment === undefined ? subtotalMinor : paidPriceOf(session.payment).totalMinor;
  return completedPage({
    language,
    assets: visit.assets,
    view: shopView(context, session),
    href: successUrlOf(context, session),
    amount: language.money(paidMinor, currency),
    paymentData: paymentDataOf(session),
  });
}
