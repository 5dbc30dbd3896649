// A session as it is answered (contract 1.2).
import { type Static, Type } from 'typebox';
import { pricing } from './pricing.ts';

const text = Type.String();
const maybe = Type.Optional(Type.String());
const amount = Type.Number();
const maybeAmount = Type.Optional(Type.Number());

/** A string that may be `null`, without a union: the serialiser writes it faster. */
const textOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'] });
/** JSON that the merchant gave, already checked when it came in. */
const anyObject = Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true });

const donation = Type.Object({
  presets: Type.Array(amount),
  defaultAmount: maybeAmount,
  allowCustomAmount: Type.Boolean(),
  minAmount: amount,
  maxAmount: amount,
});

const recurring = Type.Object({
  planName: text,
  interval: text,
  startDate: text,
  intervalCount: Type.Integer(),
  endDate: maybe,
  maxCycles: Type.Optional(Type.Integer()),
  setupFee: maybeAmount,
  initialAmount: maybeAmount,
  initialCycles: Type.Optional(Type.Integer()),
  surchargePercent: maybe,
  merchantRecurringReference: maybe,
});

export const item = Type.Object({
  name: text,
  price: amount,
  quantity: Type.Integer(),
  productId: maybe,
  imageUrl: maybe,
  originalPrice: maybeAmount,
  discountLabel: maybe,
  description: maybe,
  sku: maybe,
});

const payment = Type.Object({
  transactionId: text,
  transactionType: text,
  amount: text,
  currency: text,
  salesTaxAmount: maybe,
  surchargeAmount: maybe,
  tipAmount: maybe,
  cardBrand: text,
  cardLastFour: text,
  cardExpMonth: text,
  cardExpYear: text,
  transDate: text,
  planId: maybe,
});

const billing = Type.Object({
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  address: Type.Object({ line1: text, line2: maybe, city: text, state: text, zip: text, country: text }),
});

/** What the merchant asked for, as a session and a payment link both show it. */
export const requested = Type.Object({
  amount: textOrNull,
  currency: text,
  merchantId: text,
  checkoutMode: text,
  embedMode: text,
  parentOrigin: textOrNull,
  taxExempt: Type.Boolean(),
  hideHeader: Type.Boolean(),
  allowPopup: Type.Boolean(),
  appearance: anyObject,
  metadata: anyObject,
  recurringConfig: Type.Unsafe<Static<typeof recurring> | null>({ ...recurring, nullable: true }),
  donationConfig: Type.Unsafe<Static<typeof donation> | null>({ ...donation, nullable: true }),
  surchargePercent: textOrNull,
  transactionChannel: text,
});

const session = Type.Object({
  id: text,
  status: text,
  paymentState: textOrNull,
  ...requested.properties,
  paymentLinkId: textOrNull,
  createdAt: text,
  expiresAt: text,
  completedAt: maybe,
  /** Only when completed. */
  payment: Type.Optional(payment),
  /** Only when completed, and only with both keys. */
  billing: Type.Optional(billing),
});

export const sessionData = Type.Object({ session, pricing, items: Type.Array(item) });

export type RequestedView = Static<typeof requested>;
export type SessionView = Static<typeof session>;
export type SessionData = Static<typeof sessionData>;
export type ItemView = Static<typeof item>;
export type DonationView = Static<typeof donation>;
export type RecurringView = Static<typeof recurring>;
export type PaymentView = Static<typeof payment>;
