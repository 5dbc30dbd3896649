// Sessions, as a merchant's server makes and reads them.
import { randomUUID } from 'node:crypto';
import type { DevFile } from '@ozura/e2e/system';
import { type ByClient, compareByClient, compareWith } from './against-null.ts';

const items = Array.from({ length: 20 }, (_none, i) => ({
  name: `Kettle number ${i}`,
  price: '12.40',
  quantity: 2,
  productId: `kettle-${i}`,
  imageUrl: 'https://shop.example/kettle.png',
  originalPrice: '15.00',
  discountLabel: 'Spring',
}));

const appearance = {
  primaryColor: '#2563eb',
  backgroundColor: '#ffffff',
  textColor: '#111827',
  borderColor: '#d1d5db',
  inputBackgroundColor: '#ffffff',
  borderRadius: 'lg',
  fontFamily: 'Georgia, serif',
  logoUrl: 'https://shop.example/logo.png',
  cssVariables: { 'page-background': '#f3f4f6' },
};

export const benchCreateSession = (dev: DevFile, isBare = false): Promise<ByClient> =>
  compareByClient(creating(dev, { amount: '18.40' }), isBare);

export const benchCreateLargeSession = (dev: DevFile): Promise<ByClient> =>
  compareByClient(creating(dev, { items, appearance }));

/** The same request again and again, beside requests that come for the first time: each with a key of its own. */
export function benchReplay(dev: DevFile): Promise<ByClient> {
  const fields = { amount: '18.40' };
  const run = randomUUID();
  let uses = 0;
  const vary = () => {
    uses += 1;
    return { body: creating(dev, { ...fields, idempotencyKey: `${run}-${uses}` }).body };
  };
  const first = creating(dev, { ...fields, idempotencyKey: run });
  return compareWith(first, { ...first, vary });
}

export async function benchGetSession(dev: DevFile): Promise<ByClient> {
  const { url, ...init } = creating(dev, { amount: '18.40' });
  const { data } = (await (await fetch(url, init)).json()) as { data: { sessionId: string } };
  return compareByClient({ method: 'GET', url: `${dev.checkoutUrl}/api/sessions/${data.sessionId}` });
}

type Merchant = Pick<DevFile, 'checkoutUrl' | 'vaultKey' | 'merchantKey' | 'merchantId'>;

export const creating = (dev: Merchant, fields: object) => ({
  method: 'POST' as const,
  url: `${dev.checkoutUrl}/api/sessions/create`,
  headers: {
    'content-type': 'application/json',
    'x-api-key': dev.vaultKey,
    'x-ozura-api-key': dev.merchantKey,
  },
  body: JSON.stringify({
    merchantId: dev.merchantId,
    merchantName: 'Blue Kettle',
    successUrl: 'https://shop.example/thanks',
    cancelUrl: 'https://shop.example/cart',
    errorUrl: 'https://shop.example/error',
    metadata: { cart: 'c-771' },
    ...fields,
  }),
});
