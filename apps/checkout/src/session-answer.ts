// A stored session as it is answered (contract 1.2). Keys, URLs and the idempotency key are not part of it.

import type { DonationConfig } from '@ozura/contract/checkout/donation';
import type { Item } from '@ozura/contract/checkout/items';
import type { Pricing } from '@ozura/contract/checkout/pricing';
import type { RecurringConfig } from '@ozura/contract/checkout/recurring';
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import type {
  DonationView,
  ItemView,
  PaymentView,
  RecurringView,
  RequestedView,
  SessionData,
  SessionView,
} from '@ozura/contract/checkout/session-view';
import type { Billing } from '@ozura/core/billing';
import { formatMoney, moneyNumber } from '@ozura/core/money';
import type { Price } from '@ozura/core/pricing';
import { formatSurchargePercent } from '@ozura/core/surcharge';
import { billingOf, type PaidSale, paidPriceOf } from './paid-sale.ts';
import type { Session } from './store/sessions.ts';

/** `billing` tells who paid: for the merchant alone, unless the operator decided otherwise. */
export function sessionData(session: Session, billing: boolean): SessionData {
  const { request, payment } = session;
  const { currency, subtotalMinor } = request;
  return {
    session: sessionView(session, billing && payment !== undefined ? billingOf(payment) : undefined),
    pricing: payment === undefined ? openPricing(subtotalMinor, currency) : pricingOf(paidPriceOf(payment)),
    items: itemsView(request),
  };
}

export function sessionView(session: Session, billing?: Billing): SessionView {
  const { request, state, payment } = session;
  return {
    id: session.id,
    status: state.status,
    paymentState: state.paymentState,
    ...requestedView(request),
    amount: amountText(session),
    metadata: { merchantName: request.merchantName, ...metadataOf(session) },
    paymentLinkId: session.paymentLinkId ?? null,
    createdAt: timeText(session.createdAtMs),
    expiresAt: timeText(session.expiresAtMs),
    ...(payment === undefined || state.status === 'pending'
      ? {}
      : { completedAt: timeText(state.endedAtMs), payment: paymentView(payment) }),
    ...(billing === undefined ? {} : { billing }),
  };
}

/** The merchant's own members, and the link that the session came from. */
export const metadataOf = ({ request, paymentLinkId }: Session): SessionView['metadata'] =>
  paymentLinkId === undefined ? request.metadata : { ...request.metadata, paymentLinkId };

/** What was asked for, as sessions and payment links both show it. */
export function requestedView(request: SessionRequest): RequestedView {
  const { currency, amountMinor, recurringConfig, donationConfig, surchargeHundredths } = request;
  return {
    amount: amountMinor === undefined ? null : formatMoney(amountMinor, currency),
    currency,
    merchantId: request.merchantId,
    checkoutMode: request.checkoutMode,
    embedMode: request.embedMode,
    parentOrigin: request.parentOrigin ?? null,
    taxExempt: request.taxExempt,
    hideHeader: request.hideHeader,
    allowPopup: request.allowPopup,
    appearance: request.appearance,
    metadata: request.metadata,
    recurringConfig: recurringConfig === undefined ? null : recurringView(recurringConfig, currency),
    donationConfig: donationConfig === undefined ? null : donationView(donationConfig, currency),
    surchargePercent: surchargeHundredths === undefined ? null : formatSurchargePercent(surchargeHundredths),
    transactionChannel: request.transactionChannel,
  };
}

/** What was asked for; of a donation what the donor gave, before surcharge. */
function amountText({ request: { amountMinor, currency }, payment }: Session): string | null {
  const minor = amountMinor ?? (payment && paidPriceOf(payment).subtotalMinor);
  return minor === undefined ? null : formatMoney(minor, currency);
}

/** Before a card and an address are known. */
export const openPricing = (subtotalMinor: bigint, currency: string): Pricing => {
  const subtotal = moneyNumber(subtotalMinor, currency);
  return { subtotal, tax: 0, shipping: 0, total: subtotal, currency };
};

export function pricingOf({ currency, ...price }: Price): Pricing {
  const number = (minor: bigint): number => moneyNumber(minor, currency);
  return {
    subtotal: number(price.subtotalMinor),
    tax: number(price.taxMinor),
    shipping: 0,
    ...(price.surchargeMinor === 0n ? {} : { surcharge: number(price.surchargeMinor) }),
    ...(price.tipMinor === 0n ? {} : { tip: number(price.tipMinor) }),
    total: number(price.totalMinor),
    currency,
  };
}

export const timeText = (ms: number): string => new Date(ms).toISOString();

/** In the order of the request. */
export const itemsView = ({ items = [], currency }: SessionRequest): ItemView[] =>
  items.map((item) => itemView(item, currency));

function itemView({ priceMinor, originalPriceMinor, ...item }: Item, currency: string): ItemView {
  return {
    ...defined(item),
    price: moneyNumber(priceMinor, currency),
    ...(originalPriceMinor === undefined ? {} : { originalPrice: moneyNumber(originalPriceMinor, currency) }),
  };
}

function donationView(config: DonationConfig, currency: string): DonationView {
  const number = (minor: bigint): number => moneyNumber(minor, currency);
  return {
    presets: config.presetsMinor.map(number),
    ...(config.defaultAmountMinor === undefined ? {} : { defaultAmount: number(config.defaultAmountMinor) }),
    allowCustomAmount: config.allowCustomAmount,
    minAmount: number(config.minAmountMinor),
    maxAmount: number(config.maxAmountMinor),
  };
}

function recurringView(config: RecurringConfig, currency: string): RecurringView {
  const { setupFeeMinor, initialAmountMinor, surchargeHundredths, ...plan } = config;
  return {
    ...defined(plan),
    ...(setupFeeMinor === undefined ? {} : { setupFee: moneyNumber(setupFeeMinor, currency) }),
    ...(initialAmountMinor === undefined ? {} : { initialAmount: moneyNumber(initialAmountMinor, currency) }),
    ...(surchargeHundredths === undefined ? {} : { surchargePercent: formatSurchargePercent(surchargeHundredths) }),
  };
}

const paymentView = (sale: PaidSale): PaymentView => ({
  transactionId: sale.transactionId,
  transactionType: 'sale',
  amount: sale.amount,
  currency: sale.currency,
  ...defined({
    salesTaxAmount: unlessZero(sale.salesTaxAmount),
    surchargeAmount: unlessZero(sale.surchargeAmount),
    tipAmount: unlessZero(sale.tipAmount),
  }),
  cardBrand: sale.cardBrand,
  cardLastFour: sale.cardLastFour,
  cardExpMonth: sale.cardExpMonth,
  cardExpYear: sale.cardExpYear,
  transDate: sale.transDate,
  ...defined({ planId: sale.planId }),
});

const unlessZero = (amount: string | undefined): string | undefined =>
  amount !== undefined && /[1-9]/.test(amount) ? amount : undefined;

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the members that have no value. */
function defined<T extends object>(value: T): Defined<T> {
  const found: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) found[name] = member;
  return found as Defined<T>;
}
