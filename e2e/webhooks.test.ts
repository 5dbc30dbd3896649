// Webhooks of a running system (contract 14.1, 14.2): what arrives, how it is signed, and what becomes of what does not
// arrive. Time is moved by the test clock.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyWebhook } from '@ozura/elements/server';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPage, pageCall, pay, preparePay } from './browserless.ts';
import { createSession } from './merchant.ts';
import { createPaymentLink } from './payment-links.ts';
import { openReceiver, type Received, type ReceivedEvent, type Receiver } from './receiver.ts';
import { runCli } from './run-cli.ts';
import { type System, startSystem } from './system.ts';
import {
  advance,
  ask,
  createEndpoint,
  deliveriesOf,
  type Endpoint,
  endpointOf,
  feedEnd,
  post,
  readFeed,
} from './webhook-endpoints.ts';

let system: System;
let receiver: Receiver;
const dev = () => system.dev;

beforeAll(async () => {
  [system, receiver] = await Promise.all([startSystem(), openReceiver()]);
});
afterAll(async () => {
  await system?.stop();
  await receiver?.close();
});
beforeEach(() => {
  receiver.reply = () => 204;
  receiver.received.length = 0;
});

/** For the time of one test: a merchant has ten. */
async function withEndpoint(fields: object, work: (endpoint: Endpoint) => Promise<void>): Promise<void> {
  const endpoint = await createEndpoint(dev(), { url: `${receiver.url}/hook`, ...fields });
  try {
    await work(endpoint);
  } finally {
    await ask(dev(), `webhook-endpoints/${endpoint.id}`, { method: 'DELETE' });
  }
}
const isOf =
  (type: string) =>
  ({ event }: Received): boolean =>
    event.type === type;
const newLink = async (): Promise<string> => (await createPaymentLink(dev())).paymentLinkId;
const switchOff = (linkId: string) => post(dev(), `payment-links/${linkId}/deactivate`);
const settledTo = async (endpoint: Endpoint, status: string): Promise<void> => {
  for (let tries = 0; tries < 1_200; tries += 1) {
    const all = await deliveriesOf(dev(), endpoint);
    if (all.length > 0 && all.every((one) => one.status === status)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`deliveries are ${JSON.stringify(await deliveriesOf(dev(), endpoint))}`);
};

test('a payment is told of, signed for whoever knows the secret, and just as in the feed', async () => {
  await withEndpoint({}, async ({ secret }) => {
    const { sessionId } = await createSession(dev(), { metadata: { cart: 'c-771' } });
    expect((await pay(dev(), await preparePay(dev(), sessionId, '4242424242424242'))).status).toBe(200);
    const completed = await receiver.until(isOf('session.completed'));
    const approved = await receiver.until(isOf('payment.approved'));
    for (const { headers, body, event } of [completed, approved]) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
      expect(await verifyWebhook(body, headers as Record<string, string>, secret)).toEqual(event);
      expect([headers['webhook-id'], headers['content-type']]).toEqual([event.id, 'application/json']);
      expect(body).not.toMatch(/Ines|ines@|Pier Road|14155550134|4242424242424242/);
    }
    const session = completed.event.data.session as { payment: object };
    expect(session).toMatchObject({ id: sessionId, status: 'completed', metadata: { cart: 'c-771' } });
    const { transactionId } = session.payment as { transactionId: string };
    expect(approved.event.data).toMatchObject({ transactionId, sessionId, amount: '18.40', cardLastFour: '4242' });
    const feed = await readFeed(dev());
    expect(feed).toEqual(expect.arrayContaining([completed.event, approved.event]));
    expect(feed.map(({ sequence }) => sequence)).toEqual(feed.map((_event, index) => index + 1));
  });
});

test('a body stays below 20 KB, whatever the merchant put into his session; secrets are in no file', async () => {
  await withEndpoint({}, async ({ secret }) => {
    // Fewer characters than bytes.
    const cssVariables = Object.fromEntries(
      Array.from({ length: 48 }, (_none, i) => [`variable-${i}`, '界'.repeat(100)]),
    );
    const metadata = { note: 'é'.repeat(5_000) };
    const { sessionId } = await createSession(dev(), { metadata, appearance: { cssVariables } });
    const credential = await openPage(dev(), sessionId);
    expect((await pageCall(dev(), { sessionId, credential, body: {} }, 'cancel')).status).toBe(200);
    const { body, event } = await receiver.until(isOf('session.cancelled'));
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(event.data.session).toMatchObject({ id: sessionId, appearance: {}, metadata });
    for (const file of ['checkout.db', 'checkout.db-wal', 'log/checkout.log']) {
      expect(readFileSync(join(system.dataDir, file)).includes(secret.slice('whsec_'.length))).toBe(false);
    }
  });
});

test('the feed goes on from an event or a number, by types, page by page, and holds what has just happened', async () => {
  const before = await feedEnd(dev());
  const links = [await newLink(), await newLink(), await newLink()];
  await switchOff(links[1] ?? '');
  const all = await readFeed(dev(), before);
  expect(all.map(({ type, data }) => [type, data.paymentLinkId])).toEqual([
    ...links.map((id) => ['payment_link.created', id]),
    ['payment_link.deactivated', links[1]],
  ]);
  expect(await readFeed(dev(), all[1]?.id)).toEqual(all.slice(2));
  expect(await readFeed(dev(), before, 'payment_link.deactivated,session.failed')).toEqual(all.slice(3));
  const page = await ask<ReceivedEvent[]>(dev(), `events?after=${before}&limit=3`);
  expect([page.body.data, page.body.hasMore]).toEqual([all.slice(0, 3), true]);
  const rest = await ask<ReceivedEvent[]>(dev(), `events?after=${page.body.nextAfter}&limit=3`);
  expect([rest.body.data, rest.body.hasMore]).toEqual([all.slice(3), false]);
  const none = await ask<ReceivedEvent[]>(dev(), `events?after=${rest.body.nextAfter}`);
  expect(none.body).toEqual({ success: true, data: [], hasMore: false, nextAfter: rest.body.nextAfter });
});

test.each([
  ['after=evt_0000000000000000000000', 404, 'Not found'],
  ['after=nonsense', 404, 'Not found'],
  ['after=-1', 400, "after: must be an event's id or sequence"],
  ['after=', 400, "after: must be an event's id or sequence"],
  ['limit=0', 400, 'limit: must be between 1 and 100'],
  ['limit=101', 400, 'limit: must be between 1 and 100'],
  ['limit=ten', 400, 'limit: must be an integer'],
  ['types=session.completed,payment.made', 400, 'types: unknown event type payment.made'],
  ['types=4242424242424242', 400, 'types: unknown event type …'],
])('events?%s is refused with %i', async (query, status, error) => {
  const answer = await ask(dev(), `events?${query}`);
  expect([answer.status, answer.body.error]).toEqual([status, error]);
});

const NOT_HTTPS = 'url: must be an absolute https URL';
const NOT_PUBLIC = 'url: must lead to a public address';
test.each([
  ['no address', {}, 'url: is required'],
  ['plain http', { url: 'http://shop.example/hook' }, NOT_HTTPS],
  ['another scheme', { url: 'ftp://shop.example/hook' }, NOT_HTTPS],
  ['a relative address', { url: '/hook' }, NOT_HTTPS],
  ['credentials', { url: 'https://me:secret@shop.example/' }, 'url: must not contain credentials'],
  ['a private address', { url: 'https://10.1.2.3/hook' }, NOT_PUBLIC],
  ['the metadata address', { url: 'https://169.254.169.254/latest' }, NOT_PUBLIC],
  ['an address of this machine', { url: 'https://127.0.0.1:8443/' }, NOT_PUBLIC],
  ['its name', { url: 'https://localhost/' }, NOT_PUBLIC],
  ['an IPv4 address in IPv6', { url: 'https://[::ffff:10.0.0.1]/' }, NOT_PUBLIC],
  ['a number for an address', { url: 'https://2130706433/' }, NOT_PUBLIC],
  ['unknown events', { url: 'https://shop.example/', events: ['paid'] }, 'events[0]: must be an event type, or *'],
  ['no events', { url: 'https://shop.example/', events: [] }, 'events: must have 1-50 entries'],
  ['a text for events', { url: 'https://shop.example/', events: '*' }, 'events: must be an array'],
])('an endpoint with %s is refused, and so is the change to it', async (_name, fields, error) => {
  const created = await post(dev(), 'webhook-endpoints', fields);
  expect([created.status, created.body.error]).toEqual([400, error]);
  if (Object.keys(fields).length === 0) return;
  await withEndpoint({}, async (endpoint) => {
    const path = `webhook-endpoints/${endpoint.id}`;
    const changed = await ask(dev(), path, { method: 'PATCH', body: fields });
    expect([changed.status, changed.body.error]).toEqual([400, error]);
    expect((await endpointOf(dev(), endpoint)).url).toBe(endpoint.url);
  });
});

test('of twenty endpoints that are created at once there are ten', async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, () => post<Endpoint>(dev(), 'webhook-endpoints', { url: `${receiver.url}/many` })),
  );
  const refused = all.filter(({ status }) => status !== 200);
  expect(refused.map(({ body }) => body.error)).toEqual(Array(10).fill('url: at most 10 endpoints'));
  const listed = await ask<Endpoint[]>(dev(), 'webhook-endpoints');
  expect(listed.body.data).toHaveLength(10);
  expect(JSON.stringify(listed.body)).not.toContain('whsec_');
  for (const { id } of listed.body.data) {
    expect((await ask(dev(), `webhook-endpoints/${id}`, { method: 'DELETE' })).body).toEqual({ success: true });
  }
  const gone = `webhook-endpoints/${listed.body.data[0]?.id}`;
  for (const [path, method] of [
    [gone, 'GET'],
    [gone, 'DELETE'],
    [gone, 'PATCH'],
    [`${gone}/deliveries`, 'GET'],
    [`${gone}/test`, 'POST'],
    [`${gone}/rotate-secret`, 'POST'],
    [`${gone}/redeliver`, 'POST'],
  ] as const) {
    const body = method === 'GET' ? {} : { body: { eventId: 'evt_1' } };
    expect([path, (await ask(dev(), path, { method, ...body })).status]).toEqual([path, 404]);
  }
});

test('an endpoint hears of the types that it wants, at the address that it has then', async () => {
  await withEndpoint({ events: ['payment_link.deactivated'] }, async (endpoint) => {
    const linkId = await newLink();
    await switchOff(linkId);
    await receiver.until(isOf('payment_link.deactivated'));
    expect(receiver.received).toHaveLength(1);
    const body = { url: `${receiver.url}/moved`, events: ['payment_link.created'] };
    const changed = await ask<Endpoint>(dev(), `webhook-endpoints/${endpoint.id}`, { method: 'PATCH', body });
    expect(changed.body.data).toMatchObject(body);
    await newLink();
    expect((await receiver.until(isOf('payment_link.created'))).path).toBe('/moved');
  });
});

test('the old secret signs beside the new one for a day', async () => {
  await withEndpoint({}, async (endpoint) => {
    const rotated = await post<Endpoint>(dev(), `webhook-endpoints/${endpoint.id}/rotate-secret`);
    const { secret } = rotated.body.data;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secret).not.toBe(endpoint.secret);
    const verifies = ({ body, headers }: Received, by: string): boolean => {
      try {
        return Boolean(new Webhook(by).verify(body, headers as Record<string, string>));
      } catch {
        return false;
      }
    };
    await newLink();
    const first = await receiver.until(isOf('payment_link.created'));
    expect([verifies(first, secret), verifies(first, endpoint.secret)]).toEqual([true, true]);
    await advance(dev(), 86_401);
    receiver.received.length = 0;
    await newLink();
    const later = await receiver.until(isOf('payment_link.created'));
    expect([verifies(later, secret), verifies(later, endpoint.secret)]).toEqual([true, false]);
  });
});

test('a try that fails is repeated at the documented times, and what follows it waits', async () => {
  receiver.reply = () => 500;
  await withEndpoint({}, async (endpoint) => {
    const linkId = await newLink();
    await receiver.until(isOf('payment_link.created'));
    await switchOff(linkId);
    for (const [seconds, tries] of [
      [6, 2],
      [290, 2],
      [45, 3],
      [2_000, 4],
    ] as const) {
      await advance(dev(), seconds);
      expect(receiver.received.map(({ event }) => event.type)).toEqual(Array(tries).fill('payment_link.created'));
    }
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    receiver.reply = () => 200;
    await advance(dev(), 8_000);
    await settledTo(endpoint, 'delivered');
    expect(receiver.received.slice(4).map(({ event }) => event.type)).toEqual([
      'payment_link.created',
      'payment_link.deactivated',
    ]);
    const [second, first] = await deliveriesOf(dev(), endpoint);
    expect([first?.tries, second?.tries]).toEqual([5, 1]);
    expect(first?.attempts.map(({ statusCode }) => statusCode)).toEqual([500, 500, 500, 500, 200]);
  });
});

test('a receiver gets the time that it asks for', async () => {
  receiver.reply = () => (response) => response.writeHead(503, { 'retry-after': '3000' }).end();
  await withEndpoint({}, async () => {
    await newLink();
    await receiver.until(isOf('payment_link.created'));
    await advance(dev(), 2_900);
    expect(receiver.received).toHaveLength(1);
    await advance(dev(), 200);
    expect(receiver.received).toHaveLength(2);
  });
});

test('a redirect is not followed, and a whole answer is not needed', async () => {
  const replies: Record<string, (typeof receiver)['reply']> = {
    '/moved': () => (response) => response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end(),
    '/endless': () => (response) => {
      response.writeHead(200);
      response.write('x'.repeat(1_000_000));
    },
    '/packed': () => (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('nonsense'),
  };
  receiver.reply = (received) => replies[received.path]?.(received) ?? 200;
  for (const [path, delivered, statusCode] of [
    ['/moved', false, 302],
    ['/endless', true, 200],
    ['/packed', true, 200],
  ] as const) {
    await withEndpoint({ url: receiver.url + path }, async ({ id }) => {
      const { body } = await post<object>(dev(), `webhook-endpoints/${id}/test`);
      expect(body.data).toMatchObject({ delivered, statusCode });
    });
  }
  expect(receiver.received.map(({ path }) => path)).toEqual(['/moved', '/endless', '/packed']);
});

test('gone is for good: the endpoint is disabled, its merchant told, and what is queued goes out when it is enabled', async () => {
  receiver.reply = () => 410;
  const before = await feedEnd(dev());
  await withEndpoint({ events: ['payment_link.created', 'payment_link.deactivated'] }, async (endpoint) => {
    const linkId = await newLink();
    await receiver.until(isOf('payment_link.created'));
    const told = async () => await readFeed(dev(), before, 'webhook_endpoint.disabled');
    while ((await told()).length === 0);
    const reason = { endpointId: endpoint.id, url: endpoint.url, reason: 'gone' };
    expect((await told()).map(({ data }) => data)).toEqual([reason]);
    expect(await endpointOf(dev(), endpoint)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    await switchOff(linkId);
    const path = `webhook-endpoints/${endpoint.id}`;
    const [{ eventId = '' } = {}] = await deliveriesOf(dev(), endpoint);
    expect((await post(dev(), `${path}/redeliver`, { eventId })).body.data).toEqual({ queued: 1 });
    receiver.reply = () => 200;
    const enabled = await ask<Endpoint>(dev(), path, { method: 'PATCH', body: { status: 'enabled' } });
    expect(enabled.body.data.disabledReason).toBeUndefined();
    await settledTo(endpoint, 'delivered');
    expect(receiver.received.map(({ event }) => event.type)).toEqual(Array(2).fill('payment_link.created'));
  });
});

test('five days without a success disable an endpoint; a success in between begins them anew', async () => {
  receiver.reply = () => 500;
  const before = await feedEnd(dev());
  await withEndpoint({}, async (endpoint) => {
    await newLink();
    await receiver.until(isOf('payment_link.created'));
    await advance(dev(), 3 * 86_400);
    receiver.reply = () => 200;
    const linkId = await newLink();
    await receiver.until(({ event }) => event.data.paymentLinkId === linkId);
    receiver.reply = () => 500;
    await newLink();
    await advance(dev(), 3 * 86_400);
    expect((await endpointOf(dev(), endpoint)).status).toBe('enabled');
    await advance(dev(), 3 * 86_400);
    expect(await endpointOf(dev(), endpoint)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
    const told = await readFeed(dev(), before, 'webhook_endpoint.disabled');
    expect(told.map(({ data }) => data)).toEqual([{ endpointId: endpoint.id, url: endpoint.url, reason: 'failing' }]);
  });
});

test('an event is delivered again by its id, and a stretch of them by numbers or times, in order', async () => {
  const before = Number(await feedEnd(dev()));
  const links = [await newLink(), await newLink(), await newLink()];
  await withEndpoint({ events: ['payment_link.created'] }, async (endpoint) => {
    const path = `webhook-endpoints/${endpoint.id}/redeliver`;
    const [first] = await readFeed(dev(), String(before));
    expect((await post(dev(), path, { eventId: first?.id })).body.data).toEqual({ queued: 1 });
    await receiver.until(({ event }) => event.id === first?.id);
    expect((await post(dev(), path, { from: before + 1, to: before + 3 })).body.data).toEqual({ queued: 3 });
    await receiver.until(({ event }) => event.data.paymentLinkId === links[2]);
    await settledTo(endpoint, 'delivered');
    expect(receiver.received.map(({ event }) => event.sequence - before).sort()).toEqual([1, 1, 2, 3]);
    const times = { from: first?.timestamp, to: first?.timestamp };
    expect((await post(dev(), path, times)).body.data).toEqual({ queued: expect.any(Number) as number });
    for (const [body, error] of [
      [{}, 'eventId: is required, or from and to'],
      [{ from: 1 }, 'to: is required'],
      [{ from: 5, to: 4 }, 'to: must not be before from'],
      [{ from: 5, to: '2026-03-04T09:30:00Z' }, 'to: must be a time or a sequence, as from is'],
      [{ from: 'yesterday', to: 4 }, 'from: must be a time such as 2026-03-04T09:30:00Z, or a sequence'],
      [{ eventId: 'evt_1', from: 1, to: 2 }, 'eventId: eventId and from, to exclude each other'],
    ] as const) {
      const answer = await post(dev(), path, body);
      expect([answer.status, answer.body.error]).toEqual([400, error]);
    }
    expect((await post(dev(), path, { eventId: 'evt_unknown' })).status).toBe(404);
  });
});

test('another merchant sees, hears and changes nothing', async () => {
  const created = runCli(['merchant', 'create', '--name', 'Red Teapot', '--json'], { DATA_DIR: system.dataDir });
  const other = { ...dev(), ...(JSON.parse((await created.ended).stdout) as object) };
  expect(other.merchantKey).not.toBe(dev().merchantKey);
  const [event] = await readFeed(dev());
  await withEndpoint({}, async ({ id }) => {
    expect(await readFeed(other)).toEqual([]);
    expect((await ask(other, `events?after=${event?.id}`)).status).toBe(404);
    expect((await ask<object[]>(other, 'webhook-endpoints')).body.data).toEqual([]);
    const path = `webhook-endpoints/${id}`;
    for (const [at, method, body] of [
      [path, 'GET', undefined],
      [path, 'PATCH', { status: 'disabled' }],
      [path, 'DELETE', undefined],
      [`${path}/rotate-secret`, 'POST', {}],
      [`${path}/redeliver`, 'POST', { eventId: event?.id }],
    ] as const) {
      expect([at, (await ask(other, at, { method, ...(body && { body }) })).status]).toEqual([at, 404]);
    }
    const own = await createEndpoint(other, { url: `${receiver.url}/other` });
    expect((await post(other, `webhook-endpoints/${own.id}/redeliver`, { eventId: event?.id })).status).toBe(404);
    await newLink();
    await receiver.until(isOf('payment_link.created'));
    expect(receiver.received.map((one) => one.path)).toEqual(['/hook']);
  });
});

test('a test event is sent at once, signed, told of in the log, and in nobody’s feed', async () => {
  const before = await feedEnd(dev());
  await withEndpoint({ events: ['session.failed'] }, async (endpoint) => {
    const { body } = await post<{ eventId: string }>(dev(), `webhook-endpoints/${endpoint.id}/test`);
    expect(body.data).toMatchObject({ delivered: true, statusCode: 204, durationMs: expect.any(Number) as number });
    const [sent] = receiver.received;
    expect(new Webhook(endpoint.secret).verify(sent?.body ?? '', sent?.headers as Record<string, string>)).toEqual(
      expect.objectContaining({ id: body.data.eventId, type: 'webhook_endpoint.test' }),
    );
    expect(await deliveriesOf(dev(), endpoint)).toMatchObject([{ type: 'webhook_endpoint.test', status: 'delivered' }]);
    expect(await readFeed(dev(), before)).toEqual([]);
  });
});
