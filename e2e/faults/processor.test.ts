// Processors and receivers of webhooks that hang, break off, or cannot be found.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { NoAnswer } from '@ozura/contract/client';
import { openPinnedOutbound } from '@ozura/kit/pinned-fetch';
import { afterAll, beforeAll, expect } from 'vitest';
import { keysOf } from '../merchant.ts';
import { openReceiver } from '../receiver.ts';
import { type System, startSystem } from '../system.ts';
import { faultTest } from './fault.ts';
import { openShop, type Shop } from './shop.ts';

const paid = { status: 200, body: { data: { status: 'completed' } } };
const waiting = { status: 202, body: { data: { status: 'pending' } } };

let system: System;
let shop: Shop;

beforeAll(async () => {
  system = await startSystem({ ELAVON_URL: 'https://processor.invalid' });
  shop = openShop(system);
});

afterAll(() => system.stop());

faultTest(
  'processor never answers',
  async () => {
    const hanging = await Promise.all(['timeout_after_accept', 'slow:60'].map((step) => shop.atTheTill(step)));
    const paying = hanging.map((prepared) => shop.pay(prepared));
    await Promise.all(hanging.map(shop.booked));
    // Others do not wait for it.
    expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
    for (const answer of await Promise.all(paying)) expect(answer).toMatchObject(waiting);
    for (const prepared of hanging) {
      await expect.poll(() => shop.pay(prepared), { timeout: 60_000, interval: 500 }).toMatchObject(paid);
    }
    await shop.compare();
  },
  120_000,
);

faultTest('processor breaks off', async () => {
  const steps = ['cut_after:0', 'cut_after:20', 'garbage', 'http_500_after_accept'];
  const payments = await Promise.all(steps.map((step) => shop.atTheTill(step)));
  for (const answer of await Promise.all(payments.map(shop.pay))) expect(answer).toMatchObject(waiting);
  await shop.compare();
  for (const prepared of payments) expect(await shop.pay(prepared)).toMatchObject(paid);
});

faultTest('processor answers byte by byte', async () => {
  const outbound = openPinnedOutbound();
  const drips = new Set<NodeJS.Timeout>();
  const processor = await listenTo((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n');
    drips.add(setInterval(() => socket.write('a'), 20));
  });
  const talker = await listenTo((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    drips.add(setInterval(() => socket.write(`10000\r\n${'a'.repeat(65_536)}\r\n`), 5));
  });
  const request = { method: 'POST' as const, headers: {}, body: '{}', timeoutMs: 1_000 };
  const sale = await outbound.send({ ...request, url: processor.url }, '127.0.0.1').catch((error: unknown) => error);
  expect(sale).toMatchObject({ sent: 'unknown', timedOut: true });
  const endless = outbound.send({ ...request, url: talker.url, timeoutMs: 20_000 }, '127.0.0.1');
  expect(await endless.catch((error: unknown) => error)).toMatchObject({ sent: 'unknown', timedOut: false });
  for (const drip of drips) clearInterval(drip);
  await Promise.all([outbound.close(), processor.close(), talker.close()]);
});

faultTest('name of the processor does not resolve', async () => {
  const { dev } = system;
  const change = (method: string, path: string, body: object): Promise<Response> =>
    fetch(`${dev.payUrl}/admin/merchants/${dev.merchantId}/processors${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${dev.adminToken}` },
      body: JSON.stringify({ by: 'a test', ...body }),
    });
  const credentials = { merchantId: '123456', userId: 'web', pin: 'ABCDEF' };
  expect((await change('PUT', '/elavon', { credentials })).status).toBe(200);
  expect((await change('PUT', '', { order: ['elavon'] })).status).toBe(200);
  const prepared = await shop.atTheTill();
  expect(await shop.pay(prepared)).toMatchObject({ status: 500, body: { errorCode: 'SYSTEM_ERROR' } });
  // The next in the merchant's order takes over: it is proven that nothing was sent.
  expect((await change('PUT', '', { order: ['elavon', 'sandbox'] })).status).toBe(200);
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  expect((await change('PUT', '', { order: ['sandbox'] })).status).toBe(200);
  await shop.compare();
});

faultTest('name server hangs', async () => {
  const outbound = openPinnedOutbound(() => new Promise(() => undefined));
  const error = await outbound
    .resolve(new URL('https://processor.example'), 'public')
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NoAnswer);
  expect(error).toMatchObject({ sent: 'no' });
  await outbound.close();
});

faultTest('webhook receiver never answers', async () => {
  const [deaf, good] = await Promise.all([openReceiver(), openReceiver()]);
  deaf.reply = () => () => undefined;
  for (const { url } of [deaf, good]) {
    const answer = await fetch(`${system.dev.checkoutUrl}/api/webhook-endpoints`, {
      method: 'POST',
      headers: keysOf(system.dev),
      body: JSON.stringify({ url }),
    });
    expect(answer.status).toBe(200);
  }
  const prepared = await shop.atTheTill();
  expect(await shop.pay(prepared)).toMatchObject(paid);
  const told = ({ event }: { event: { type: string; data: unknown } }): boolean =>
    event.type === 'session.completed' && JSON.stringify(event.data).includes(prepared.sessionId);
  await good.until(told);
  await Promise.all([deaf.close(), good.close()]);
});

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

async function listenTo(talk: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('data', () => talk(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
