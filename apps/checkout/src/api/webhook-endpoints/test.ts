// `POST /api/webhook-endpoints/{endpointId}/test`: one try, whose answer is told. It stands in the log of deliveries, in
// nobody's feed, and says nothing about whether the endpoint works.
import { newEventId } from '@ozura/core/ids';
import { verdictOf } from '@ozura/core/webhook';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { insertTestEvent } from '../../store/events.ts';
import { insertTestDelivery } from '../../store/webhook-deliveries.ts';
import { ownEndpoint } from '../../webhooks/endpoint.ts';
import type { Telling } from '../../webhooks/open.ts';

const TYPE = 'webhook_endpoint.test';

export const testEndpoint =
  (context: CheckoutContext, { send }: Telling) =>
  async ({ params, who: { merchantId } }: Call<unknown, Merchant>): Promise<object> => {
    const { db, random } = context;
    const endpoint = await ownEndpoint(context, params.endpointId, merchantId);
    const atMs = await db.now();
    const id = newEventId(random);
    const body = { endpointId: endpoint.id };
    const event = { id, type: TYPE, sequence: 0, merchantId, body: JSON.stringify(body), atMs };
    const { answer, tried } = await send(endpoint, event);
    const delivered = verdictOf(answer, { tries: 0, nowMs: atMs, chance: 0 }).kind === 'delivered';
    await db.transact(async (tx) => {
      await insertTestEvent(tx, { id, merchantId, type: TYPE, subject: id, body, atMs });
      const state = delivered ? 'delivered' : 'failed';
      await insertTestDelivery(tx, { endpointId: endpoint.id, event, state, log: [tried] });
    });
    const { status, problem, durationMs } = tried;
    return {
      success: true,
      data: {
        eventId: id,
        delivered,
        ...(status === undefined ? {} : { statusCode: status }),
        ...(problem === undefined ? {} : { error: problem }),
        durationMs,
      },
    };
  };
