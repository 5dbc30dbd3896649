// Events of one object arrive in their order, also when one is queued in the moment in which the one before it fails: of
// two transactions on PostgreSQL neither sees the other then.
import { forEachEngine } from '@ozura/e2e/databases';
import { queueEvents } from '@ozura/e2e/queued-events';
import { openContext } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import type { CheckoutContext } from '../context.ts';
import { insertEvent } from '../store/events.ts';
import { listDueDeliveries, nextTryAfter, queueAgain, recordTry } from '../store/webhook-deliveries.ts';
import { insertEndpoint } from '../store/webhook-endpoints.ts';
import { runLane } from './lane.ts';

const merchantId = 'ozu_one';
const endpoint = { id: 'we_1', merchantId, url: 'https://shop.example/', eventTypes: ['*'], sealedSecret: 's' };

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('../store/migrations/', import.meta.url));
    await insertEndpoint(db, { ...endpoint, description: undefined, createdAtMs: 1 });
  });

  const tell = async (id: string): Promise<void> => {
    const told = { id, merchantId, type: 'session.completed', subject: id, object: 'A', body: {}, atMs: 10 };
    await insertEvent(db, told);
    await queueEvents(db, 10);
  };

  /** As it is when the follower was queued by a transaction that did not see this one, nor was seen by it. */
  const failAlone = async (nextTryAtMs: number): Promise<void> => {
    const [head] = await listDueDeliveries(db, endpoint.id, 10, 10);
    if (head === undefined) throw new Error('nothing is due');
    await recordTry(db, head, { state: 'pending', tries: 1, nextTryAtMs, log: [] });
  };

  /** Ids of what is sent. */
  const deliver = async (): Promise<string[]> => {
    const sent: string[] = [];
    const context = { ...openContext(openLog({ program: 'checkout', level: 'silent' })), db } as CheckoutContext;
    const answer = { status: 200 } as const;
    await runLane(
      context,
      async (_endpoint, event) => {
        sent.push(event.id);
        return { answer, tried: { atMs: 10, durationMs: 1, status: 200 } } as never;
      },
      { endpointId: endpoint.id, lease: 'a' },
      new AbortController().signal,
    );
    return sent;
  };

  test('an event that was queued beside the failure of an earlier one waits behind it', async () => {
    await tell('e1');
    await tell('e2');
    const laterMs = (await db.now()) + 60_000;
    await failAlone(laterMs);
    expect((await listDueDeliveries(db, endpoint.id, 10, 10)).map(({ event }) => event.id)).toEqual(['e2']);
    expect(await deliver()).toEqual([]);
    expect(await listDueDeliveries(db, endpoint.id, laterMs - 1, 10)).toEqual([]);
    expect(await nextTryAfter(db, 10)).toBe(laterMs);
    const due = await listDueDeliveries(db, endpoint.id, laterMs, 10);
    expect(due.map(({ event }) => event.id)).toEqual(['e1', 'e2']);
    const [, follower] = due;
    if (follower === undefined) throw new Error('nothing follows');
    await db.transact(async (tx) => queueAgain(tx, endpoint.id, follower.event, await tx.now()));
    expect(await deliver(), 'asked for again').toEqual(['e2']);
  });

  test('also when nobody delivers before both are due', async () => {
    await db.script('DELETE FROM webhook_deliveries');
    await tell('e3');
    await tell('e4');
    await failAlone(20);
    expect(await deliver()).toEqual(['e3', 'e4']);
  });
});
