// Everything about events and webhooks that a merchant's server may ask for, with both keys (contract 14.1, 14.2).
import { listEvents as listEventsRecord } from '@ozura/contract/checkout/events';
import * as records from '@ozura/contract/checkout/webhook-endpoints';
import type { Router, Serving } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import type { Telling } from '../../webhooks/open.ts';
import { listEvents } from '../events/list.ts';
import { changeEndpoint } from './change.ts';
import { createEndpoint } from './create.ts';
import { deleteEndpoint } from './delete.ts';
import { listDeliveries } from './deliveries.ts';
import { getEndpoint } from './get.ts';
import { listEndpoints } from './list.ts';
import { redeliver } from './redeliver.ts';
import { rotateSecret } from './rotate-secret.ts';
import { testEndpoint } from './test.ts';

type ByKeys = Pick<Serving<unknown, Merchant>, 'authenticate' | 'limitBy'>;

export function serveWebhooks(router: Router, context: CheckoutContext, telling: Telling, byKeys: ByKeys): void {
  const { config } = context;
  router.serve(listEventsRecord, { ...byKeys, handle: listEvents(context, telling.feed) });
  router.serve(records.createWebhookEndpoint(config), { ...byKeys, handle: createEndpoint(context, telling) });
  router.serve(records.listWebhookEndpoints, { ...byKeys, handle: listEndpoints(context) });
  router.serve(records.getWebhookEndpoint, { ...byKeys, handle: getEndpoint(context) });
  router.serve(records.changeWebhookEndpoint(config), { ...byKeys, handle: changeEndpoint(context, telling) });
  router.serve(records.deleteWebhookEndpoint, { ...byKeys, handle: deleteEndpoint(context) });
  router.serve(records.rotateWebhookSecret, { ...byKeys, handle: rotateSecret(context, telling) });
  router.serve(records.testWebhookEndpoint, { ...byKeys, handle: testEndpoint(context, telling) });
  router.serve(records.listWebhookDeliveries, { ...byKeys, handle: listDeliveries(context) });
  router.serve(records.redeliverWebhooks, { ...byKeys, handle: redeliver(context, telling) });
}
