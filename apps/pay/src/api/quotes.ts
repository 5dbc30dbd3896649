// `POST /quotes` (contract 1.4): for Checkout only.
import type { Quote } from '@ozura/contract/pay/quotes';
import { formatSurchargePercent } from '@ozura/core/surcharge';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../authentication.ts';
import type { PayContext } from '../context.ts';
import { moneyMembers, priceCharge } from '../price.ts';

export async function answerQuote(context: PayContext, { input, who }: Call<Quote, Caller>): Promise<unknown> {
  const price = await priceCharge(context, { ...input, merchantId: who.merchant.merchantId });
  const surchargePercent = formatSurchargePercent(price.surchargeHundredths);
  return { success: true, data: { ...moneyMembers(price), surchargePercent } };
}
