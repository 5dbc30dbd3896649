// How the statements of creating, reading and sweeping sessions find their rows, on both engines: by an index, however
// many sessions there are.
import { forEachSchema } from '@ozura/e2e/databases';
import { expectIndices } from '@ozura/e2e/query-plans';
import type { Database, Handle } from '@ozura/kit/db/handle';
import { beforeAll, test } from 'vitest';
import { findCharge, findChargeByAttempt, listChargesOf, listDueCharges, listOpenCharges } from './charges.ts';
import { forgetEvents } from './events.ts';
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

const LOOKS: Readonly<Record<string, (db: Handle) => Promise<unknown>>> = {
  'a session': (db) => findSession(db, 'session_x'),
  'a session by its key': (db) => findSessionByKey(db, 'ozu_bluekettle', 'k'),
  'sessions whose time is up': (db) => listDueSessions(db, 1, 200),
  'keys that are old': (db) => forgetIdempotencyKeys(db, 1),
  'a charge': (db) => findCharge(db, 'chg_x'),
  'a charge by its attempt': (db) => findChargeByAttempt(db, 'session_x', 'a'),
  'charges to ask about': (db) => listDueCharges(db, 1, 200),
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
});
