// `PATCH /api/webhook-endpoints/{endpointId}` (contract 14.1): what is not named stays as it is.
import type { changeWebhookEndpoint } from '@ozura/contract/checkout/webhook-endpoints';
import type { InputOf } from '@ozura/contract/endpoint';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { changeEndpoint as change } from '../../store/webhook-endpoints.ts';
import { endpointView, ownEndpoint, refuseForbiddenAddress } from '../../webhooks/endpoint.ts';
import type { Telling } from '../../webhooks/open.ts';

type Input = InputOf<ReturnType<typeof changeWebhookEndpoint>>;

export const changeEndpoint =
  (context: CheckoutContext, telling: Telling) =>
  async ({ input, params, who: { merchantId } }: Call<Input, Merchant>): Promise<object> => {
    const { id } = await ownEndpoint(context, params.endpointId, merchantId);
    const { events: eventTypes, ...rest } = input;
    if (rest.url !== undefined) await refuseForbiddenAddress(context, telling, rest.url);
    // What happened before is told as it was wanted then.
    await telling.feed.bringUpToDate();
    const endpoint = await context.db.transact((tx) => change(tx, { merchantId, id }, { ...rest, eventTypes }));
    if (endpoint === undefined) throw new Refusal('NOT_FOUND');
    return { success: true, data: endpointView(endpoint) };
  };
