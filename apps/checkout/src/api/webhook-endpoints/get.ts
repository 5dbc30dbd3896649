// `GET /api/webhook-endpoints/{endpointId}` (contract 14.1).
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { endpointView, ownEndpoint } from '../../webhooks/endpoint.ts';

export const getEndpoint =
  (context: CheckoutContext) =>
  async ({ params, who }: Call<unknown, Merchant>): Promise<object> => ({
    success: true,
    data: endpointView(await ownEndpoint(context, params.endpointId, who.merchantId)),
  });
