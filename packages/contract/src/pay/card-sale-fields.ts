// Reads the body of a card sale (contract 8.1) into the domain.

import { type Billing, flatBilling } from '@ozura/core/billing';
import { plainlyCardless } from '@ozura/core/cardless';
import { CURRENCIES } from '@ozura/core/currencies';
import { maxTotalMinor, parseMoney, parsePositiveMoney } from '@ozura/core/money';
import { onceEach } from '@ozura/core/once-each';
import { PROCESSOR_NAMES, type ProcessorName } from '@ozura/core/processor-credentials';
import { Secret } from '@ozura/core/secret';
import { surchargePercent } from '@ozura/core/surcharge';
import {
  accepting,
  boolean,
  capitals,
  Intake,
  isObject,
  oneOf,
  optional,
  type Reader,
  record,
  required,
  text,
  withDefault,
} from '@ozura/core/validation';

export type TransactionChannel = 'ecommerce' | 'moto';

export interface CardSale {
  readonly merchantId: string;
  readonly currency: string;
  /** Before tax, surcharge and tip. */
  readonly subtotalMinor: bigint;
  readonly token: string;
  /** Absent only in `moto`, where the merchant's settings allow it. */
  readonly cvcSession?: Secret<string>;
  readonly billing: Billing;
  readonly clientIpAddress?: string;
  readonly processor?: ProcessorName;
  readonly surchargeHundredths: bigint;
  readonly tipMinor: bigint;
  readonly salesTaxExempt: boolean;
  readonly channel: TransactionChannel;
  readonly orderId?: string;
  readonly expectedTotalMinor?: bigint;
}

const NO_CURRENCY = 'must be a supported ISO 4217 currency';

const currency = accepting<string>(
  (value, path, intake) => {
    const code = capitals(value);
    return CURRENCIES.has(code) ? code : intake.fail(path, NO_CURRENCY);
  },
  { schema: { type: 'string', description: NO_CURRENCY } },
);

const defaultCurrency = 'USD';

export const currencyField = withDefault(currency, defaultCurrency);

/** The currency that the amounts are read in; it stands after `amount`, so it is looked at first, quietly. */
export const currencyOf = (body: unknown): string =>
  (isObject(body) && body.currency != null ? currency(body.currency, '', new Intake()) : undefined) ?? defaultCurrency;

type Parse = typeof parseMoney;

export const amountIn = (code: string, parse: Parse, max?: bigint): Reader<bigint> =>
  accepting<bigint>(
    (value, path, intake) => {
      const parsed = parse(value, code, max);
      return 'minor' in parsed ? parsed.minor : intake.fail(path, parsed.reason);
    },
    { schema: { type: ['string', 'number'], description: 'must be a decimal number such as "25.00"' } },
  );

const handle = text(1, 255);

export const secret = accepting<Secret<string>>(
  (value, path, intake) => {
    const read = handle(value, path, intake);
    return read === undefined ? undefined : new Secret(read);
  },
  { as: () => handle },
);

export const clientIpAddress = plainlyCardless(text(0, 64, 'must be at most 64 characters'));
export const processorName = oneOf(...PROCESSOR_NAMES);

const isMoto = (body: unknown): boolean =>
  isObject(body) && typeof body.transactionChannel === 'string' && body.transactionChannel.trim() === 'moto';

const heads = (mayLackCvc: boolean) =>
  onceEach((code: string) =>
    record({
      merchantId: required(text(1, 30)),
      amount: required(amountIn(code, parsePositiveMoney)),
      currency: currencyField,
      ozuraCardToken: required(text(1, 255), 'ozuraVaultToken'),
      ozuraCvcSession: mayLackCvc ? optional(secret) : required(secret),
    }),
  );
const head = heads(false);
const headOfMoto = heads(true);

const tail = onceEach((code: string) =>
  record({
    clientIpAddress: optional(clientIpAddress),
    processor: optional(processorName),
    surchargePercent: withDefault(surchargePercent, 0n),
    tipAmount: withDefault(amountIn(code, parseMoney), 0n),
    salesTaxExempt: withDefault(boolean, false),
    transactionChannel: withDefault(oneOf<TransactionChannel>('ecommerce', 'moto'), 'ecommerce'),
    orderId: optional(plainlyCardless(text(1, 255))),
    expectedTotal: optional(amountIn(code, parseMoney, maxTotalMinor(code))),
  }),
);

const readSale: Reader<CardSale> = (body, path, intake) => {
  const code = currencyOf(body);
  const first = (isMoto(body) ? headOfMoto : head)(code)(body, path, intake);
  const billing = flatBilling(body, path, intake);
  const last = tail(code)(body, path, intake);
  if (first === undefined || billing === undefined || last === undefined) return undefined;
  return {
    merchantId: first.merchantId,
    currency: first.currency,
    subtotalMinor: first.amount,
    token: first.ozuraCardToken,
    ...(first.ozuraCvcSession === undefined ? {} : { cvcSession: first.ozuraCvcSession }),
    billing,
    ...(last.clientIpAddress ? { clientIpAddress: last.clientIpAddress } : {}),
    ...(last.processor === undefined ? {} : { processor: last.processor }),
    surchargeHundredths: last.surchargePercent,
    tipMinor: last.tipAmount,
    salesTaxExempt: last.salesTaxExempt,
    channel: last.transactionChannel,
    ...(last.orderId === undefined ? {} : { orderId: last.orderId }),
    ...(last.expectedTotal === undefined ? {} : { expectedTotalMinor: last.expectedTotal }),
  };
};

/** Failures come in the order of the field table: what is before the billing fields, those, what is after them. */
export const cardSaleFields = accepting(readSale, { all: [head(defaultCurrency), flatBilling, tail(defaultCurrency)] });
