// Payment links: their address, who may read them, their slots, and the events that tell of them (contract 5.4, 14.2).
import { Refusal } from '@ozura/core/errors';
import { isPaymentLinkId, newEventId } from '@ozura/core/ids';
import { paymentLinkStatus } from '@ozura/core/payment-link';
import type { ChargeOutcome } from '@ozura/core/session-outcome';
import type { Handle } from '@ozura/kit/db/handle';
import type { CheckoutContext } from './context.ts';
import { insertEvent } from './store/events.ts';
import { findPaymentLink, type PaymentLink, releaseSlot, reserveSlot, takeSlot } from './store/payment-links.ts';
import type { Session } from './store/sessions.ts';

export const linkUrl = ({ config }: CheckoutContext, id: string): string => `${config.urls.checkoutUrl}/pay/${id}`;

/** Of an address that somebody typed or found. */
export const loadPaymentLink = async ({ db }: CheckoutContext, id = ''): Promise<PaymentLink | undefined> =>
  isPaymentLinkId(id) ? findPaymentLink(db, id) : undefined;

/** Another merchant's link is as unknown as one that does not exist. */
export async function ownPaymentLink(
  context: CheckoutContext,
  id: string | undefined,
  merchantId: string,
): Promise<PaymentLink> {
  const link = await loadPaymentLink(context, id);
  if (link === undefined || link.request.merchantId !== merchantId) throw new Refusal('PAYMENT_LINK_NOT_FOUND');
  return link;
}

export type UnusableCode = (typeof UNUSABLE)[keyof typeof UNUSABLE] & string;

/** `undefined` for a link that customers can use now. */
export const whyUnusable = (link: PaymentLink | undefined, nowMs: number): UnusableCode | undefined =>
  UNUSABLE[link === undefined ? 'unknown' : paymentLinkStatus(link, nowMs)];

const UNUSABLE = {
  active: undefined,
  used_up: 'PAYMENT_LINK_LIMIT_REACHED',
  expired: 'PAYMENT_LINK_EXPIRED',
  inactive: 'PAYMENT_LINK_INACTIVE',
  unknown: 'PAYMENT_LINK_NOT_FOUND',
} as const;

/** In the commit that starts a charge. A session of no link needs no slot. */
export async function reserveLinkSlot(tx: Handle, { paymentLinkId }: Session): Promise<void> {
  if (paymentLinkId === undefined) return;
  if ((await reserveSlot(tx, paymentLinkId)) === 0) throw new Refusal('PAYMENT_LINK_LIMIT_REACHED');
}

/** In the commit that ends a charge, and only there: what is not proven keeps its slot. */
export async function settleLinkSlot(
  context: CheckoutContext,
  tx: Handle,
  { paymentLinkId }: Session,
  { kind, atMs }: { readonly kind: ChargeOutcome['kind']; readonly atMs: number },
): Promise<void> {
  if (paymentLinkId === undefined) return;
  if (kind !== 'approved') {
    if ((await releaseSlot(tx, paymentLinkId)) === 0) throw new Error('a charge ended that held no slot of its link');
    return;
  }
  const link = await takeSlot(tx, paymentLinkId);
  if (link === undefined) throw new Error('a charge was approved that held no slot of its link');
  if (link.used === link.usageLimit) await tellOfLink(context, tx, link, { type: 'payment_link.limit_reached', atMs });
}

type LinkEventType = `payment_link.${'created' | 'limit_reached' | 'expired' | 'deactivated'}`;

export const tellOfLink = (
  { random }: CheckoutContext,
  tx: Handle,
  link: Pick<PaymentLink, 'id' | 'request' | 'used'> & { readonly usageLimit?: number | undefined },
  { type, atMs }: { readonly type: LinkEventType; readonly atMs: number },
): Promise<number> =>
  insertEvent(tx, {
    id: newEventId(random),
    merchantId: link.request.merchantId,
    subject: link.id,
    type,
    body: { paymentLinkId: link.id, used: link.used, usageLimit: link.usageLimit ?? null },
    atMs,
  });
