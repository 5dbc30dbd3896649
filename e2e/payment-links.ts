// Payment links as their merchant makes them and as a customer opens them.
import { keysOf, sessionFields } from './merchant.ts';
import type { DevFile } from './system.ts';

export interface CreatedLink {
  readonly paymentLinkId: string;
  readonly url: string;
  readonly expiresAt: string;
}

export interface LinkView {
  readonly status: string;
  readonly used: number;
  readonly reserved: number;
}

export async function createPaymentLink(dev: DevFile, more: Record<string, unknown> = {}): Promise<CreatedLink> {
  const answer = await fetch(`${dev.checkoutUrl}/api/payment-links/create`, {
    method: 'POST',
    headers: keysOf(dev),
    body: JSON.stringify(sessionFields(dev, more)),
  });
  const body = (await answer.json()) as { success: boolean; data: CreatedLink };
  if (!body.success) throw new Error(`create answered ${answer.status}: ${JSON.stringify(body)}`);
  return body.data;
}

export async function getPaymentLink(dev: DevFile, id: string): Promise<LinkView> {
  const answer = await fetch(`${dev.checkoutUrl}/api/payment-links/${id}`, { headers: keysOf(dev) });
  return ((await answer.json()) as { data: { paymentLink: LinkView } }).data.paymentLink;
}

/** The session that a visit of the link leads to. */
export async function openPaymentLink({ url }: Pick<CreatedLink, 'url'>): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  const [, sessionId] = /\/checkout\/(session_\w+)$/.exec(answer.headers.get('location') ?? '') ?? [];
  if (answer.status !== 303 || sessionId === undefined) throw new Error(`the link answered ${answer.status}`);
  return sessionId;
}
