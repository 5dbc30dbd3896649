// An order is sent once, whoever brings the news first: the customer who comes back, a webhook, or the feed of events,
// which also tells of customers who closed the tab while webhooks were not heard.
import { type OzuraEvent, verifyWebhook, type WebhookHeaders } from '@ozura/elements/server';
import type { Shop } from './buy.ts';
import type { Order } from './orders.ts';
import { pays, type Session } from './verify.ts';

/** What has been sent is not sent again. A shop with a database makes this step there, by compare-and-set. */
export function fulfil({ ship }: Pick<Shop, 'ship'>, order: Order): void {
  if (order.paid) return;
  order.paid = true;
  ship(order);
}

/** Events come at least once, and from the feed besides; they say nothing that was not known from the first one. */
function hear(shop: Shop, event: OzuraEvent): void {
  if (event.type !== 'session.completed') return;
  const session = event.data.session as unknown as Session;
  const { order: orderId } = session.metadata as { readonly order?: unknown };
  const order = shop.orders.find(String(orderId));
  if (order !== undefined && pays(session, order)) fulfil(shop, order);
}

/** Throws when the signature is not the installation's. */
export async function receiveWebhook(shop: Shop, body: string, headers: WebhookHeaders): Promise<void> {
  if (shop.webhookSecret === undefined) throw new Error('the shop was not told its webhook secret');
  hear(shop, await verifyWebhook(body, headers, shop.webhookSecret));
}

/** Reads on from the last event that was seen, while an order waits. */
export function followEvents(shop: Shop, everyMs: number, report: (problem: string) => void): { stop(): void } {
  let after: number | undefined;
  const read = async (): Promise<void> => {
    if (!shop.orders.hasOpen()) return;
    for await (const event of shop.ozura.listEvents({ after, types: ['session.completed'] })) {
      hear(shop, event);
      after = event.sequence;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const again = (): void => {
    if (!stopped) timer = setTimeout(() => void read().catch(tell).finally(again), everyMs).unref();
  };
  const tell = (error: unknown): void => report(error instanceof Error ? error.message : String(error));
  again();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
