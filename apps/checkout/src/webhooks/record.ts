// Writes down what became of a try, with everything that follows from it, in one commit.
import { newEventId } from '@ozura/core/ids';
import { verdictOf } from '@ozura/core/webhook';
import type { Handle } from '@ozura/kit/db/handle';
import type { CheckoutContext } from '../context.ts';
import { insertEvent } from '../store/events.ts';
import { type Delivery, holdBackFollowers, recordTry, type Tried } from '../store/webhook-deliveries.ts';
import { disableEndpoint, noteFailing, noteWorking, type WebhookEndpoint } from '../store/webhook-endpoints.ts';
import type { Sent } from './send.ts';

/** As many as a delivery is tried, and those of a redelivery. */
const loggedMax = 20;

/** `waits`: so does everything behind it. */
export type Outcome = 'delivered' | 'failed' | 'waits' | 'disabled';

/** What is known of an endpoint while a lane delivers to it. */
export interface Receiver {
  readonly endpoint: WebhookEndpoint;
  /** Whether its last tries have failed. */
  isFailing: boolean;
}

export async function record(
  context: CheckoutContext,
  receiver: Receiver,
  delivery: Delivery,
  { answer, tried }: Sent,
): Promise<Outcome> {
  const { db } = context;
  const { endpoint } = receiver;
  const nowMs = await db.now();
  const verdict = verdictOf(answer, { tries: delivery.tries, nowMs, chance: fractionOf(context) });
  const after: Tried = {
    state: verdict.kind === 'again' ? 'pending' : verdict.kind,
    tries: delivery.tries + 1,
    nextTryAtMs: verdict.kind === 'again' ? verdict.atMs : delivery.nextTryAtMs,
    log: [...delivery.log, tried].slice(-loggedMax),
  };
  if (verdict.kind === 'delivered') {
    await recordTry(db, delivery, after);
    if (receiver.isFailing) await noteWorking(db, endpoint.id);
    receiver.isFailing = false;
    return 'delivered';
  }
  receiver.isFailing = true;
  await db.transact(async (tx) => {
    await noteFailing(tx, endpoint.id, nowMs);
    if ((await recordTry(tx, delivery, after)) === 0) return;
    if (verdict.kind === 'again') await holdBackFollowers(tx, delivery, verdict.atMs);
    else if (verdict.gone) await disable(context, tx, endpoint, { reason: 'gone', atMs: nowMs });
  });
  if (verdict.kind === 'again') return 'waits';
  return verdict.gone ? 'disabled' : 'failed';
}

export type DisabledReason =
  /** It answered `410 Gone`. */
  | 'gone'
  /** Five days without a success. */
  | 'failing';

/** With the event that tells of it; nothing when somebody else was faster. */
export async function disable(
  { random }: CheckoutContext,
  tx: Handle,
  { id, merchantId, url }: WebhookEndpoint,
  { reason, atMs }: { readonly reason: DisabledReason; readonly atMs: number },
): Promise<void> {
  if ((await disableEndpoint(tx, id, reason)) === 0) return;
  const eventId = newEventId(random);
  await insertEvent(tx, {
    id: eventId,
    merchantId,
    type: 'webhook_endpoint.disabled',
    // It may happen to an endpoint again.
    subject: `${id}/${eventId}`,
    object: id,
    body: { endpointId: id, url, reason },
    atMs,
  });
}

/** In [0, 1). */
function fractionOf({ random }: CheckoutContext): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}
