// `cardSale` (contract 10.3): the nested input in the flat fields of the Pay API.
import type { BillingDetails } from './billing-details.ts';
import type { Json } from './exchange.ts';
import { badInput } from './ozura-error.ts';

export interface CardSaleInput {
  /** `TokenResponse.token`. */
  readonly token: string;
  /** `TokenResponse.cvcSession`. Pays for one sale. */
  readonly cvcSession: string;
  /** Decimal string in major units, such as `49.00`: the base, before tax, surcharge and tip. */
  readonly amount: string;
  /** ISO 4217. Default `USD`. */
  readonly currency?: string | undefined;
  /** `TokenResponse.billing`: required, which is checked when it is called, as a token made without it has none. */
  readonly billing: BillingDetails | undefined;
  /** `getClientIp(req)`. For fraud scoring and audit. */
  readonly clientIpAddress: string;
  /** Default false. */
  readonly salesTaxExempt?: boolean | undefined;
  /** Default: the merchant's processors, in their order. */
  readonly processor?: 'elavon' | 'nuvei' | 'worldpay' | 'sandbox' | undefined;
  /** Percent for credit cards, `0.00` (default) to `3.00`. */
  readonly surchargePercent?: string | undefined;
  /** Default `0.00`. */
  readonly tipAmount?: string | undefined;
  /** Default: the order of the Vault session. */
  readonly orderId?: string | undefined;
  /** Sent as `Idempotency-Key`. Default: derived from the CVC session by the Pay API. */
  readonly idempotencyKey?: string | undefined;
}

export interface CardSaleResponseData {
  /** Needed for refunds. */
  readonly transactionId: string;
  /** The total charged. */
  readonly amount: string;
  readonly currency: string;
  /** Only when not zero. */
  readonly surchargeAmount?: string;
  readonly salesTaxAmount?: string;
  /** Only when not zero. */
  readonly tipAmount?: string;
  readonly cardLastFour: string;
  readonly cardBin?: string;
  readonly cardExpMonth: string;
  readonly cardExpYear: string;
  readonly cardBrand: string;
  readonly isCreditCard?: boolean;
  /** ISO 8601. */
  readonly transDate: string;
  readonly ozuraMerchantId: string;
  readonly clientIpAddress?: string;
  readonly billingFirstName: string;
  readonly billingLastName: string;
  readonly billingEmail: string;
  readonly billingPhone: string;
  readonly billingAddress1: string;
  readonly billingAddress2?: string;
  readonly billingCity: string;
  readonly billingState: string;
  readonly billingZipcode: string;
  readonly billingCountry: string;
  readonly processor?: string;
  readonly processorTransactionId?: string;
  readonly authCode?: string;
  readonly avsResult?: string;
  readonly cvvResult?: string;
  readonly orderId?: string;
}

export function cardSaleBody(input: CardSaleInput, merchantId: string): Json {
  const { billing } = input;
  if (
    typeof billing !== 'object' ||
    billing === null ||
    typeof billing.address !== 'object' ||
    billing.address === null
  ) {
    throw badInput('billing: must be an object with firstName, lastName, email, phone and address');
  }
  return {
    merchantId,
    amount: input.amount,
    currency: input.currency ?? 'USD',
    ozuraCardToken: input.token,
    ozuraCvcSession: input.cvcSession,
    ...billingFields(billing),
    clientIpAddress: input.clientIpAddress,
    salesTaxExempt: input.salesTaxExempt ?? false,
    surchargePercent: input.surchargePercent ?? '0.00',
    tipAmount: input.tipAmount ?? '0.00',
    ...(input.processor === undefined ? {} : { processor: input.processor }),
    ...(input.orderId === undefined ? {} : { orderId: input.orderId }),
  };
}

const billingFields = ({ firstName, lastName, email, phone, address }: BillingDetails): Json => ({
  billingFirstName: firstName,
  billingLastName: lastName,
  billingEmail: email,
  billingPhone: phone,
  billingAddress1: address.line1,
  ...(address.line2 === undefined ? {} : { billingAddress2: address.line2 }),
  billingCity: address.city,
  billingState: address.state,
  billingZipcode: address.zip,
  billingCountry: address.country,
});
