// A request as sessions and payment links store it: columns for what is asked about, JSON for the rest. JSON has no big
// integers: members whose names end in `Minor` or `Hundredths` are numbers there and bigints here. Metadata and
// appearance, whose names are the merchant's, are apart.
import type { Item } from '@ozura/contract/checkout/items';
import type { SessionRequest } from '@ozura/contract/checkout/session-request';

type Columns =
  | 'merchantId'
  | 'currency'
  | 'amountMinor'
  | 'subtotalMinor'
  | 'metadata'
  | 'appearance'
  | 'idempotencyKey';

type SessionTerms = Omit<SessionRequest, Columns>;

const MONEY_NAME = /(Minor|Hundredths)$/;

/** Member by member: this runs for every session, and copying "the rest" of an object costs more than writing it down. */
export const termsText = (request: SessionRequest): string =>
  JSON.stringify({
    merchantName: request.merchantName,
    successUrl: request.successUrl,
    cancelUrl: request.cancelUrl,
    errorUrl: request.errorUrl,
    embedMode: request.embedMode,
    parentOrigin: request.parentOrigin,
    checkoutMode: request.checkoutMode,
    recurringConfig: plainNumbers(request.recurringConfig),
    donationConfig: plainNumbers(request.donationConfig),
    surchargeHundredths: numberOf(request.surchargeHundredths),
    transactionChannel: request.transactionChannel,
    taxExempt: request.taxExempt,
    items: request.items?.map(plainItem),
    allowPopup: request.allowPopup,
    hideHeader: request.hideHeader,
    locale: request.locale,
  } satisfies Record<keyof SessionTerms, unknown>);

const numberOf = (amount: bigint | undefined): number | undefined =>
  amount === undefined ? undefined : Number(amount);

const plainItem = ({ priceMinor, originalPriceMinor, ...item }: Item): object => ({
  ...item,
  priceMinor: Number(priceMinor),
  originalPriceMinor: numberOf(originalPriceMinor),
});

/** A replacer of `JSON.stringify` would cost several times as much. */
function plainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainNumbers);
  const plain: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) plain[name] = plainNumbers(member);
  return plain;
}

/** Columns that `sessions` and `payment_links` share. */
export type RequestRow = {
  merchant_id: string;
  currency: string;
  amount_minor: number | null;
  subtotal_minor: number;
  terms: string;
  metadata: string;
  appearance: string;
};

export const numberOrNull = (minor: bigint | undefined): number | null => (minor === undefined ? null : Number(minor));

export const toRequest = (row: RequestRow): SessionRequest => ({
  ...toTerms(row.terms),
  merchantId: row.merchant_id,
  currency: row.currency,
  amountMinor: row.amount_minor === null ? undefined : BigInt(row.amount_minor),
  subtotalMinor: BigInt(row.subtotal_minor),
  metadata: JSON.parse(row.metadata) as SessionRequest['metadata'],
  appearance: JSON.parse(row.appearance) as SessionRequest['appearance'],
});

function toTerms(text: string): SessionTerms {
  const terms = JSON.parse(text) as Record<keyof SessionTerms, unknown>;
  for (const name of MONEY_HOLDERS) if (terms[name] !== undefined) terms[name] = revived(terms[name]);
  if (terms.surchargeHundredths !== undefined) terms.surchargeHundredths = amounts(terms.surchargeHundredths);
  return terms as SessionTerms;
}

/** Beside the surcharge: names of other members need not be looked at. */
const MONEY_HOLDERS = ['items', 'recurringConfig', 'donationConfig'] as const;

/** `JSON.parse` would ask for every member of every value; this looks into those that may hold money. */
function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(revived);
  const members = value as Record<string, unknown>;
  for (const name in members) members[name] = MONEY_NAME.test(name) ? amounts(members[name]) : revived(members[name]);
  return members;
}

function amounts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((amount: number) => BigInt(amount));
  return typeof value === 'number' ? BigInt(value) : value;
}
