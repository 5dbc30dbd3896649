// What events cost: webhooks delivered to a receiver on this machine, and the share of a payment that goes into writing its
// event, taking it over into the feed and numbering it.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckoutContext } from '@ozura/checkout/context';
import { openFeed } from '@ozura/checkout/feed';
import { openClient } from '@ozura/contract/client';
import { newEventId } from '@ozura/core/ids';
import type { DevFile } from '@ozura/e2e/system';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { openLog } from '@ozura/kit/log';
import { handOver } from '@ozura/pay/outbox';
import { insertEvent } from '@ozura/pay/store/outbox';
import { creating } from './sessions.ts';

const events = 4_000;
const writers = 16;

/** A second, from the order to deliver them until the last has arrived. */
export async function benchWebhooks(dev: DevFile): Promise<number> {
  const { url, headers, body } = creating(dev, { amount: '18.40' });
  const post = async (path: string, sent: string): Promise<{ data: { id: string } }> => {
    const answer = await fetch(`${dev.checkoutUrl}/api/${path}`, { method: 'POST', headers, body: sent });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return (await answer.json()) as { data: { id: string } };
  };
  await together(events, () => post('payment-links/create', body));
  const seen = new Set<unknown>();
  const server = createServer((request, response) => {
    request.resume();
    seen.add(request.headers['webhook-id']);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { data } = await post('webhook-endpoints', JSON.stringify({ url: hook, events: ['payment_link.created'] }));
  const beganMs = performance.now();
  const stretch = { from: '2000-01-01T00:00:00Z', to: '2199-01-01T00:00:00Z' };
  await post(`webhook-endpoints/${data.id}/redeliver`, JSON.stringify(stretch));
  while (seen.size < events) await new Promise((resolve) => setTimeout(resolve, 5));
  const seconds = (performance.now() - beganMs) / 1000;
  await fetch(`${dev.checkoutUrl}/api/webhook-endpoints/${data.id}`, { method: 'DELETE', headers });
  server.closeAllConnections();
  server.close();
  return events / seconds;
}

/** Milliseconds for one event, from its commit in Pay until it has its number in Checkout, both on SQLite. */
export async function benchOutbox(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-bench-outbox-'));
  const base = openContext(openLog({ program: 'bench', level: 'silent' }));
  const [db, ledger] = [await openTables(folder, 'checkout'), await openTables(folder, 'pay')];
  const pay = openClient('http://pay', async ({ body = '{}' }) => {
    const { collected } = JSON.parse(body) as { collected: string[] };
    const answer = { success: true, data: { events: await handOver({ db: ledger }, collected) } };
    return { status: 200, headers: {}, text: JSON.stringify(answer) };
  });
  const feed = openFeed({ ...base, db, pay } as unknown as CheckoutContext, () => undefined);
  const beganMs = performance.now();
  await together(events, async (index) => {
    const eventId = newEventId(base.random);
    const event = { eventId, merchantId: 'ozu_bench', type: 'payment.approved', subject: String(index), atMs: 1 };
    await ledger.transact((tx) => insertEvent(tx, { ...event, data: { attemptId: String(index), amount: '18.40' } }));
  });
  await feed.bringUpToDate();
  const tookMs = performance.now() - beganMs;
  const row = await db.one<{ n: number }>(sql`SELECT count(*) AS n FROM events WHERE sequence > 0`);
  if (row?.n !== events) throw new Error(`${row?.n} of ${events} events are in the feed`);
  await Promise.all([db.close(), ledger.close()]);
  rmSync(folder, { recursive: true, force: true });
  return tookMs / events;
}

async function openTables(folder: string, program: 'checkout' | 'pay'): Promise<Database> {
  const db = await openDatabase({ url: join(folder, `${program}.db`) });
  await migrate(db, readMigrations(new URL(`../apps/${program}/src/store/migrations/`, import.meta.url)));
  return db;
}

/** A few at a time. */
async function together(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}
