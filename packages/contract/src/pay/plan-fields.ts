// Reads the body of a plan's creation (contract 8.7) into the domain: the sale of its first charge, and its terms.

import { flatBilling } from '@ozura/core/billing';
import { plainlyCardless } from '@ozura/core/cardless';
import { formatMoney, maxMinor, maxTotalMinor, parseMoney, parsePositiveMoney } from '@ozura/core/money';
import { type PlanTerms, subtotalOf } from '@ozura/core/plan';
import { surchargePercent } from '@ozura/core/surcharge';
import {
  accepting,
  boolean,
  type Intake,
  optional,
  type Reader,
  type RecordOf,
  record,
  required,
  text,
  withDefault,
} from '@ozura/core/validation';
import * as terms from '../plan-terms.ts';
import {
  amountIn,
  type CardSale,
  clientIpAddress,
  currencyField,
  currencyOf,
  processorName,
  secret,
} from './card-sale-fields.ts';

export interface NewPlan {
  readonly planName: string;
  readonly terms: PlanTerms;
  readonly merchantRecurringReference?: string;
  /** The first charge: price of the first cycle and the set-up fee. */
  readonly sale: CardSale;
}

const head = (code: string) => ({
  merchantId: required(text(1, 30)),
  planName: terms.planName,
  amount: required(amountIn(code, parsePositiveMoney)),
  currency: currencyField,
  interval: terms.interval,
  ozuraVaultToken: required(text(1, 255), 'ozuraCardToken'),
  ozuraCvcSession: required(secret),
});

const tail = (code: string) => ({
  clientIpAddress: optional(clientIpAddress),
  salesTaxExempt: withDefault(boolean, false),
  intervalCount: terms.intervalCount,
  endDate: optional(terms.calendarDate),
  maxCycles: terms.maxCycles,
  setupFee: optional(amountIn(code, parseMoney)),
  initialAmount: optional(amountIn(code, parseMoney)),
  initialCycles: terms.initialCycles,
  surchargePercent: withDefault(surchargePercent, 0n),
  merchantRecurringReference: terms.merchantRecurringReference,
  processor: optional(processorName),
  orderId: optional(plainlyCardless(text(1, 255))),
  expectedTotal: optional(amountIn(code, parseMoney, maxTotalMinor(code))),
});

type Head = RecordOf<ReturnType<typeof head>>;
type Tail = RecordOf<ReturnType<typeof tail>>;

const readPlan: Reader<NewPlan> = (body, path, intake) => {
  const code = currencyOf(body);
  const before = intake.failures.length;
  const first = record(head(code))(body, path, intake);
  const billing = flatBilling(body, path, intake);
  const last = record(tail(code))(body, path, intake);
  if (first === undefined || billing === undefined || last === undefined) return undefined;
  if (intake.failures.length > before) return undefined;
  const plan = termsOf(first, last);
  const subtotalMinor = subtotalOf(plan, 0);
  checkWhole(plan, subtotalMinor, intake);
  return {
    planName: first.planName,
    terms: plan,
    ...present('merchantRecurringReference', last.merchantRecurringReference),
    sale: {
      merchantId: first.merchantId,
      currency: first.currency,
      subtotalMinor,
      token: first.ozuraVaultToken,
      cvcSession: first.ozuraCvcSession,
      billing,
      ...present('clientIpAddress', last.clientIpAddress || undefined),
      ...present('processor', last.processor),
      surchargeHundredths: last.surchargePercent,
      tipMinor: 0n,
      salesTaxExempt: last.salesTaxExempt,
      channel: 'ecommerce',
      ...present('orderId', last.orderId),
      ...present('expectedTotalMinor', last.expectedTotal),
    },
  };
};

/** Failures come in the order of the contract's list of fields. */
export const newPlanFields = accepting(readPlan, {
  all: [record(head(currencyOf({}))), flatBilling, record(tail(currencyOf({})))],
});

const termsOf = (first: Head, last: Tail): PlanTerms => ({
  currency: first.currency,
  amountMinor: first.amount,
  interval: first.interval,
  intervalCount: last.intervalCount,
  ...present('endDate', last.endDate),
  ...present('maxCycles', last.maxCycles),
  ...present('setupFeeMinor', last.setupFee),
  ...present('initialAmountMinor', last.initialAmount),
  ...present('initialCycles', last.initialCycles),
  surchargeHundredths: last.surchargePercent,
  salesTaxExempt: last.salesTaxExempt,
});

const present = <Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: T });

function checkWhole(plan: PlanTerms, firstMinor: bigint, intake: Intake): void {
  const { currency, initialAmountMinor, initialCycles } = plan;
  if ((initialAmountMinor === undefined) !== (initialCycles === undefined)) {
    intake.fail('initialAmount', 'initialAmount and initialCycles go together');
  }
  const max = maxMinor(currency);
  // Only a free introduction comes to nothing.
  if (firstMinor <= 0n) intake.fail('initialAmount', 'the first charge must be greater than 0');
  else if (firstMinor > max) {
    intake.fail('setupFee', `the first charge must be at most ${formatMoney(max, currency)} ${currency}`);
  }
}
