// What Pay answered about a paid session, in our own shapes.
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import type { Billing } from '@ozura/core/billing';
import { maxTotalMinor, parseMoney } from '@ozura/core/money';
import type { Price } from '@ozura/core/pricing';

/** Of a session that started a plan with the plan's id. */
export type PaidSale = CardSaleData & { readonly planId?: string };

/** The amounts of a sale or of a quote. */
export type AnsweredAmounts = Pick<
  CardSaleData,
  'amount' | 'currency' | 'salesTaxAmount' | 'surchargeAmount' | 'tipAmount'
>;

export function paidPriceOf(sale: AnsweredAmounts): Price {
  const minor = (amount: string | undefined): bigint => minorOf(amount ?? '0', sale.currency);
  const [totalMinor, taxMinor] = [minor(sale.amount), minor(sale.salesTaxAmount)];
  const [surchargeMinor, tipMinor] = [minor(sale.surchargeAmount), minor(sale.tipAmount)];
  const subtotalMinor = totalMinor - taxMinor - surchargeMinor - tipMinor;
  return { currency: sale.currency, subtotalMinor, taxMinor, surchargeMinor, tipMinor, totalMinor };
}

export const billingOf = (sale: PaidSale): Billing => ({
  firstName: sale.billingFirstName,
  lastName: sale.billingLastName,
  email: sale.billingEmail,
  phone: sale.billingPhone,
  address: {
    line1: sale.billingAddress1,
    ...(sale.billingAddress2 === undefined ? {} : { line2: sale.billingAddress2 }),
    city: sale.billingCity,
    state: sale.billingState,
    zip: sale.billingZipcode,
    country: sale.billingCountry,
  },
});

function minorOf(amount: string, currency: string): bigint {
  const parsed = parseMoney(amount, currency, maxTotalMinor(currency));
  if ('reason' in parsed) throw new Error(`Pay answered an amount that is none: ${parsed.reason}`);
  return parsed.minor;
}
