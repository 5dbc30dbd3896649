// A developer's laptop: `ozura listen`, `trigger` and `events` beside a running installation and a server of their own.
import { startStore } from '@ozura/example-store/main';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pay, preparePay } from './browserless.ts';
import { createSession } from './merchant.ts';
import { createPaymentLink } from './payment-links.ts';
import { freePortBase } from './ports.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type RunningCli, runCli } from './run-cli.ts';
import { type System, startSystem } from './system.ts';
import { ask, createEndpoint, deliveriesOf, type Endpoint, post, readFeed } from './webhook-endpoints.ts';

let system: System;
let receiver: Receiver;
let silent: Receiver;
/** Its server never answers, and much is due there from the beginning on. */
let hanging: Endpoint;
beforeAll(async () => {
  [system, receiver, silent] = await Promise.all([startSystem(), openReceiver(), openReceiver()]);
  silent.reply = () => () => undefined;
  hanging = await createEndpoint(system.dev, { url: silent.url, events: ['payment_link.created'] });
  for (let i = 0; i < 20; i += 1) await createPaymentLink(system.dev);
});
afterAll(async () => {
  await system?.stop();
  await Promise.all([receiver?.close(), silent?.close()]);
});

const ozura = (...args: string[]): RunningCli => runCli(args, { DATA_DIR: system.dataDir, NO_COLOR: '1' });
const said = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await ozura(...args).ended;
  if (code !== 0) throw new Error(stderr);
  return stdout;
};
/** The other ones. */
const endpoints = async () =>
  (await ask<Endpoint[]>(system.dev, 'webhook-endpoints')).body.data.filter(({ id }) => id !== hanging.id);

test('events are triggered for real, listened to with real signatures, resent and listed', async () => {
  receiver.reply = ({ event }) => (event.type === 'payment.declined' ? 500 : 200);
  const cli = ozura('listen', '--forward-to', `${receiver.url.slice('http://'.length)}/hook`);
  await cli.printed('Stop with Ctrl-C.');
  const secret = /whsec_\S+/.exec(cli.output())?.[0] ?? '';

  const [type, id = ''] = (await said('trigger', 'session.completed')).trim().split('  ');
  expect(type).toBe('session.completed');
  const first = await receiver.until(({ event }) => event.id === id);
  expect(first.path).toBe('/hook');
  const verified = new Webhook(secret).verify(first.body, first.headers as Record<string, string>);
  expect(verified).toEqual((await readFeed(system.dev, '0', 'session.completed')).at(-1));
  await cli.printed(`session.completed           ${id}  200 in`);

  await said('trigger', 'payment.declined');
  await receiver.until(({ event }) => event.type === 'payment.declined');
  await cli.printed('500 in');

  const before = receiver.received.length;
  expect(await said('events', 'resend', id)).toContain(`${id} goes to http://127.0.0.1:`);
  await receiver.until((one) => receiver.received.indexOf(one) >= before && one.event.id === id);
  const listed = await said('events', 'list', '--types', 'session.completed,payment.declined', '--limit', '2');
  expect(listed.trim().split('\n')).toHaveLength(2);
  expect(listed).toContain(id);

  expect(await endpoints()).toHaveLength(1);
  cli.child.kill('SIGINT');
  expect((await cli.ended).code).toBe(0);
  expect(await endpoints()).toEqual([]);
});

test('a listener that was killed leaves nothing behind for the next one; a server that is not there is told of', async () => {
  const killed = ozura('listen', '--forward-to', receiver.url);
  await killed.printed('Stop with Ctrl-C.');
  killed.child.kill('SIGKILL');
  await killed.ended;
  const cli = ozura('listen', '--forward-to', 'http://127.0.0.1:9/', '--events', 'payment_link.created');
  await cli.printed('Stop with Ctrl-C.');
  expect(await endpoints()).toHaveLength(1);
  await said('trigger', 'payment_link.created');
  await cli.printed('nothing answers there');
  cli.child.kill('SIGTERM');
  expect((await cli.ended).code).toBe(0);
});

test.each([
  ['by a webhook', { webhooks: true, readEventsEveryMs: 3_600_000 }],
  ['from the feed', { webhooks: false, readEventsEveryMs: 50 }],
  ['by both ways', { webhooks: true, readEventsEveryMs: 50 }],
])('an order whose customer never comes back is sent once, when the store hears of it %s', async (_way, how) => {
  const port = await freePortBase();
  const endpoint = await createEndpoint(system.dev, { url: `http://127.0.0.1:${port}/webhooks` });
  const shipped: string[] = [];
  const store = await startStore({
    ...system.dev,
    host: '127.0.0.1',
    port,
    storeUrl: `http://127.0.0.1:${port}`,
    webhookSecret: how.webhooks ? endpoint.secret : undefined,
    readEventsEveryMs: how.readEventsEveryMs,
    ship: ({ id }) => shipped.push(id),
    report: () => undefined,
  });
  const bought = await fetch(`${store.url}/buy`, { method: 'POST', redirect: 'manual' });
  const sessionId = bought.headers.get('location')?.split('/').at(-1) ?? '';
  const prepared = await preparePay(system.dev, sessionId, '4242424242424242');
  const paid = await pay(system.dev, { ...prepared, body: { ...prepared.body, expectedTotal: '46.00' } });
  expect(paid.status).toBe(200);
  while (shipped.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const [event] = (await readFeed(system.dev, '0', 'session.completed')).slice(-1);
  await post(system.dev, `webhook-endpoints/${endpoint.id}/redeliver`, { eventId: event?.id });
  const thanks = await (await fetch(paid.body.data?.redirectUrl ?? '')).text();
  expect(thanks).toContain('your order is paid');
  const forged = await fetch(`${store.url}/webhooks`, { method: 'POST', body: JSON.stringify(event) });
  expect(forged.status).toBe(400);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(shipped).toHaveLength(1);
  await store.stop();
  await ask(system.dev, `webhook-endpoints/${endpoint.id}`, { method: 'DELETE' });
});

test.each(['session.cancelled', 'session.failed', 'payment_link.deactivated'])('%s can be triggered', async (type) => {
  expect(await said('trigger', type)).toMatch(new RegExp(`^${type}  evt_\\w{22}\n$`));
});

test('a server that never answers has kept nobody waiting, and failed after fifteen seconds', async () => {
  const tried = async () => (await deliveriesOf(system.dev, hanging)).flatMap(({ attempts }) => attempts);
  while ((await tried()).length === 0) await new Promise((resolve) => setTimeout(resolve, 250));
  const [first] = await tried();
  expect(first).toMatchObject({ error: 'no answer in time' });
  expect(first?.durationMs).toBeGreaterThan(14_000);
  await ask(system.dev, `webhook-endpoints/${hanging.id}`, { method: 'DELETE' });
});

test('what cannot be done is said in a sentence', async () => {
  const failed = async (...args: string[]) => {
    const { code, stderr } = await ozura(...args).ended;
    return [code, stderr.split('\n')[0]];
  };
  expect(await failed('trigger', 'payment.made')).toEqual([1, 'ozura: there is no trigger "payment.made"']);
  expect(await failed('events', 'resend', 'evt_1')).toEqual([
    1,
    'ozura: no endpoint is enabled: `ozura listen` opens one',
  ]);
  expect(await failed('events', 'list', '--after', 'evt_1')).toEqual([1, 'ozura: Not found']);
  expect(await failed('events', 'list', '--limit', 'all')).toEqual([1, 'ozura: --limit: must be a number of events']);
  expect(await failed('listen')).toEqual([1, 'ozura: --forward-to is missing']);
});

test('the sandbox processor is told what to do next, and tells what it has booked', async () => {
  const set = await said('program', 'set', 'decline:lost_card', 'approve', '--card', '1111', '--lag', '5');
  expect(set).toMatch(/^prg-\d+ {2}cardLastFour 1111: decline:lost_card → approve {2}\(0 taken, found after 5 s\)\n$/);
  const { sessionId } = await createSession(system.dev);
  const { status, body } = await pay(system.dev, await preparePay(system.dev, sessionId, '4111111111111111'));
  expect([status, body.errorCode]).toEqual([402, 'CARD_DECLINED']);
  expect(await said('program', 'list')).toContain('(1 taken');
  expect(await said('program', 'journal')).toMatch(/sale {4}declined {6,}18\.40 USD {2}\S+ {2}•••• 1111 {2}lost_card/);
  expect(await said('program', 'clear')).toBe('1 forgotten\n');
  expect(await said('program', 'list')).toBe('no programs: each card does what its number says\n');
  await expect(said('program', 'set', 'nonsense')).rejects.toThrow('steps[0]: unknown step nonsense');
});
