// What a charge comes to (contract 6.4 and 6.5). Quotes, sales and plan cycles all ask here, so that none of them can
// come to another total than what was shown.
import type { Place } from '@ozura/core/billing';
import type { Funding } from '@ozura/core/card/funding';
import { formatMoney } from '@ozura/core/money';
import { type Price, price } from '@ozura/core/pricing';
import { capSurcharge } from '@ozura/core/surcharge';
import type { PayContext } from './context.ts';

export interface PriceQuestion {
  readonly merchantId: string;
  readonly currency: string;
  /** Before tax, surcharge and tip. */
  readonly subtotalMinor: bigint;
  readonly tipMinor?: bigint;
  readonly surchargeHundredths: bigint;
  readonly salesTaxExempt: boolean;
  readonly funding: Funding;
  /** Of the billing address. */
  readonly place: Place;
}

export interface ChargePrice extends Price {
  /** A tax provider ran, also where the tax is nothing. */
  readonly isTaxed: boolean;
  /** What the rules of the place leave of the percentage. */
  readonly surchargeHundredths: bigint;
}

/** Throws `TAX_UNAVAILABLE` when the tax provider does. */
export async function priceCharge({ tax, config }: PayContext, question: PriceQuestion): Promise<ChargePrice> {
  const { merchantId, currency, subtotalMinor, tipMinor = 0n, salesTaxExempt, funding, place } = question;
  const taxMinor = salesTaxExempt ? undefined : await tax({ merchantId, currency, taxableMinor: subtotalMinor, place });
  const surchargeHundredths = capSurcharge(question.surchargeHundredths, config.surchargeRules ?? [], place);
  return {
    ...price({ currency, subtotalMinor, taxMinor: taxMinor ?? 0n, surchargeHundredths, funding, tipMinor }),
    isTaxed: taxMinor !== undefined,
    surchargeHundredths,
  };
}

/** As answers have it: surcharge and tip only when they are not zero, tax when a provider ran. */
export const moneyMembers = ({ currency, totalMinor, taxMinor, surchargeMinor, tipMinor, isTaxed }: ChargePrice) => ({
  amount: formatMoney(totalMinor, currency),
  currency,
  ...(surchargeMinor === 0n ? {} : { surchargeAmount: formatMoney(surchargeMinor, currency) }),
  ...(isTaxed ? { salesTaxAmount: formatMoney(taxMinor, currency) } : {}),
  ...(tipMinor === 0n ? {} : { tipAmount: formatMoney(tipMinor, currency) }),
});
