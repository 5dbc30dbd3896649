// What is queued for which endpoint, what falls due when, and who may deliver it, on both engines.
import { forEachSchema } from '@ozura/e2e/databases';
import { queueEvents } from '@ozura/e2e/queued-events';
import type { Database } from '@ozura/kit/db/handle';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { lastSequence } from './event-feed.ts';
import { findEvent, insertEvent, insertTestEvent, type StoredEvent } from './events.ts';
import {
  countPending,
  countStretch,
  forgetDeliveries,
  holdBackFollowers,
  insertTestDelivery,
  listDeliveries,
  listDueDeliveries,
  nextTryAfter,
  queueAgain,
  queueStretchAgain,
  recordTry,
} from './webhook-deliveries.ts';
import {
  changeEndpoint,
  deleteEndpoint,
  disableEndpoint,
  endLease,
  endpointsMax,
  extendLease,
  findEndpoint,
  insertEndpoint,
  listDueEndpoints,
  listEndpoints,
  listLongFailing,
  nextFailingAfter,
  noteFailing,
  noteWorking,
  replaceSecret,
  takeLease,
} from './webhook-endpoints.ts';

const merchantId = 'ozu_one';
const endpoint = {
  id: 'we_1',
  merchantId,
  url: 'https://shop.example/',
  description: undefined,
  eventTypes: ['session.completed', 'session.failed'],
  sealedSecret: 's1',
  createdAtMs: 1,
};

forEachSchema((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
  });
  beforeEach(async () => {
    await db.script('DELETE FROM webhook_endpoints; DELETE FROM events; DELETE FROM event_feeds');
    await insertEndpoint(db, endpoint);
  });

  /** As the feed does it: written, numbered, queued. */
  async function tell(id: string, { type = 'session.completed', object = id, atMs = 10, nowMs = 10 } = {}) {
    await insertEvent(db, { id, merchantId, type, subject: id, object, body: { id }, atMs });
    await queueEvents(db, nowMs);
    return (await findEvent(db, merchantId, id)) as StoredEvent;
  }
  const due = async (nowMs: number) => (await listDueDeliveries(db, 'we_1', nowMs, 10)).map(({ event }) => event.id);
  const first = async () => (await listDeliveries(db, 'we_1', { beforeOrdinal: 1e15, limit: 1 }))[0];

  test('deliveries of an endpoint are forgotten a few at a time, and no others', async () => {
    await insertEndpoint(db, { ...endpoint, id: 'we_2' });
    for (const id of ['e1', 'e2', 'e3']) await tell(id);
    expect(await forgetDeliveries(db, 'we_1', 2)).toBe(2);
    expect(await due(10)).toHaveLength(1);
    expect(await forgetDeliveries(db, 'we_1', 2)).toBe(1);
    expect(await forgetDeliveries(db, 'we_1', 2)).toBe(0);
    expect(await countPending(db)).toEqual({ count: 3, dueSinceMs: 10 });
  });

  test('an endpoint is queued for the types that it wants, while it is enabled', async () => {
    await tell('e1');
    await tell('e2', { type: 'payment_link.created' });
    await db.transact((tx) => changeEndpoint(tx, endpoint, { eventTypes: ['*'] }));
    await tell('e3', { type: 'payment_link.created' });
    await disableEndpoint(db, 'we_1', 'gone');
    await tell('e4');
    expect(await due(10)).toEqual(['e1', 'e3']);
    // Nothing is due to an endpoint that is switched off.
    expect(await countPending(db)).toEqual({ count: 2, dueSinceMs: undefined });
    expect(await lastSequence(db, merchantId)).toBe(4);
  });

  test('since when something is due is told of endpoints that answer', async () => {
    expect(await countPending(db)).toEqual({ count: 0, dueSinceMs: undefined });
    await tell('e1', { nowMs: 5 });
    await insertEndpoint(db, { ...endpoint, id: 'we_2' });
    await tell('e2', { nowMs: 7 });
    expect(await countPending(db)).toEqual({ count: 3, dueSinceMs: 5 });
    await noteFailing(db, 'we_1', 8);
    expect(await countPending(db)).toEqual({ count: 3, dueSinceMs: 7 });
    await noteFailing(db, 'we_2', 8);
    expect(await countPending(db)).toEqual({ count: 3, dueSinceMs: undefined });
  });

  test('what waits behind an event of its object falls due with it, also when it comes later', async () => {
    await tell('e1', { object: 'A' });
    await tell('e2', { object: 'A' });
    const [head] = await listDueDeliveries(db, 'we_1', 10, 10);
    if (head === undefined) throw new Error('nothing is due');
    const failed = { state: 'pending', tries: 1, nextTryAtMs: 50, log: [{ atMs: 10, durationMs: 1 }] } as const;
    expect(await recordTry(db, head, failed)).toBe(1);
    expect(await recordTry(db, head, failed)).toBe(0);
    expect(await holdBackFollowers(db, head, 50)).toBe(1);
    await tell('e3', { object: 'A' });
    await tell('e4', { object: 'B' });
    expect(await due(49)).toEqual(['e4']);
    expect(await due(50)).toEqual(['e4', 'e1', 'e2', 'e3']);
    expect([await nextTryAfter(db, 10), await nextTryAfter(db, 50)]).toEqual([50, undefined]);
  });

  test('an event, or a stretch of the feed by numbers or times, is queued again from its first try', async () => {
    const event = await tell('e1', { type: 'payment.approved' });
    await tell('e2', { atMs: 20 });
    await tell('e3', { atMs: 30 });
    expect(await due(10)).toEqual(['e2', 'e3']);
    for (const delivery of await listDueDeliveries(db, 'we_1', 10, 10)) {
      await recordTry(db, delivery, { state: 'delivered', tries: 1, nextTryAtMs: 10, log: [] });
    }
    const stretch = { merchantId, endpointId: 'we_1', by: 'time', from: 15, to: 25 } as const;
    expect([await countStretch(db, stretch, 9), await queueStretchAgain(db, stretch, 60)]).toEqual([1, 1]);
    const numbers = { ...stretch, by: 'sequence', from: 1, to: 3 } as const;
    expect([await countStretch(db, numbers, 9), await countStretch(db, numbers, 1)]).toEqual([2, 1]);
    expect(await queueStretchAgain(db, numbers, 61)).toBe(2);
    expect(await queueAgain(db, 'we_1', event, 62)).toBe(1);
    expect(await due(62)).toEqual(['e2', 'e3', 'e1']);
    expect((await listDueDeliveries(db, 'we_1', 62, 10)).map(({ tries }) => tries)).toEqual([0, 0, 0]);
  });

  test('an event that tries an endpoint is in its log, and in no feed', async () => {
    const told = { id: 'e9', merchantId, type: 'webhook_endpoint.test', subject: 'e9', body: {}, atMs: 5 };
    await insertTestEvent(db, told);
    const event = { ...told, sequence: 0, body: '{}' };
    await insertTestDelivery(db, { endpointId: 'we_1', event, state: 'failed', log: [{ atMs: 5, durationMs: 2 }] });
    expect(await first()).toMatchObject({ state: 'failed', tries: 1, event: { id: 'e9', sequence: 0 } });
    expect([await due(99), await lastSequence(db, merchantId)]).toEqual([[], 0]);
  });

  test('one holds the lease of an endpoint, until it ends, is given up, or the endpoint is disabled', async () => {
    await tell('e1');
    const lease = { endpointId: 'we_1', lease: 'a', takenAtMs: 100, untilMs: 200 };
    const free = async (leaseFreeAtMs: number) =>
      (await listDueEndpoints(db, { nowMs: 10, leaseFreeAtMs, limit: 9 })).map(({ id }) => id);
    expect(await free(100)).toEqual(['we_1']);
    expect((await db.transact((tx) => takeLease(tx, lease)))?.id).toBe('we_1');
    expect(await free(150)).toEqual([]);
    const other = { ...lease, lease: 'b', takenAtMs: 150, untilMs: 250 };
    expect(await db.transact((tx) => takeLease(tx, other))).toBeUndefined();
    expect(await db.transact((tx) => extendLease(tx, other))).toBeUndefined();
    expect((await db.transact((tx) => extendLease(tx, { ...lease, untilMs: 300 })))?.id).toBe('we_1');
    expect([await free(250), await free(300)]).toEqual([[], ['we_1']]);
    expect(await endLease(db, lease)).toBe(1);
    expect(await free(100)).toEqual(['we_1']);
    await db.transact((tx) => takeLease(tx, other));
    await disableEndpoint(db, 'we_1', 'failing');
    expect(await db.transact((tx) => extendLease(tx, other))).toBeUndefined();
  });

  test('an endpoint fails from its first failure on, works again with a success, and begins anew when it is enabled', async () => {
    expect([await noteFailing(db, 'we_1', 10), await noteFailing(db, 'we_1', 20)]).toEqual([1, 0]);
    expect([await nextFailingAfter(db, 9), await nextFailingAfter(db, 10)]).toEqual([10, undefined]);
    expect((await listLongFailing(db, 10, 5)).map(({ id }) => id)).toEqual(['we_1']);
    expect([await noteWorking(db, 'we_1'), await noteWorking(db, 'we_1')]).toEqual([1, 0]);
    await noteFailing(db, 'we_1', 30);
    await disableEndpoint(db, 'we_1', 'failing');
    expect(await listLongFailing(db, 99, 5)).toEqual([]);
    const changed = await db.transact((tx) =>
      changeEndpoint(tx, endpoint, { status: 'enabled', url: 'https://new.example/', description: 'New' }),
    );
    expect(changed).toMatchObject({ status: 'enabled', url: 'https://new.example/', description: 'New' });
    expect([changed?.failingSinceMs, changed?.disabledReason, changed?.eventTypes]).toEqual([
      undefined,
      undefined,
      endpoint.eventTypes,
    ]);
    expect(await db.transact((tx) => changeEndpoint(tx, { ...endpoint, merchantId: 'ozu_two' }, {}))).toBeUndefined();
  });

  test('a secret is replaced by one of two who do it at once; ten slots are free, and a deleted one again', async () => {
    const retired = [{ sealed: 's1', untilMs: 9 }];
    expect(await replaceSecret(db, endpoint, { sealedSecret: 's2', retiredSecrets: retired })).toBe(1);
    expect(await replaceSecret(db, endpoint, { sealedSecret: 's3', retiredSecrets: [] })).toBe(0);
    expect(await findEndpoint(db, merchantId, 'we_1')).toMatchObject({ sealedSecret: 's2', retiredSecrets: retired });
    for (let i = 2; i <= endpointsMax; i += 1) expect(await insertEndpoint(db, { ...endpoint, id: `we_${i}` })).toBe(1);
    expect(await insertEndpoint(db, { ...endpoint, id: 'we_11' })).toBe(0);
    await tell('e1');
    expect(await countPending(db)).toMatchObject({ count: endpointsMax });
    expect(await deleteEndpoint(db, merchantId, 'we_3')).toBe(1);
    expect(await countPending(db)).toMatchObject({ count: endpointsMax - 1 });
    expect(await insertEndpoint(db, { ...endpoint, id: 'we_11' })).toBe(1);
    expect(await listEndpoints(db, merchantId)).toHaveLength(endpointsMax);
  });
});
