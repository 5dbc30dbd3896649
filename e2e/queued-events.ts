// Gives the events that wait their numbers and queues them for webhooks, as the feed does.
import { endFeedAt, numberEvents, openFeeds, takeTurn } from '@ozura/checkout/store/event-feed';
import { queueDeliveries } from '@ozura/checkout/store/webhook-deliveries';
import type { Database } from '@ozura/kit/db/handle';

export const queueEvents = (db: Database, nowMs: number): Promise<void> =>
  db.transact(async (tx) => {
    await takeTurn(tx);
    await openFeeds(tx);
    for (const numbered of await numberEvents(tx, 10)) {
      await endFeedAt(tx, numbered);
      const { merchantId, sequence } = numbered;
      await queueDeliveries(tx, { merchantId, first: sequence, last: sequence }, nowMs);
    }
  });
