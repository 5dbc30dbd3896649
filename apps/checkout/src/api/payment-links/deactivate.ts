// `POST /api/payment-links/{linkId}/deactivate` (contract 5.4): no new sessions. The open ones can still be paid.
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { ownPaymentLink, tellOfLink } from '../../payment-links.ts';
import { switchOff } from '../../store/payment-links.ts';

export const deactivatePaymentLink =
  (context: CheckoutContext) =>
  async ({ params, who }: Call<unknown, Merchant>): Promise<object> => {
    const { id } = await ownPaymentLink(context, params.linkId, who.merchantId);
    await context.db.transact(async (tx) => {
      const atMs = await tx.now();
      const link = await switchOff(tx, id, atMs);
      // Somebody else did: doing it twice is doing it once.
      if (link !== undefined) await tellOfLink(context, tx, link, { type: 'payment_link.deactivated', atMs });
    });
    return { success: true };
  };
