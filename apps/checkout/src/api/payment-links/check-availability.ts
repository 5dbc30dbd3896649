// `GET /api/payment-links/{linkId}/check-availability` (contract 5.3): can customers use this link now?
import { ERRORS, Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { CheckoutContext } from '../../context.ts';
import { loadPaymentLink, whyUnusable } from '../../payment-links.ts';

export const checkAvailability =
  (context: CheckoutContext) =>
  async ({ params }: Call<unknown, unknown>): Promise<object> => {
    const link = await loadPaymentLink(context, params.linkId);
    const code = whyUnusable(link, await context.db.now());
    if (code === undefined) return { success: true, available: true, message: 'Payment link is available' };
    if (code === 'PAYMENT_LINK_NOT_FOUND') throw new Refusal(code, { body: { available: false } });
    return { success: false, available: false, error: ERRORS[code].message, errorCode: code };
  };
