// A webhook endpoint as its merchant sees it, who may see it, and where it may lead.

import type { WebhookEndpointView } from '@ozura/contract/checkout/webhook-endpoints';
import { NoAnswer } from '@ozura/contract/client';
import { Refusal } from '@ozura/core/errors';
import { AddressRefused } from '@ozura/kit/pinned-fetch';
import type { CheckoutContext } from '../context.ts';
import { timeText } from '../session-answer.ts';
import { findEndpoint, type WebhookEndpoint } from '../store/webhook-endpoints.ts';
import type { Telling } from './open.ts';
import { reachOf } from './send.ts';

export const endpointView = (endpoint: WebhookEndpoint): WebhookEndpointView => ({
  id: endpoint.id,
  url: endpoint.url,
  events: [...endpoint.eventTypes],
  status: endpoint.status,
  ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
  ...(endpoint.disabledReason === undefined ? {} : { disabledReason: endpoint.disabledReason }),
  ...(endpoint.failingSinceMs === undefined ? {} : { failingSince: timeText(endpoint.failingSinceMs) }),
  createdAt: timeText(endpoint.createdAtMs),
});

/** Another merchant's endpoint is as unknown as one that does not exist. */
export async function ownEndpoint(
  { db }: CheckoutContext,
  id: string | undefined,
  merchantId: string,
): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(db, merchantId, id ?? '');
  if (endpoint === undefined) throw new Refusal('NOT_FOUND');
  return endpoint;
}

/** A name that stands for nothing yet may do so later; what it stands for is looked at again with every try. */
export async function refuseForbiddenAddress(
  { config }: CheckoutContext,
  { resolve }: Telling,
  url: string,
): Promise<void> {
  try {
    const parsed = new URL(url);
    await resolve(parsed, reachOf(parsed, config.mode));
  } catch (error) {
    if (error instanceof AddressRefused) {
      throw new Refusal('VALIDATION_FAILED', { message: 'url: must lead to a public address' });
    }
    if (!(error instanceof NoAnswer)) throw error;
  }
}
