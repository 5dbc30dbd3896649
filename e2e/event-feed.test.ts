// The feed under many writers (contract 14.2): several Checkouts and a Pay on both engines, whose answers get lost. Every
// event has one number, numbers have no gaps, and a reader who goes on from where he was sees each event once.
import type { CheckoutContext } from '@ozura/checkout/context';
import { type Feed, openFeed } from '@ozura/checkout/feed';
import { listFeed } from '@ozura/checkout/store/event-feed';
import { forgetEvents, insertEvent } from '@ozura/checkout/store/events';
import { NoAnswer, openClient, type Send } from '@ozura/contract/client';
import { newEventId } from '@ozura/core/ids';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { openLog } from '@ozura/kit/log';
import { handOver } from '@ozura/pay/outbox';
import { insertEvent as insertPayEvent, offerAgain } from '@ozura/pay/store/outbox';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';

const base = openContext(openLog({ program: 'test', level: 'silent' }));
const MERCHANTS = ['ozu_one', 'ozu_two', 'ozu_three'];
const migrationsOf = (app: string) => readMigrations(new URL(`../apps/${app}/src/store/migrations/`, import.meta.url));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

forEachEngine((engine, _open, create) => {
  let dbs: readonly Database[];
  let ledger: Database;
  let feeds: readonly Feed[];
  /** Of Pay's answers, how many are lost. */
  let lost = 0;
  let queued = 0;

  const send: Send = async ({ body = '{}' }) => {
    const isLost = (): boolean => Math.random() < lost;
    const noAnswer = (sent: 'no' | 'unknown') => new NoAnswer('no answer', { sent, timedOut: false });
    if (isLost()) throw noAnswer('no');
    const { collected } = JSON.parse(body) as { collected: string[] };
    const answer = { success: true, data: { events: await handOver({ db: ledger }, collected) } };
    if (isLost()) throw noAnswer('unknown');
    return { status: 200, headers: {}, text: JSON.stringify(answer) };
  };

  beforeAll(async () => {
    const [url, payUrl] = [await create(), await create()];
    // As three processes on one database would; a file belongs to one.
    dbs = await Promise.all(Array.from({ length: engine === 'sqlite' ? 1 : 3 }, () => openDatabase({ url })));
    ledger = await openDatabase({ url: payUrl });
    await migrate(dbs[0] as Database, migrationsOf('checkout'));
    await migrate(ledger, migrationsOf('pay'));
    const pay = openClient('http://pay', send);
    const count = (): void => {
      queued += 1;
    };
    feeds = dbs.map((db) => openFeed({ ...base, db, pay } as unknown as CheckoutContext, count));
  });
  afterAll(() => Promise.all([...dbs, ledger].map((db) => db?.close())));
  beforeEach(async () => {
    await dbs[0]?.script('DELETE FROM events; DELETE FROM event_feeds');
    await ledger.script('DELETE FROM outbox');
    lost = 0;
  });

  const feedOf = (merchantId: string, afterSequence = 0, limit = 10_000) =>
    listFeed(dbs[0] as Database, { merchantId, afterSequence, types: undefined, limit });
  const told = (merchantId: string, subject: string, type = 'session.completed') => ({
    id: newEventId(base.random),
    merchantId,
    type,
    subject,
    body: {},
    atMs: 1,
  });

  test('many write at once, and every reader sees each event once, in order, without a gap', async () => {
    lost = 0.3;
    const written: string[] = [];
    const count = 300;
    const writers = Array.from({ length: 12 }, async (_none, writer) => {
      for (let i = 0; i < count / 12; i += 1) {
        const merchantId = MERCHANTS[(writer + i) % 3] ?? '';
        const event = told(merchantId, `${writer}/${i}`);
        await dbs[writer % dbs.length]?.transact(async (tx) => {
          await insertEvent(tx, event);
          // Others commit in between.
          await tx.now();
        });
        const eventId = newEventId(base.random);
        await insertPayEvent(ledger, {
          ...event,
          eventId,
          type: 'payment.approved',
          data: { attemptId: `${writer}/${i}` },
        });
        written.push(event.id, eventId);
      }
    });
    let writing = true;
    const numbering = feeds.map(async (feed) => {
      while (writing) await Promise.all([feed.bringUpToDate(), feed.bringUpToDate(), pause(1)]);
    });
    const seen: string[] = [];
    const readers = MERCHANTS.map(async (merchantId) => {
      let last = 0;
      for (let isLast = false; ; isLast = !writing) {
        for (const { id, sequence } of await feedOf(merchantId, last, 7)) {
          if (sequence !== last + 1) throw new Error(`${merchantId}: ${sequence} after ${last}`);
          last = sequence;
          seen.push(id);
        }
        if (isLast && (await feedOf(merchantId, last, 1)).length === 0) return;
        await pause(1);
      }
    });
    await Promise.all(writers);
    lost = 0;
    await Promise.all(feeds.map((feed) => feed.bringUpToDate()));
    writing = false;
    await Promise.all([...numbering, ...readers]);
    expect(seen).toHaveLength(2 * count);
    expect(new Set(seen)).toEqual(new Set(written));
    expect(await ledger.all(sql`SELECT event_id FROM outbox WHERE collected_at IS NULL`)).toEqual([]);
  });

  test('what is asked for after an event was written holds it, also while others ask', async () => {
    for (let i = 0; i < 20; i += 1) {
      const event = told('ozu_one', `asked-${i}`);
      void feeds[0]?.bringUpToDate();
      await insertEvent(dbs[0] as Database, event);
      await feeds[0]?.bringUpToDate();
      expect((await feedOf('ozu_one')).at(-1)?.id).toBe(event.id);
    }
  });

  test('events of one object keep the order in which they were written, in Pay too', async () => {
    const [first, second] = [newEventId(base.random), newEventId(base.random)];
    const event = { merchantId: 'ozu_one', subject: 'A', atMs: 5, data: { attemptId: 'A' } };
    await insertPayEvent(ledger, { ...event, eventId: first, type: 'payment.review' });
    await insertPayEvent(ledger, { ...event, eventId: second, type: 'payment.resolved', atMs: 4 });
    await Promise.all(feeds.map((feed) => feed.bringUpToDate()));
    expect((await feedOf('ozu_one')).map(({ id }) => id)).toEqual([first, second]);
  });

  test('events that Checkout has lost are offered again, and those that it has stay as they are', async () => {
    const pay = async (name: string, atMs: number) => {
      const data = { attemptId: name };
      const event = { merchantId: 'ozu_one', subject: name, atMs, data, type: 'payment.approved' };
      await insertPayEvent(ledger, { ...event, eventId: `evt_${name}` });
      await feeds[0]?.bringUpToDate();
    };
    for (const [at, name] of ['kept', 'lost', 'old'].entries()) await pay(name, at === 2 ? 5 : 10);
    await ledger.script("UPDATE outbox SET collected_at = CASE event_id WHEN 'evt_kept' THEN 99 ELSE 100 END");
    // A backup of 100 is brought back.
    await dbs[0]?.script("DELETE FROM events WHERE id <> 'evt_kept'; UPDATE event_feeds SET last_sequence = 1");
    expect(await offerAgain(ledger, { collectedSinceMs: 100, createdAfterMs: 5 })).toBe(1);
    expect(await offerAgain(ledger, { collectedSinceMs: 100, createdAfterMs: 5 })).toBe(0);
    await feeds[0]?.bringUpToDate();
    const sequences = async () => (await feedOf('ozu_one')).map(({ id, sequence }) => `${sequence} ${id}`);
    expect(await sequences()).toEqual(['1 evt_kept', '2 evt_lost']);
    // Offered although they are here.
    expect(await offerAgain(ledger, { collectedSinceMs: 0, createdAfterMs: 5 })).toBe(2);
    await feeds[0]?.bringUpToDate();
    expect(await sequences()).toEqual(['1 evt_kept', '2 evt_lost']);
    expect(await ledger.all(sql`SELECT event_id FROM outbox WHERE collected_at IS NULL`)).toEqual([]);
  });

  test('numbers go on after the events before them are forgotten', async () => {
    await insertEvent(dbs[0] as Database, told('ozu_one', 'old'));
    await feeds[0]?.bringUpToDate();
    expect(await forgetEvents(dbs[0] as Database, 2)).toBe(1);
    await insertEvent(dbs[0] as Database, told('ozu_one', 'new'));
    await feeds[0]?.bringUpToDate();
    expect((await feedOf('ozu_one')).map(({ sequence }) => sequence)).toEqual([2]);
    expect(queued).toBe(0);
  });
});
