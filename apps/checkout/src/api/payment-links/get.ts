// `GET /api/payment-links/{linkId}` (contract 5.4): a link as its merchant made it, and how far it is used.
import type { PaymentLinkView } from '@ozura/contract/checkout/payment-link';
import { paymentLinkStatus } from '@ozura/core/payment-link';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { linkUrl, ownPaymentLink } from '../../payment-links.ts';
import { itemsView, requestedView, timeText } from '../../session-answer.ts';
import type { PaymentLink } from '../../store/payment-links.ts';

const dayMs = 86_400_000;

export const getPaymentLink =
  (context: CheckoutContext) =>
  async ({ params, who }: Call<unknown, Merchant>): Promise<object> => {
    const link = await ownPaymentLink(context, params.linkId, who.merchantId);
    return { success: true, data: { paymentLink: view(context, link, await context.db.now()) } };
  };

function view(context: CheckoutContext, link: PaymentLink, nowMs: number): PaymentLinkView {
  const { request, createdAtMs, expiresAtMs } = link;
  return {
    id: link.id,
    url: linkUrl(context, link.id),
    status: paymentLinkStatus(link, nowMs),
    used: link.used,
    reserved: link.reserved,
    usageLimit: link.usageLimit ?? null,
    expiresInDays: (expiresAtMs - createdAtMs) / dayMs,
    ...requestedView(request),
    merchantName: request.merchantName,
    successUrl: request.successUrl,
    cancelUrl: request.cancelUrl,
    errorUrl: request.errorUrl,
    locale: request.locale,
    items: itemsView(request),
    createdAt: timeText(createdAtMs),
    expiresAt: timeText(expiresAtMs),
  };
}
