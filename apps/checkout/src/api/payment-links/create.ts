// `POST /api/payment-links/create` (contract 5.1): one insert, its event, and the URL to share.
import type { PaymentLinkRequest } from '@ozura/contract/checkout/payment-link-request';
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import { newPaymentLinkId } from '@ozura/core/ids';
import { type PaymentLinkStatus, paymentLinkStatus } from '@ozura/core/payment-link';
import type { Call } from '@ozura/kit/http/route';
import type { Arrived } from '../../arrival-time.ts';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { fingerprintOf } from '../../fingerprint.ts';
import { linkUrl, tellOfLink } from '../../payment-links.ts';
import { timeText } from '../../session-answer.ts';
import {
  findPaymentLinkByKey,
  insertPaymentLink,
  type NewPaymentLink,
  type PaymentLink,
} from '../../store/payment-links.ts';

const dayMs = 86_400_000;

export const createPaymentLink =
  (context: CheckoutContext) =>
  async ({ input, who, warnings }: Call<PaymentLinkRequest, Merchant & Arrived>): Promise<object> => {
    const { db, random } = context;
    const { session, expiresInDays, usageLimit } = input;
    const { merchantId } = session;
    if (merchantId !== who.merchantId) throw new Refusal('MERCHANT_MISMATCH');
    const key = session.idempotencyKey;
    const fingerprint = key === undefined ? undefined : fingerprintOf({ ...session, expiresInDays, usageLimit });
    const first = key === undefined ? undefined : await findPaymentLinkByKey(db, merchantId, key);
    if (first !== undefined) return replay(context, first, fingerprint, warnings);
    const link: NewPaymentLink = {
      id: newPaymentLinkId(random),
      request: session,
      usageLimit,
      fingerprint,
      createdAtMs: who.atMs,
      expiresAtMs: who.atMs + expiresInDays * dayMs,
    };
    if (await write(context, link)) return answer(context, link, warnings);
    const winner = key === undefined ? undefined : await findPaymentLinkByKey(db, merchantId, key);
    if (winner === undefined) throw new Error('a payment link was neither written nor found');
    return replay(context, winner, fingerprint, warnings);
  };

/** False when another request with the same key came first. */
const write = (context: CheckoutContext, link: NewPaymentLink): Promise<boolean> =>
  context.db.transact(async (tx) => {
    if ((await insertPaymentLink(tx, link)) === 0) return false;
    await tellOfLink(context, tx, { ...link, used: 0 }, { type: 'payment_link.created', atMs: link.createdAtMs });
    return true;
  });

/** What a repeated request hears when the first one's link is over. One that was used up is repeated, like a paid session. */
const OVER: Readonly<Partial<Record<PaymentLinkStatus, ErrorCode>>> = {
  expired: 'IDEMPOTENCY_KEY_EXPIRED_SESSION',
  inactive: 'IDEMPOTENCY_KEY_TERMINAL_SESSION',
};

async function replay(
  context: CheckoutContext,
  first: PaymentLink,
  fingerprint: string | undefined,
  warnings: readonly string[],
): Promise<object> {
  if (first.fingerprint !== fingerprint) throw new Refusal('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
  const over = OVER[paymentLinkStatus(first, await context.db.now())];
  if (over !== undefined) throw new Refusal(over);
  return { ...answer(context, first, warnings), cached: true };
}

const answer = (context: CheckoutContext, link: NewPaymentLink, warnings: readonly string[]): object => ({
  success: true,
  data: { paymentLinkId: link.id, url: linkUrl(context, link.id), expiresAt: timeText(link.expiresAtMs) },
  ...(warnings.length === 0 ? {} : { warnings }),
});
