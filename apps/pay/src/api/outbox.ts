// `POST /outbox/collect`: Checkout takes the events of all merchants over, in the order of their writing.

import type { InputOf } from '@ozura/contract/endpoint';
import { type collectEvents, collectedMax } from '@ozura/contract/pay/outbox';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../context.ts';
import { listWaitingEvents, markCollected } from '../store/outbox.ts';

export async function handOverEvents(
  { db }: PayContext,
  { input: { collected } }: Call<InputOf<typeof collectEvents>, unknown>,
): Promise<object> {
  if (collected.length > 0) await markCollected(db, collected, await db.now());
  return { success: true, data: { events: await listWaitingEvents(db, collectedMax) } };
}
