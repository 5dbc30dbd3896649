// What the database itself refuses (contract 12.6), on both engines.
import { createSessionFields } from '@ozura/contract/checkout/create-session-fields';
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import { CURRENCIES } from '@ozura/core/currencies';
import { newChargeId, newSessionId } from '@ozura/core/ids';
import type { SessionState } from '@ozura/core/session';
import { readAll } from '@ozura/core/validation';
import { forEachSchema } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import { bringChecksForward, endCharge, insertCharge, listDueCharges, takeCheck } from './charges.ts';
import { insertEvent, takeOverEvents } from './events.ts';
import {
  forgetEndedCredentials,
  forgetOldestCredentials,
  insertPageCredential,
  isCredentialOf,
} from './page-credentials.ts';
import {
  findSession,
  findSessionByKey,
  forgetIdempotencyKeys,
  insertSession,
  listDueSessions,
  moveSession,
  type Session,
} from './sessions.ts';
import { insertSigningKey, listSigningKeys } from './signing-keys.ts';

const { random } = openContext(openLog({ program: 'test', level: 'silent' }));

const readRequest = createSessionFields({
  mode: 'test',
  now: () => Date.parse('2026-03-04T09:30:00Z'),
  currencies: CURRENCIES,
  checkoutUrl: 'http://localhost:4000',
  allowedReturnHosts: () => [],
});

const request = (change: object = {}): SessionRequest =>
  readAll(readRequest, {
    merchantId: 'ozu_bluekettle',
    merchantName: 'Blue Kettle ☕',
    amount: '18.40',
    successUrl: 'https://shop.example/thanks',
    cancelUrl: 'https://shop.example/cart',
    errorUrl: 'https://shop.example/error',
    metadata: { cart: 'c-771', totalMinor: 5 },
    ...change,
  });

const payment = { transactionId: '2603049F2K7Q0ZC3W8M5T1XR6B', amount: '18.40', currency: 'USD' } as CardSaleData;
const now = 1_000_000;
const ended = (status: 'completed' | 'cancelled' | 'expired'): SessionState => ({
  status,
  paymentState: null,
  endedAtMs: now,
});

forEachSchema((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
  });

  const newSession = async (change: object = {}, times = { createdAtMs: now, expiresAtMs: now + 60_000 }) => {
    const id = newSessionId(now, random);
    await insertSession(db, { id, request: request(change), ...times });
    return read(id);
  };
  const read = async (id: string): Promise<Session> => {
    const session = await findSession(db, id);
    if (session === undefined) throw new Error('no such session');
    return session;
  };
  const charging = (session: Session, chargeId: string): SessionState => ({
    status: 'pending',
    paymentState: 'processing',
    chargeId,
    expiresAtMs: session.expiresAtMs,
    failedAttempts: 0,
    extensions: 0,
  });
  const newCharge = (sessionId: string, attemptKey: string) =>
    insertCharge(db, {
      id: newChargeId(random),
      sessionId,
      merchantId: 'ozu_bluekettle',
      attemptKey,
      totalMinor: 1840n,
      createdAtMs: now,
      nextCheckAtMs: now + 5_000,
      addressHash: 'a',
      cardHash: 'c',
    });

  test('a session comes back as it was written, money as big integers, metadata untouched', async () => {
    const donation = { checkoutMode: 'donation', amount: undefined, donationConfig: { presets: [5, 10], max: 50 } };
    for (const change of [{}, donation, { amount: undefined, items: [{ name: 'Tea', price: 2, quantity: 3 }] }]) {
      const { request: back, state, revision } = await newSession({ ...change, surchargePercent: '3' });
      const { idempotencyKey: _key, ...sent } = request({ ...change, surchargePercent: '3' });
      expect(JSON.parse(JSON.stringify(back, asText))).toEqual(JSON.parse(JSON.stringify(sent, asText)));
      expect(back.metadata).toEqual({ cart: 'c-771', totalMinor: 5 });
      expect([state.status, revision]).toEqual(['pending', 0]);
    }
  });

  test('an idempotency key of a merchant is used once, by one of fifty', async () => {
    const one = { idempotencyKey: 'order-1' };
    const written = await Promise.all(
      Array.from({ length: 50 }, () =>
        insertSession(db, {
          id: newSessionId(now, random),
          request: request(one),
          fingerprint: 'f',
          createdAtMs: now,
          expiresAtMs: now + 1,
        }),
      ),
    );
    expect(written.reduce((sum, rows) => sum + rows, 0)).toBe(1);
    expect((await findSessionByKey(db, 'ozu_bluekettle', 'order-1'))?.fingerprint).toBe('f');
    await newSession({ ...one, merchantId: 'ozu_other' });
    expect(await forgetIdempotencyKeys(db, now + 1)).toBe(2);
    expect(await findSessionByKey(db, 'ozu_bluekettle', 'order-1')).toBeUndefined();
  });

  test('a move from a state that is no more changes nothing; of fifty at once one wins', async () => {
    const session = await newSession();
    const moved = await Promise.all(Array.from({ length: 50 }, () => moveSession(db, session, ended('cancelled'))));
    expect(moved.reduce((sum, rows) => sum + rows, 0)).toBe(1);
    expect((await read(session.id)).state).toEqual(ended('cancelled'));
  });

  test('no update leaves a terminal state, whoever writes it', async () => {
    const session = await newSession();
    await moveSession(db, session, ended('expired'));
    await expect(moveSession(db, await read(session.id), ended('completed'), payment)).rejects.toThrow(/does not move/);
    await expect(db.run(sql`UPDATE sessions SET status = 'pending' WHERE id = ${session.id}`)).rejects.toThrow();
    expect((await read(session.id)).state.status).toBe('expired');
  });

  test('completed means paid, and paid means completed', async () => {
    const session = await newSession();
    await expect(moveSession(db, session, ended('completed'))).rejects.toThrow();
    await expect(moveSession(db, session, ended('cancelled'), payment)).rejects.toThrow();
    await moveSession(db, session, ended('completed'), payment);
    expect((await read(session.id)).payment).toEqual(payment);
  });

  test('a session has one charge alive', async () => {
    const session = await newSession();
    const written = await Promise.all(Array.from({ length: 50 }, (_, n) => newCharge(session.id, `attempt-${n}`)));
    expect(written.reduce((sum, rows) => sum + rows, 0)).toBe(1);
    const [charge] = (await listDueCharges(db, now + 5_000, 10)).filter(({ sessionId }) => sessionId === session.id);
    if (charge === undefined) throw new Error('no charge is due');
    const end = { outcome: 'declined', answerCode: 'CARD_DECLINED', attemptsLeft: 4, endedAtMs: now } as const;
    expect(await endCharge(db, charge.id, end)).toBe(1);
    expect(await endCharge(db, charge.id, end)).toBe(0);
    expect(await newCharge(session.id, charge.attemptKey)).toBe(0);
    expect(await newCharge(session.id, 'another')).toBe(1);
    await expect(db.run(sql`UPDATE charges SET outcome = 'approved' WHERE id = ${charge.id}`)).rejects.toThrow();
  });

  test('a check is taken once, and brought forward after a start', async () => {
    const session = await newSession();
    await newCharge(session.id, 'a');
    const due = async (at: number) =>
      (await listDueCharges(db, at, 100)).filter(({ sessionId }) => sessionId === session.id);
    const [charge] = await due(now + 5_000);
    if (charge === undefined) throw new Error('no charge is due');
    const taken = await Promise.all([1, 2, 3].map(() => takeCheck(db, charge, now + 9_000)));
    expect(taken.sort()).toEqual([0, 0, 1]);
    expect(await due(now + 5_000)).toEqual([]);
    await bringChecksForward(db, now);
    expect(await due(now)).toMatchObject([{ id: charge.id, checks: 1, outcome: 'open' }]);
    // The clock was set back: it was made before now, whatever the row says.
    await bringChecksForward(db, now - 60_000);
    expect(await due(now - 60_000)).toMatchObject([{ id: charge.id, createdAtMs: now - 60_000 }]);
  });

  test('due sessions are those that nobody is paying', async () => {
    const times = { createdAtMs: now, expiresAtMs: now - 1 };
    const [due, paying] = [await newSession({}, times), await newSession({}, times)];
    await moveSession(db, paying, charging(paying, 'chg_1'));
    const found = (await listDueSessions(db, now, 100)).map(({ id }) => id);
    expect(found).toContain(due.id);
    expect(found).not.toContain(paying.id);
  });

  test('an event of a type is told once for a session', async () => {
    const { id: sessionId } = await newSession();
    const event = { merchantId: 'm', subject: sessionId, type: 'session.expired', body: {}, atMs: now };
    await insertEvent(db, { ...event, id: 'evt_1' });
    await expect(insertEvent(db, { ...event, id: 'evt_2' })).rejects.toThrow();
  });

  test('an event that several processes take over at once is there once, and none of them fails', async () => {
    const event = { merchantId: 'ozu_other', type: 'payment.approved', body: {}, atMs: 1 };
    for (let round = 0; round < 100; round += 1) {
      const taken = [1, 2, 3].map((i) => ({ ...event, id: `evt_${round} ${i}`, subject: `taken ${round} ${i}` }));
      await Promise.all(Array.from({ length: 8 }, () => takeOverEvents(db, taken)));
    }
    const there = await db.one(sql`SELECT count(*) AS n FROM events WHERE subject LIKE 'taken %'`);
    expect(there).toEqual({ n: 300 });
  });

  test('the fifty newest page credentials of a session are kept until it is over', async () => {
    const session = await newSession();
    for (let i = 0; i < 52; i += 1) {
      await insertPageCredential(db, {
        hash: `${session.id}-${i}`,
        sessionId: session.id,
        merchantId: session.request.merchantId,
        createdAtMs: now + i,
      });
      await forgetOldestCredentials(db, session.id);
    }
    const known = (i: number) => isCredentialOf(db, `${session.id}-${i}`, session.id);
    expect([await known(0), await known(1), await known(2), await known(51)]).toEqual([false, false, true, true]);
    expect(await isCredentialOf(db, `${session.id}-51`, 'session_other')).toBe(false);
    await moveSession(db, session, ended('cancelled'));
    await forgetEndedCredentials(db, now);
    expect(await known(51)).toBe(true);
    await forgetEndedCredentials(db, now + 100);
    expect(await known(51)).toBe(false);
  });

  test('a signing slot is taken once', async () => {
    const key = { slot: 1, publicKey: 'x', sealedPrivateKey: 's', createdAtMs: 1 };
    const written = await Promise.all([1, 2, 3].map((n) => insertSigningKey(db, { ...key, keyId: `sig_${n}` })));
    expect(written.sort()).toEqual([0, 0, 1]);
    expect(await listSigningKeys(db)).toHaveLength(1);
  });
});

const asText = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
