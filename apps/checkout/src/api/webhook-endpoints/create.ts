// `POST /api/webhook-endpoints` (contract 14.1): the secret is told once, and kept sealed.
import type { createWebhookEndpoint } from '@ozura/contract/checkout/webhook-endpoints';
import type { InputOf } from '@ozura/contract/endpoint';
import { Refusal } from '@ozura/core/errors';
import { newWebhookEndpointId } from '@ozura/core/ids';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { endpointsMax, insertEndpoint, listEndpoints, type NewWebhookEndpoint } from '../../store/webhook-endpoints.ts';
import { endpointView, ownEndpoint, refuseForbiddenAddress } from '../../webhooks/endpoint.ts';
import type { Telling } from '../../webhooks/open.ts';

type Input = InputOf<ReturnType<typeof createWebhookEndpoint>>;

export const createEndpoint =
  (context: CheckoutContext, telling: Telling) =>
  async ({ input, who: { merchantId } }: Call<Input, Merchant>): Promise<object> => {
    const { db, random } = context;
    const { url, events, description } = input;
    await refuseForbiddenAddress(context, telling, url);
    const id = newWebhookEndpointId(random);
    const { secret, sealed } = telling.secrets.make({ id, merchantId });
    // What happened before is not told to it.
    await telling.feed.bringUpToDate();
    const createdAtMs = await db.now();
    await insert(context, { id, merchantId, url, description, eventTypes: events, sealedSecret: sealed, createdAtMs });
    const endpoint = await ownEndpoint(context, id, merchantId);
    return { success: true, data: { ...endpointView(endpoint), secret: secret.open() } };
  };

/** Again when somebody else has taken the slot in between: each time one slot fewer is free. */
async function insert({ db }: CheckoutContext, endpoint: NewWebhookEndpoint): Promise<void> {
  while ((await insertEndpoint(db, endpoint)) === 0) {
    if ((await listEndpoints(db, endpoint.merchantId)).length >= endpointsMax) {
      throw new Refusal('VALIDATION_FAILED', { message: `url: at most ${endpointsMax} endpoints` });
    }
  }
}
