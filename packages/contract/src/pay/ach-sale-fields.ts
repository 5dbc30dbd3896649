// Reads the body of an ACH sale (contract 8.6): that of a card sale without what belongs to cards.

import { SEC_CODES, type SecCode } from '@ozura/core/ach';
import { type Billing, flatBilling } from '@ozura/core/billing';
import { plainlyCardless } from '@ozura/core/cardless';
import { maxTotalMinor, parseMoney, parsePositiveMoney } from '@ozura/core/money';
import type { ProcessorName } from '@ozura/core/processor-credentials';
import {
  accepting,
  boolean,
  capitals,
  oneOf,
  optional,
  type Reader,
  record,
  required,
  text,
  withDefault,
} from '@ozura/core/validation';
import { amountIn, clientIpAddress, processorName, type TransactionChannel } from './card-sale-fields.ts';

export interface AchSale {
  readonly merchantId: string;
  /** Before tax. */
  readonly subtotalMinor: bigint;
  readonly token: string;
  readonly billing: Billing;
  readonly clientIpAddress?: string;
  readonly processor?: ProcessorName;
  readonly salesTaxExempt: boolean;
  readonly channel: TransactionChannel;
  readonly orderId?: string;
  readonly expectedTotalMinor?: bigint;
  readonly secCode: SecCode;
}

/** ACH knows no other. */
export const achCurrency = 'USD';

const currency = accepting<string>(
  (value, path, intake) =>
    capitals(value) === achCurrency ? achCurrency : intake.fail(path, `must be ${achCurrency}`),
  { schema: { type: 'string', enum: [achCurrency] } },
);

const head = record({
  merchantId: required(text(1, 30)),
  amount: required(amountIn(achCurrency, parsePositiveMoney)),
  currency: withDefault(currency, achCurrency),
  ozuraBankToken: required(text(1, 255), 'ozuraVaultToken'),
});

const tail = record({
  clientIpAddress: optional(clientIpAddress),
  processor: optional(processorName),
  salesTaxExempt: withDefault(boolean, false),
  transactionChannel: withDefault(oneOf<TransactionChannel>('ecommerce', 'moto'), 'ecommerce'),
  orderId: optional(plainlyCardless(text(1, 255))),
  expectedTotal: optional(amountIn(achCurrency, parseMoney, maxTotalMinor(achCurrency))),
  secCode: withDefault(oneOf(...SEC_CODES), 'WEB'),
});

const readSale: Reader<AchSale> = (body, path, intake) => {
  const first = head(body, path, intake);
  const billing = flatBilling(body, path, intake);
  const last = tail(body, path, intake);
  if (first === undefined || billing === undefined || last === undefined) return undefined;
  return {
    merchantId: first.merchantId,
    subtotalMinor: first.amount,
    token: first.ozuraBankToken,
    billing,
    ...(last.clientIpAddress ? { clientIpAddress: last.clientIpAddress } : {}),
    ...(last.processor === undefined ? {} : { processor: last.processor }),
    salesTaxExempt: last.salesTaxExempt,
    channel: last.transactionChannel,
    ...(last.orderId === undefined ? {} : { orderId: last.orderId }),
    ...(last.expectedTotal === undefined ? {} : { expectedTotalMinor: last.expectedTotal }),
    secCode: last.secCode,
  };
};

export const achSaleFields = accepting(readSale, { all: [head, flatBilling, tail] });
