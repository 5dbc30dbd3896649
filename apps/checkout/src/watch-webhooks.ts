// For monitoring (contract 14.4): webhooks that have not arrived yet.
import type { CheckoutContext } from './context.ts';
import { countPending } from './store/webhook-deliveries.ts';

export const watchWebhooks = ({ db, metrics }: CheckoutContext): void =>
  metrics.watch({
    name: 'ozura_webhook_backlog',
    help: 'Deliveries of webhooks that are still to be made or made again.',
    read: async () => [{ value: await countPending(db) }],
  });
