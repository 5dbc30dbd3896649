// A request as sessions and payment links store it: columns for what is asked about, JSON for the rest. JSON has no big
// integers: members whose names end in `Minor` or `Hundredths` are numbers there and bigints here. Metadata and
// appearance, whose names are the merchant's, are apart.
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

export function termsText(request: SessionRequest): string {
  const { merchantId, currency, amountMinor, subtotalMinor, metadata, appearance, idempotencyKey, ...terms } = request;
  return JSON.stringify(terms, holdsMoney(terms) ? plainNumbers : undefined);
}

/** Most requests hold none, and looking at every member of them is most of the work. */
const holdsMoney = ({ items, recurringConfig, donationConfig, surchargeHundredths }: SessionTerms): boolean =>
  items !== undefined ||
  recurringConfig !== undefined ||
  donationConfig !== undefined ||
  surchargeHundredths !== undefined;

const plainNumbers = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

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
  ...(JSON.parse(row.terms, revive) as SessionTerms),
  merchantId: row.merchant_id,
  currency: row.currency,
  amountMinor: row.amount_minor === null ? undefined : BigInt(row.amount_minor),
  subtotalMinor: BigInt(row.subtotal_minor),
  metadata: JSON.parse(row.metadata) as SessionRequest['metadata'],
  appearance: JSON.parse(row.appearance) as SessionRequest['appearance'],
});

function revive(name: string, value: unknown): unknown {
  if (!MONEY_NAME.test(name)) return value;
  if (Array.isArray(value)) return value.map((amount: number) => BigInt(amount));
  return typeof value === 'number' ? BigInt(value) : value;
}
