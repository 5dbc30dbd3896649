// `GET /api/webhook-endpoints/{endpointId}/deliveries` (contract 14.1): newest first, each with its last tries.
import type { DeliveryView, listWebhookDeliveries } from '@ozura/contract/checkout/webhook-endpoints';
import type { InputOf } from '@ozura/contract/endpoint';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { timeText } from '../../session-answer.ts';
import { type Delivery, listDeliveries as listStored, type Try } from '../../store/webhook-deliveries.ts';
import { ownEndpoint } from '../../webhooks/endpoint.ts';

export const listDeliveries =
  (context: CheckoutContext) =>
  async ({ input, params, who }: Call<InputOf<typeof listWebhookDeliveries>, Merchant>): Promise<object> => {
    const { id } = await ownEndpoint(context, params.endpointId, who.merchantId);
    const { after = Number.MAX_SAFE_INTEGER, limit } = input;
    const found = await listStored(context.db, id, { beforeOrdinal: after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const hasMore = found.length > limit;
    return {
      success: true,
      data: page.map(view),
      hasMore,
      ...(hasMore ? { nextAfter: String(page.at(-1)?.ordinal) } : {}),
    };
  };

const view = ({ event, state, tries, nextTryAtMs, log, createdAtMs }: Delivery): DeliveryView => ({
  eventId: event.id,
  type: event.type,
  sequence: event.sequence,
  status: state,
  tries,
  ...(state === 'pending' ? { nextTryAt: timeText(nextTryAtMs) } : {}),
  attempts: log.map(attempt),
  createdAt: timeText(createdAtMs),
});

const attempt = ({ atMs, status, problem, durationMs }: Try): DeliveryView['attempts'][number] => ({
  at: timeText(atMs),
  ...(status === undefined ? {} : { statusCode: status }),
  ...(problem === undefined ? {} : { error: problem }),
  durationMs,
});
