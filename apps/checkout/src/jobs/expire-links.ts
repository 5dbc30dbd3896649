// Tells of payment links whose time is over. Whoever looks at one finds that out by himself; the event needs somebody.
import { paymentLinkStatus } from '@ozura/core/payment-link';
import type { Job } from '@ozura/kit/jobs';
import type { CheckoutContext } from '../context.ts';
import { tellOfLink } from '../payment-links.ts';
import { listEndedLinks, noticeEnd } from '../store/payment-links.ts';

const everyMs = 5_000;
const dueMax = 200;

export const expireLinks = (context: CheckoutContext): Job => ({
  name: 'expire-links',
  everyMs,
  run: async () => {
    const { db } = context;
    const ended = await listEndedLinks(db, await db.now(), dueMax);
    await Promise.all(ended.map((id) => expireLink(context, id)));
  },
});

/** A link that was used up or switched off before its end has been told of already. */
const expireLink = (context: CheckoutContext, id: string): Promise<void> =>
  context.db.transact(async (tx) => {
    const atMs = await tx.now();
    const link = await noticeEnd(tx, id, atMs);
    if (link === undefined || paymentLinkStatus(link, atMs) !== 'expired') return;
    await tellOfLink(context, tx, link, { type: 'payment_link.expired', atMs });
  });
