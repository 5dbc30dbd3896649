// How the statements of creating, reading and sweeping sessions find their rows, on both engines: by an index, however
// many sessions there are.
import { forEachSchema } from '@ozura/e2e/databases';
import { expectIndices, expectPage } from '@ozura/e2e/query-plans';
import type { Database, Handle } from '@ozura/kit/db/handle';
import { beforeAll, test } from 'vitest';
import {
  bringChecksForward,
  countDeclines,
  countOpenCharges,
  findCharge,
  findChargeByAttempt,
  listChargesOf,
  listDueCharges,
  listOpenCharges,
} from './charges.ts';
import { listFeed, numberEvents, openFeeds } from './event-feed.ts';
import { findEvent, forgetEvents, type StoredEvent } from './events.ts';
import { forgetEndedCredentials, forgetOldestCredentials, isCredentialOf } from './page-credentials.ts';
import { findPaymentLink, findPaymentLinkByKey, forgetLinkKeys, listEndedLinks } from './payment-links.ts';
import { deleteSessions, listPrunable } from './pruning.ts';
import {
  findSession,
  findSessionByKey,
  forgetIdempotencyKeys,
  listDueSessions,
  listWaitingSessions,
} from './sessions.ts';
import {
  countPending,
  countStretch,
  type Delivery,
  forgetDeliveries,
  holdBackFollowers,
  listDeliveries,
  listDueDeliveries,
  nextTryAfter,
  queueAgain,
  queueDeliveries,
  queueStretchAgain,
} from './webhook-deliveries.ts';
import { findEndpoint, listDueEndpoints, listLongFailing } from './webhook-endpoints.ts';

const merchantId = 'ozu_bluekettle';
const event = { id: 'evt_x', merchantId, sequence: 1 } as StoredEvent;
const delivery = { endpointId: 'we_x', object: 'o', event } as Delivery;
const stretch = { merchantId, endpointId: 'we_x', from: 1, to: 2, by: 'sequence' } as const;

const LOOKS: Readonly<Record<string, (db: Handle) => Promise<unknown>>> = {
  'a session': (db) => findSession(db, 'session_x'),
  'a session by its key': (db) => findSessionByKey(db, 'ozu_bluekettle', 'k'),
  'sessions whose time is up': (db) => listDueSessions(db, 1, 200),
  'keys that are old': (db) => forgetIdempotencyKeys(db, 1),
  'a charge': (db) => findCharge(db, 'chg_x'),
  'a charge by its attempt': (db) => findChargeByAttempt(db, 'session_x', 'a'),
  'charges to ask about': (db) => listDueCharges(db, 1, 200),
  'charges of a clock that was set back': (db) => bringChecksForward(db, 1),
  'declines of an address and of a card': (db) => countDeclines(db, { addressHash: 'a', cardHash: 'c' }, 1),
  'open charges': (db) => countOpenCharges(db),
  'charges of a session': (db) => listChargesOf(db, 'session_x'),
  'charges in flight': (db) => listOpenCharges(db, 'ozu_bluekettle', 10),
  'sessions that wait': (db) => listWaitingSessions(db, 'ozu_bluekettle', 10),
  'a page credential': (db) => isCredentialOf(db, 'h', 'session_x'),
  'the oldest credentials of a session': (db) => forgetOldestCredentials(db, 'session_x'),
  'credentials of sessions that ended': (db) => forgetEndedCredentials(db, 1),
  'unpaid sessions to remove': (db) => listPrunable(db, { paid: false, endedBeforeMs: 1, limit: 200 }),
  'paid sessions to remove': (db) => listPrunable(db, { paid: true, endedBeforeMs: 1, limit: 200 }),
  'what hangs on removed sessions': (db) => deleteSessions(db, ['session_x', 'session_y']),
  'events that are old': (db) => forgetEvents(db, 1),
  'an event': (db) => findEvent(db, merchantId, 'evt_x'),
  'events after another': (db) => listFeed(db, { merchantId, afterSequence: 1, types: ['a', 'b'], limit: 10 }),
  'events to number': (db) => numberEvents(db, 100),
  'feeds to open': (db) => openFeeds(db),
  'events to queue for endpoints': (db) => queueDeliveries(db, { merchantId, first: 1, last: 9 }, 1),
  'an event to queue again': (db) => queueAgain(db, 'we_x', event, 1),
  'a stretch of events to queue again': (db) => queueStretchAgain(db, stretch, 1),
  'how many events a stretch has': (db) => countStretch(db, stretch, 10),
  'deliveries whose time has come': (db) => listDueDeliveries(db, 'we_x', 1, 10),
  'deliveries of an endpoint': (db) => listDeliveries(db, 'we_x', { beforeOrdinal: 9, limit: 10 }),
  'deliveries behind one that failed': (db) => holdBackFollowers(db, delivery, 1),
  'when a delivery is tried': (db) => nextTryAfter(db, 1),
  'how many deliveries wait': (db) => countPending(db),
  'endpoints to deliver to': (db) => listDueEndpoints(db, { nowMs: 1, leaseFreeAtMs: 1, limit: 10 }),
  'endpoints that fail for long': (db) => listLongFailing(db, 1, 10),
  'an endpoint': (db) => findEndpoint(db, merchantId, 'we_x'),
  'a link': (db) => findPaymentLink(db, 'pl_x'),
  'a link by its key': (db) => findPaymentLinkByKey(db, 'ozu_bluekettle', 'k'),
  'links whose time is up': (db) => listEndedLinks(db, 1, 200),
  'keys of links that are old': (db) => forgetLinkKeys(db, 1),
};

forEachSchema((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
  });

  test.each(Object.entries(LOOKS))('%s: no table is read from end to end', async (_what, look) => {
    await expectIndices(db, look);
  });

  test('deliveries of an endpoint to forget: the first that are found', async () => {
    await expectPage(db, (tx) => forgetDeliveries(tx, 'we_x', 500));
  });
});
