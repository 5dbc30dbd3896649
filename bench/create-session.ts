// Create session, as a merchant's server does it.
import type { DevFile } from '@ozura/e2e/system';
import { type Comparison, compareToNull } from './against-null.ts';

export function benchCreateSession(dev: DevFile): Promise<Comparison> {
  const body = JSON.stringify({
    merchantId: dev.merchantId,
    merchantName: 'Blue Kettle',
    amount: '18.40',
    successUrl: 'https://shop.example/thanks',
    cancelUrl: 'https://shop.example/cart',
    errorUrl: 'https://shop.example/error',
    metadata: { cart: 'c-771' },
  });
  const headers = {
    'content-type': 'application/json',
    'x-api-key': dev.vaultKey,
    'x-ozura-api-key': dev.merchantKey,
  };
  return compareToNull({ url: `${dev.checkoutUrl}/api/sessions/create`, headers, body });
}
