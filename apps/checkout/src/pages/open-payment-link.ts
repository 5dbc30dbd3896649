// `GET /pay/{linkId}` (contract 5.2): a usable link leads to a session of its own, any other one to a page that says why.
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import { newSessionId } from '@ozura/core/ids';
import { type CheckoutContext, rulesOf } from '../context.ts';
import { loadPaymentLink, type UnusableCode, whyUnusable } from '../payment-links.ts';
import type { PaymentLink } from '../store/payment-links.ts';
import { insertSession } from '../store/sessions.ts';
import { lookOf } from './appearance.ts';
import type { Assets } from './assets.ts';
import { languageFor } from './language.ts';
import { unusableLinkPage } from './payment-link.ts';
import type { PageToSend } from './send-page.ts';
import { bannerOf } from './session-views.ts';

type UnusableAnswer = PageToSend & { readonly status: 404 | 410 };
export type LinkAnswer = UnusableAnswer | { readonly status: 303; readonly location: string | undefined };

export interface LinkVisit {
  readonly linkId: string;
  readonly assets: Assets;
  readonly acceptLanguage: string | undefined;
  /** A `HEAD` request hears that there is a way on, and no session is made for it. */
  readonly isHead: boolean;
}

export async function openPaymentLink(context: CheckoutContext, visit: LinkVisit): Promise<LinkAnswer> {
  const link = await loadPaymentLink(context, visit.linkId);
  const nowMs = await context.db.now();
  const code = whyUnusable(link, nowMs);
  if (code !== undefined) return unusable(context, visit, code, link);
  if (link === undefined || visit.isHead) return { status: 303, location: undefined };
  const id = newSessionId(nowMs, context.random);
  await insertSession(context.db, {
    id,
    request: sessionRequestOf(link),
    paymentLinkId: link.id,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + rulesOf(context).lifetimeMs,
  });
  return { status: 303, location: `${context.config.urls.checkoutUrl}/checkout/${id}` };
}

/** Whatever `embedMode` the merchant noted: a link opens by itself, and its pages are in nobody's frame. */
const sessionRequestOf = ({ request }: PaymentLink): SessionRequest => ({
  ...request,
  embedMode: 'redirect',
  parentOrigin: undefined,
});

function unusable(
  { config }: CheckoutContext,
  { acceptLanguage, assets }: LinkVisit,
  code: UnusableCode,
  link: PaymentLink | undefined,
): UnusableAnswer {
  const language = languageFor({ ...(link && { locale: link.request.locale }), acceptLanguage });
  if (link === undefined) return { status: 404, page: unusableLinkPage({ language, assets, code }) };
  const request = sessionRequestOf(link);
  const shop = {
    merchantName: request.merchantName,
    ...bannerOf(config),
    look: lookOf(request.appearance, request.hideHeader),
  };
  return { status: 410, page: unusableLinkPage({ language, assets, code, shop }), session: { request } };
}
