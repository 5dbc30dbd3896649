// The payment link that `ozura start` prints: made as a merchant makes one, good for a week, as often as anybody likes.
import type { createPaymentLink } from '@ozura/contract/checkout/create-payment-link';
import type { OutputOf } from '@ozura/contract/endpoint';
import { CannotStart } from './cannot-start.ts';
import type { DevFile } from './dev-file.ts';

export async function createSandboxLink({ checkoutUrl, storeUrl, ...dev }: DevFile): Promise<string> {
  const answer = await fetch(`${checkoutUrl}/api/payment-links/create`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': dev.vaultKey,
      'x-ozura-api-key': dev.merchantKey,
    },
    body: JSON.stringify({
      merchantId: dev.merchantId,
      merchantName: 'Blue Kettle',
      amount: '46.00',
      successUrl: `${storeUrl}/thanks`,
      cancelUrl: storeUrl,
      errorUrl: `${storeUrl}/problem`,
      metadata: { source: 'ozura start' },
    }),
  });
  if (!answer.ok) throw new CannotStart(`Checkout could not make a payment link (${answer.status})`);
  const { data } = (await answer.json()) as OutputOf<ReturnType<typeof createPaymentLink>>;
  return data.url;
}
