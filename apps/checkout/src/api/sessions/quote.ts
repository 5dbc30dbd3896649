// `POST /api/sessions/{sessionId}/quote` (contract 1.4): the price as it would be charged now.
import type { quoteSession as record } from '@ozura/contract/checkout/page-routes';
import type { InputOf } from '@ozura/contract/endpoint';
import { getBin } from '@ozura/contract/vault/bins';
import type { Funding } from '@ozura/core/card/funding';
import { whyEnded } from '@ozura/core/session';
import { Intake, refuseFailures } from '@ozura/core/validation';
import type { Call } from '@ozura/kit/http/route';
import { actingFor, type CheckoutContext } from '../../context.ts';
import { quotedPrice, subtotalOf } from '../../price.ts';
import { pricingOf } from '../../session-answer.ts';
import type { Session } from '../../store/sessions.ts';
import { asked } from '../../upstream.ts';

export const quoteSession =
  (context: CheckoutContext) =>
  async ({ input, who }: Call<InputOf<typeof record>, Session>): Promise<object> => {
    const { request, state } = who;
    const ended = whyEnded(state, await context.db.now());
    if (ended !== undefined) throw ended;
    const intake = new Intake();
    const subtotalMinor = subtotalOf(request, input.donationAmount, intake);
    refuseFailures(intake);
    const funding = await fundingOf(context, request.merchantId, input.bin);
    const price = await quotedPrice(context, request, { subtotalMinor, funding, place: input.billing });
    return { success: true, data: { pricing: pricingOf(price), surchargePercent: price.surchargePercent } };
  };

/** Without a card, or without an answer, as for a credit card: the charge can then only be lower. */
async function fundingOf({ vault }: CheckoutContext, merchantId: string, bin: string | undefined): Promise<Funding> {
  if (bin === undefined) return 'credit';
  const answer = await asked(vault.call(getBin, { params: { bin }, headers: actingFor(merchantId) }));
  return answer.ok ? answer.body.data.funding : 'credit';
}
