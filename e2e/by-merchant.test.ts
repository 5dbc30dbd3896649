// The programs as they are, while every key of their databases gets the merchant, and on what comes of it (decision 0030):
// sold, given back, linked, charged again, told.
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pay, preparePay } from './browserless.ts';
import { type DistributedApp, keyByMerchant } from './by-merchant.ts';
import { createOnServer } from './databases.ts';
import { createSession, getSession } from './merchant.ts';
import { createPaymentLink, getPaymentLink, openPaymentLink } from './payment-links.ts';
import { standingReferences } from './processor.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type System, startSystem } from './system.ts';
import { advance, createEndpoint, deliveriesOf, type Endpoint, feedEnd, post, readFeed } from './webhook-endpoints.ts';

const APPROVED = '4242424242424242';
const DECLINED = '4000000000000002';

let system: System;
let receiver: Receiver;
let endpoint: Endpoint;
/** Where the feed was when the endpoint was made. */
let begun: number;
const urls: Partial<Record<DistributedApp, string>> = {};
const removals: (() => Promise<void>)[] = [];

async function databaseOf(app: DistributedApp): Promise<void> {
  const { url, remove } = await createOnServer();
  removals.push(remove);
  urls[app] = url;
}

beforeAll(async () => {
  await Promise.all([databaseOf('checkout'), databaseOf('pay')]);
  const databases = { CHECKOUT_DATABASE_URL: urls.checkout ?? '', PAY_DATABASE_URL: urls.pay ?? '' };
  [system, receiver] = await Promise.all([startSystem(databases), openReceiver()]);
  endpoint = await createEndpoint(system.dev, { url: receiver.url, events: ['*'] });
  begun = Number(await feedEnd(system.dev));
});
afterAll(async () => {
  await system?.stop();
  await receiver?.close();
  for (const remove of removals) await remove();
});

/** Answers the id of the sale. */
async function sell(sessionId: string, number = APPROVED): Promise<string> {
  const { dev } = system;
  const { status, body } = await pay(dev, await preparePay(dev, sessionId, number));
  expect([status, body.errorCode]).toEqual([200, undefined]);
  return (await getSession(dev, sessionId)).payment?.transactionId ?? '';
}

async function askPay(
  path: string,
  body: object,
): Promise<{ status: number; body: { errorCode?: string; data: object } }> {
  const { payUrl, merchantKey, merchantId } = system.dev;
  const answer = await fetch(payUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': merchantKey },
    body: JSON.stringify({ merchantId, ...body }),
  });
  return { status: answer.status, body: (await answer.json()) as { errorCode?: string; data: object } };
}

test('payments go on while the keys change', async () => {
  const { dev } = system;
  let isChanging = true;
  const changed = Promise.all([
    keyByMerchant(urls.checkout ?? '', 'checkout'),
    keyByMerchant(urls.pay ?? '', 'pay'),
  ]).finally(() => {
    isChanging = false;
  });
  const customers = Array.from({ length: 3 }, async () => {
    let sales = 0;
    for (; isChanging; sales += 1) await sell((await createSession(dev)).sessionId);
    return sales;
  });
  await changed;
  for (const sales of await Promise.all(customers)) expect(sales).toBeGreaterThan(0);
});

test('a session is made once, declined, paid once, and given back in parts', async () => {
  const { dev } = system;
  const asked = { idempotencyKey: 'by-merchant', amount: '18.40' };
  const [session, again] = [await createSession(dev, asked), await createSession(dev, asked)];
  expect(again.sessionId).toBe(session.sessionId);
  const declined = await pay(dev, await preparePay(dev, session.sessionId, DECLINED));
  expect([declined.status, declined.body.errorCode]).toEqual([402, 'CARD_DECLINED']);
  const before = standingReferences(system.dataDir).length;
  const prepared = await preparePay(dev, session.sessionId, APPROVED);
  expect((await Promise.all([pay(dev, prepared), pay(dev, prepared)])).map(({ status }) => status)).toContain(200);
  expect((await pay(dev, prepared)).status).toBe(200);
  const { payment, status } = await getSession(dev, session.sessionId);
  expect(status).toBe('completed');
  expect(standingReferences(system.dataDir)).toHaveLength(before + 1);
  const transactionId = payment?.transactionId;
  await expect(askPay('/cardRefund', { transactionId, amount: '5.00' })).resolves.toMatchObject({
    body: { data: { remainingAmount: '13.40', transactionType: 'CreditCardReturn' } },
  });
  await expect(askPay('/cardRefund', { transactionId, amount: '13.41' })).resolves.toMatchObject({ status: 409 });
});

test('a sale is voided, and the same void again says the same', async () => {
  const transactionId = await sell((await createSession(system.dev)).sessionId);
  const first = await askPay('/cardVoid', { transactionId });
  expect(first).toMatchObject({ status: 200, body: { data: { transactionType: 'CreditCardVoid' } } });
  expect((await askPay('/cardVoid', { transactionId })).body.data).toEqual(first.body.data);
});

test('a link of one slot is paid once', async () => {
  const { dev } = system;
  const link = await createPaymentLink(dev, { usageLimit: 1 });
  const [first, second] = [await openPaymentLink(link), await openPaymentLink(link)];
  await sell(first);
  const late = await pay(dev, await preparePay(dev, second, APPROVED)).catch(({ message }: Error) => message);
  expect(late).toMatchObject({ status: 409, body: { errorCode: 'PAYMENT_LINK_LIMIT_REACHED' } });
  expect(await getPaymentLink(dev, link.paymentLinkId)).toMatchObject({ status: 'used_up', used: 1, reserved: 0 });
});

test('the feed has no gap, and the endpoint hears of all of it, and again when it is asked for', async () => {
  const { dev } = system;
  const feed = await readFeed(dev, String(begun));
  expect(feed.map(({ sequence }) => sequence)).toEqual(feed.map((_event, i) => begun + i + 1));
  expect(feed.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['payment.declined', 'payment.approved', 'session.completed', 'refund.succeeded']),
  );
  for (const { id } of feed) await receiver.until(({ event }) => event.id === id);
  const path = `webhook-endpoints/${endpoint.id}/redeliver`;
  const queued = async (body: object) => (await post<{ queued: number }>(dev, path, body)).body.data.queued;
  expect(await queued({ eventId: feed[0]?.id })).toBe(1);
  expect(await queued({ from: begun + 1, to: begun + feed.length })).toBe(feed.length);
  await expect.poll(() => receiver.received.length).toBeGreaterThanOrEqual(feed.length * 2);
  expect(await deliveriesOf(dev, endpoint)).toHaveLength(feed.length);
});

test('a plan begins with a session, and its next cycle is charged', async () => {
  const { dev } = system;
  const recurringConfig = { planName: 'Kettle Club', interval: 'monthly', startDate: '2037-01-01' };
  const { sessionId } = await createSession(dev, { checkoutMode: 'recurring', recurringConfig });
  await sell(sessionId);
  await advance(dev, 32 * 86_400);
  const answer = await fetch(`${dev.payUrl}/recurring/plans?merchantId=${dev.merchantId}`, {
    headers: { 'x-api-key': dev.merchantKey },
  });
  const { data } = (await answer.json()) as { data: { status: string; cyclesCharged: number }[] };
  expect(data).toMatchObject([{ status: 'active', cyclesCharged: 2 }]);
  await receiver.until(({ event }) => event.type === 'plan.charged' && event.data.cycle === 2);
});

test('no statement met a key that it does not know, and Checkout has every event of Pay', async () => {
  expect(system.output()).not.toMatch(/constraint|conflict|"level":"?(error|50)/i);
  const db = await openDatabase({ url: urls.pay ?? '', poolMax: 1 });
  expect(await db.all(sql`SELECT 1 AS one FROM outbox WHERE collected_at IS NULL`)).toEqual([]);
  await db.close();
});
