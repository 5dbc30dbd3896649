// The part of a request that is stored as JSON. JSON has no big integers: members whose names end in `Minor` or
// `Hundredths` are numbers there and bigints here. Metadata and appearance, whose names are the merchant's, are apart.
import type { SessionRequest } from '@ozura/contract/checkout/session-request';

type Columns =
  | 'merchantId'
  | 'currency'
  | 'amountMinor'
  | 'subtotalMinor'
  | 'metadata'
  | 'appearance'
  | 'idempotencyKey';

export type SessionTerms = Omit<SessionRequest, Columns>;

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

export const readTerms = (text: string): SessionTerms => JSON.parse(text, revive) as SessionTerms;

function revive(name: string, value: unknown): unknown {
  if (!MONEY_NAME.test(name)) return value;
  if (Array.isArray(value)) return value.map((amount: number) => BigInt(amount));
  return typeof value === 'number' ? BigInt(value) : value;
}
