// An event as the feed answers it and as webhooks carry it (contract 14.2).
import type { EventView } from '@ozura/contract/checkout/events';
import { timeText } from './session-answer.ts';
import type { StoredEvent } from './store/events.ts';

export const eventView = ({ id, type, atMs, sequence, merchantId, body }: StoredEvent): EventView => ({
  id,
  type,
  timestamp: timeText(atMs),
  sequence,
  merchantId,
  data: JSON.parse(body) as EventView['data'],
});
