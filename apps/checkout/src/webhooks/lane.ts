// Delivers to one endpoint what is due there, as the only one who does: events of one object one after the other, those of
// different objects beside each other.
import { inLanes } from '@ozura/kit/lanes';
import type { CheckoutContext } from '../context.ts';
import { type Delivery, type DueDelivery, holdBackFollowers, listDueDeliveries } from '../store/webhook-deliveries.ts';
import { endLease, extendLease, type Lease, takeLease, type WebhookEndpoint } from '../store/webhook-endpoints.ts';
import { record } from './record.ts';
import type { SendEvent } from './send.ts';

/** Whoever holds it extends it. Two who both think that they do send more often than needed, and nothing out of order. */
const leaseMs = 6_000;
const extendEveryMs = 2_000;
const besideEachOther = 8;
const batchMax = 64;
/** A failure that takes longer holds the lane up. */
const slowMs = 2_000;

/** Resolves when nothing is due any more, the lease is somebody else's, or the endpoint keeps us waiting. */
export async function runLane(
  context: CheckoutContext,
  send: SendEvent,
  { endpointId, lease }: Pick<Lease, 'endpointId' | 'lease'>,
  stopping: AbortSignal,
): Promise<void> {
  const { db, log, now } = context;
  const hold = (by: typeof takeLease): Promise<WebhookEndpoint | undefined> =>
    db.transact((tx) => by(tx, { endpointId, lease, takenAtMs: now(), untilMs: now() + leaseMs }));
  let endpoint = await hold(takeLease);
  if (endpoint === undefined) return;
  const lane = { isOver: false };
  const extending = setInterval(async () => {
    const still = await hold(extendLease).catch((error: unknown) => {
      log.error({ endpointId, err: error }, 'a lease was not extended');
      return undefined;
    });
    if (still === undefined) lane.isOver = true;
  }, extendEveryMs).unref();
  const isOver = (): boolean => lane.isOver || stopping.aborted;
  try {
    while (endpoint !== undefined && !isOver()) {
      const found = await listDueDeliveries(db, endpointId, await db.now(), batchMax);
      if (found.length === 0) return;
      const due = await heldBack(context, found);
      if (!(await deliverBatch(context, send, { endpoint, due, isOver }))) return;
      // As it is now: another address, another secret, or no lease any more.
      endpoint = await hold(extendLease);
    }
  } finally {
    clearInterval(extending);
    await endLease(db, { endpointId, lease });
  }
}

/**
 * Without those that were queued in the moment in which an earlier event of their object failed: they wait behind it, also
 * when both are due by now. One that somebody asked for again waits for nobody.
 */
async function heldBack({ db }: CheckoutContext, found: readonly DueDelivery[]): Promise<readonly Delivery[]> {
  const due: Delivery[] = [];
  for (const delivery of found) {
    const { tries, nextTryAtMs, createdAtMs, behindUntilMs = nextTryAtMs } = delivery;
    const wasDueWhenQueued = tries === 0 && nextTryAtMs <= createdAtMs;
    if (wasDueWhenQueued && behindUntilMs > nextTryAtMs) await holdBackFollowers(db, delivery, behindUntilMs);
    else due.push(delivery);
  }
  return due;
}

interface Batch {
  readonly endpoint: WebhookEndpoint;
  readonly due: readonly Delivery[];
  readonly isOver: () => boolean;
}

/** False when the endpoint keeps us waiting or wants nothing any more. What is left of the batch stays due. */
async function deliverBatch(
  context: CheckoutContext,
  send: SendEvent,
  { endpoint, due, isOver }: Batch,
): Promise<boolean> {
  const receiver = { endpoint, isFailing: endpoint.failingSinceMs !== undefined };
  let goesOn = true;
  await inLanes([...byObject(due)], besideEachOther, async (chain) => {
    for (const delivery of chain) {
      if (!goesOn || isOver()) return;
      const sent = await send(endpoint, delivery.event);
      const outcome = await record(context, receiver, delivery, sent);
      if (outcome === 'disabled' || (outcome !== 'delivered' && sent.tried.durationMs >= slowMs)) goesOn = false;
      if (outcome === 'waits') return;
    }
  });
  return goesOn;
}

function byObject(due: readonly Delivery[]): Iterable<readonly Delivery[]> {
  const chains = new Map<string, Delivery[]>();
  for (const delivery of due) chains.set(delivery.object, [...(chains.get(delivery.object) ?? []), delivery]);
  return chains.values();
}
