// `GET /api/webhook-endpoints` (contract 14.1): all of them, at most ten.
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { listEndpoints as listStored } from '../../store/webhook-endpoints.ts';
import { endpointView } from '../../webhooks/endpoint.ts';

export const listEndpoints =
  ({ db }: CheckoutContext) =>
  async ({ who }: Call<unknown, Merchant>): Promise<object> => ({
    success: true,
    data: (await listStored(db, who.merchantId)).map(endpointView),
  });
