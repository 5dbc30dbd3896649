// Everything by which merchants learn of what happens: the feed, and the webhooks that carry it.
import { openPinnedOutbound, type PinnedOutbound } from '@ozura/kit/pinned-fetch';
import type { CheckoutContext } from '../context.ts';
import { type Feed, openFeed } from '../feed.ts';
import { type Dispatcher, openDispatcher } from './dispatcher.ts';
import { openWebhookSecrets, type WebhookSecrets } from './secrets.ts';
import { openSender, type SendEvent } from './send.ts';

export interface Telling {
  readonly feed: Feed;
  readonly dispatcher: Dispatcher;
  readonly secrets: WebhookSecrets;
  readonly send: SendEvent;
  readonly resolve: PinnedOutbound['resolve'];
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export async function openTelling(context: CheckoutContext): Promise<Telling> {
  const outbound = openPinnedOutbound();
  const secrets = openWebhookSecrets(context);
  const send = openSender(context, secrets, outbound);
  const dispatcher = await openDispatcher(context, send);
  return {
    // A failure is noted by the job that looks every second.
    feed: openFeed(context, () => void dispatcher.begin().catch(() => undefined)),
    dispatcher,
    secrets,
    send,
    resolve: outbound.resolve,
    async stop() {
      await dispatcher.stop();
      await outbound.close();
    },
  };
}
