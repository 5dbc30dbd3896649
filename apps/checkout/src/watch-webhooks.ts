// For monitoring (contract 14.4): webhooks that have not arrived yet, and whether anybody delivers them.
import type { CheckoutContext } from './context.ts';
import { countPending } from './store/webhook-deliveries.ts';

export const watchWebhooks = ({ db, metrics }: CheckoutContext): void =>
  metrics.watchTogether(
    async () => ({ ...(await countPending(db)), nowMs: await db.now() }),
    [
      {
        name: 'ozura_webhook_backlog',
        help: 'Deliveries of webhooks that are still to be made or made again.',
        of: ({ count }) => [{ value: count }],
      },
      {
        name: 'ozura_webhook_overdue_seconds',
        help: 'For how long a delivery has been due to an endpoint that answers.',
        of: ({ dueSinceMs, nowMs }) =>
          dueSinceMs === undefined ? [] : [{ value: Math.max(0, nowMs - dueSinceMs) / 1000 }],
      },
    ],
  );
