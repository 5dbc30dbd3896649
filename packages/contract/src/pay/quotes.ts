// `POST /quotes`: what a charge would come to now (contract 1.4 and 6.5). Service key only: Checkout shows it before it
// charges, and Pay computes it the way it computes the charge.
import { billingPlace, type Place } from '@ozura/core/billing';
import type { Funding } from '@ozura/core/card/funding';
import { parsePositiveMoney } from '@ozura/core/money';
import { surchargePercent } from '@ozura/core/surcharge';
import { accepting, boolean, oneOf, type Reader, record, required, withDefault } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { amountIn, currencyField, currencyOf } from './card-sale-fields.ts';

export interface Quote {
  readonly currency: string;
  /** Before tax and surcharge. */
  readonly subtotalMinor: bigint;
  readonly surchargeHundredths: bigint;
  readonly salesTaxExempt: boolean;
  readonly funding: Funding;
  readonly place: Place;
}

const fieldsIn = (currency: string) =>
  record({
    amount: required(amountIn(currency, parsePositiveMoney)),
    currency: currencyField,
    surchargePercent: withDefault(surchargePercent, 0n),
    salesTaxExempt: withDefault(boolean, false),
    funding: required(oneOf<Funding>('credit', 'debit', 'prepaid', 'unknown')),
    billing: required(billingPlace),
  });

const readQuote: Reader<Quote> = (body, path, intake) => {
  const found = fieldsIn(currencyOf(body))(body, path, intake);
  return (
    found && {
      currency: found.currency,
      subtotalMinor: found.amount,
      surchargeHundredths: found.surchargePercent,
      salesTaxExempt: found.salesTaxExempt,
      funding: found.funding,
      place: found.billing,
    }
  );
};

const quoteFields = accepting(readQuote, { as: () => fieldsIn(currencyOf({})) });

/** Named as in the answer of a sale: `amount` is the total, tax is there when a provider ran, surcharge when not zero. */
const quoteData = Type.Object({
  amount: Type.String(),
  currency: Type.String(),
  surchargeAmount: Type.Optional(Type.String()),
  salesTaxAmount: Type.Optional(Type.String()),
  /** What the rules of the billing address leave of the percentage asked for. */
  surchargePercent: Type.String(),
});

export const quoteCharge = endpoint({
  name: 'quoteCharge',
  summary: 'Tells what a charge would come to now.',
  service: 'pay',
  method: 'POST',
  path: '/quotes',
  auth: ['service'],
  input: quoteFields,
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: quoteData }),
  errors: ['VALIDATION_FAILED', 'MISSING_CREDENTIALS', 'INVALID_CREDENTIALS', 'TAX_UNAVAILABLE', 'INTERNAL_ERROR'],
});
