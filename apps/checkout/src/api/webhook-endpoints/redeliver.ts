// `POST /api/webhook-endpoints/{endpointId}/redeliver` (contract 14.1): an event, or a stretch of the feed, once more.
import type { redeliverWebhooks } from '@ozura/contract/checkout/webhook-endpoints';
import type { InputOf } from '@ozura/contract/endpoint';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { findEvent } from '../../store/events.ts';
import { countStretch, queueAgain, queueStretchAgain, type Stretch } from '../../store/webhook-deliveries.ts';
import { ownEndpoint } from '../../webhooks/endpoint.ts';
import type { Telling } from '../../webhooks/open.ts';

/** In one call: one transaction queues them all. */
const stretchMax = 10_000;

export const redeliver =
  (context: CheckoutContext, { feed, dispatcher }: Telling) =>
  async ({ input, params, who }: Call<InputOf<typeof redeliverWebhooks>, Merchant>): Promise<object> => {
    const { merchantId } = who;
    const { id: endpointId } = await ownEndpoint(context, params.endpointId, merchantId);
    await feed.bringUpToDate();
    const queued =
      'eventId' in input
        ? await again(context, { merchantId, endpointId, eventId: input.eventId })
        : await stretchAgain(context, { ...input, merchantId, endpointId });
    await dispatcher.begin();
    return { success: true, data: { queued } };
  };

interface Named {
  readonly merchantId: string;
  readonly endpointId: string;
  readonly eventId: string;
}

async function again({ db }: CheckoutContext, { merchantId, endpointId, eventId }: Named): Promise<number> {
  const event = await findEvent(db, merchantId, eventId);
  if (event === undefined) throw new Refusal('NOT_FOUND');
  return db.transact(async (tx) => queueAgain(tx, endpointId, event, await tx.now()));
}

async function stretchAgain({ db }: CheckoutContext, stretch: Stretch): Promise<number> {
  if ((await countStretch(db, stretch, stretchMax + 1)) > stretchMax) {
    const message = `to: there are more than ${stretchMax} events from then on until then`;
    throw new Refusal('VALIDATION_FAILED', { message });
  }
  return db.transact(async (tx) => queueStretchAgain(tx, stretch, await tx.now()));
}
