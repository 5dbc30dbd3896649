// Clients that hold connections, send slowly, too much or half of it, or go away.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import type { PagePay } from '../browserless.ts';
import { getSession } from '../merchant.ts';
import { type System, startSystem } from '../system.ts';
import { faultTest, sized } from './fault.ts';
import { openConnection, type RawConnection, requestBytes } from './raw-connection.ts';
import { openShop, readiness, type Shop } from './shop.ts';

const paid = { status: 200, body: { data: { status: 'completed' } } };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const megabyte = 1024 * 1024;

let system: System;
let shop: Shop;
let origins: readonly string[];

beforeAll(async () => {
  system = await startSystem();
  shop = openShop(system);
  const { checkoutUrl, vaultUrl, payUrl, elementsUrl } = system.dev;
  origins = [checkoutUrl, vaultUrl, payUrl, elementsUrl];
});

afterAll(() => system.stop());

const many = (count: number, url: string): Promise<RawConnection[]> =>
  Promise.all(Array.from({ length: count }, () => openConnection(url)));
const leave = (connections: readonly RawConnection[]): void => {
  for (const { socket } of connections) socket.destroy();
};

faultTest('slow headers', async () => {
  const slow = (await Promise.all(origins.map((url) => many(sized(25, 250), url)))).flat();
  const drip = setInterval(() => {
    for (const { send } of slow) send('a');
  }, 250);
  for (const { send } of slow) send('GET /health HTTP/1.1\r\nhost: shop\r\nx-slow: ');
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  if (sized(false, true)) {
    await Promise.all(slow.map(({ closed }) => closed));
    expect(new Set(slow.map(({ heard }) => heard().slice(0, 12)))).toEqual(new Set(['HTTP/1.1 408']));
  }
  clearInterval(drip);
  leave(slow);
  await shop.compare();
});

faultTest(
  'idle connections',
  async () => {
    const before = residentBytes(system.pid());
    const count = sized(500, 10_000);
    const idle: RawConnection[] = [];
    while (idle.length < count) idle.push(...(await many(250, origins[idle.length % 4] ?? '')));
    expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
    // Less than 20 KB each, beside what the payment takes.
    expect(residentBytes(system.pid()) - before).toBeLessThan(64 * megabyte + count * 20 * 1024);
    if (sized(false, true)) await Promise.all(idle.map(({ closed }) => closed));
    leave(idle);
    await shop.compare();
  },
  120_000,
);

faultTest('half a request', async () => {
  const prepared = await shop.atTheTill();
  const bytes = payBytes(prepared);
  for (const go of ['end', 'resetAndDestroy'] as const) {
    const connection = await openConnection(system.dev.checkoutUrl);
    connection.send(bytes.slice(0, -20));
    await pause(100);
    connection.socket[go]();
    await connection.closed;
  }
  expect(await getSession(system.dev, prepared.sessionId)).toMatchObject({ status: 'pending', paymentState: null });
  expect(await shop.pay(prepared)).toMatchObject(paid);
  await shop.compare();
});

faultTest('client gone before the answer', async () => {
  for (const go of ['end', 'resetAndDestroy'] as const) {
    const prepared = await shop.atTheTill('slow:1');
    const gone = await openConnection(system.dev.checkoutUrl);
    gone.send(payBytes(prepared));
    await shop.booked(prepared);
    gone.socket[go]();
    await gone.closed;
    await expect.poll(() => shop.pay(prepared), { timeout: 15_000, interval: 250 }).toMatchObject(paid);
  }
  await shop.compare();
});

faultTest('oversize requests', async () => {
  const before = residentBytes(system.pid());
  const answers = await Promise.all(
    origins.flatMap((url) => [
      answered(url, requestBytes(`${url}/health`, { headers: { 'x-large': 'a'.repeat(20_000) } })),
      announced(url),
      endless(url),
    ]),
  );
  // Credentials come before a body whose length nobody knows; on the origin of the frames nothing is posted at all.
  const api = ['431', '413', '401'];
  expect(answers).toEqual([...api, ...api, ...api, '431', '405', '405']);
  expect(residentBytes(system.pid()) - before).toBeLessThan(64 * megabyte);
  expect(await readiness(system)).toMatchObject({ checkout: { status: 'ready' } });
});

faultTest('client that asks and does not read', async () => {
  const before = residentBytes(system.pid());
  const deaf = await openConnection(system.dev.checkoutUrl);
  deaf.socket.pause();
  const page = requestBytes(`${system.dev.checkoutUrl}/preview`);
  deaf.send(page.repeat(sized(2_000, 20_000)));
  await deaf.closed;
  // As many requests as may wait, and no answer is read.
  const crowd = await many(20, system.dev.checkoutUrl);
  for (const { socket, send } of crowd) {
    socket.pause();
    send(page.repeat(30));
  }
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  expect(residentBytes(system.pid()) - before).toBeLessThan(128 * megabyte);
  leave(crowd);
  await shop.compare();
});

faultTest('pipelined requests', async () => {
  const { checkoutUrl } = system.dev;
  const connection = await openConnection(checkoutUrl);
  const paths = Array.from({ length: 30 }, (_none, i) => (i % 3 === 0 ? '/health' : `/nowhere-${i}`));
  connection.send(paths.map((path) => requestBytes(checkoutUrl + path)).join(''));
  await expect.poll(() => connection.heard().match(/HTTP\/1.1 \d+/g)?.length, { timeout: 10_000 }).toBe(30);
  expect(connection.heard().match(/HTTP\/1.1 \d+/g)).toEqual(
    paths.map((path) => `HTTP/1.1 ${path === '/health' ? 200 : 404}`),
  );
  connection.socket.destroy();
});

faultTest('no file descriptors left', async () => {
  const prepared = await shop.atTheTill();
  const limit = (files: string) => spawnSync('prlimit', ['--pid', String(system.pid()), `--nofile=${files}:`]);
  const [, soft = ''] = /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${system.pid()}/limits`, 'utf8')) ?? [];
  // Two more than there are: the customer's own connection, and one for a program to call another.
  limit(String(readdirSync(`/proc/${system.pid()}/fd`).length + 2));
  const crowd = await many(20, system.dev.checkoutUrl);
  // Programs that are connected to each other already may get it through. The books are compared when there is room again.
  await Promise.race([shop.pay(prepared).catch(() => undefined), pause(3_000)]);
  limit(soft);
  leave(crowd);
  const payAnother = async () => shop.pay(await shop.atTheTill());
  await expect.poll(() => payAnother().catch(() => undefined), { timeout: 15_000, interval: 250 }).toMatchObject(paid);
  await shop.compare();
});

function payBytes({ sessionId, credential, body }: PagePay): string {
  const { checkoutUrl } = system.dev;
  return requestBytes(`${checkoutUrl}/api/sessions/${sessionId}/pay`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-checkout-token': credential,
      'sec-fetch-site': 'same-origin',
      origin: checkoutUrl,
      connection: 'close',
    },
    body: JSON.stringify(body),
  });
}

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

/** The status that comes back. */
async function answered(url: string, bytes: string): Promise<string | undefined> {
  const connection = await openConnection(url);
  connection.send(bytes);
  await expect.poll(() => connection.heard(), { timeout: 10_000 }).not.toBe('');
  connection.socket.destroy();
  return /^HTTP\/1.1 (\d+)/.exec(connection.heard())?.[1];
}

const routeOf = (url: string): string =>
  ({
    [system.dev.checkoutUrl]: '/api/sessions/create',
    [system.dev.vaultUrl]: '/tokenize',
    [system.dev.payUrl]: '/cardSale',
  })[url] ?? '/health';

const announced = (url: string): Promise<string | undefined> =>
  answered(
    url,
    `POST ${routeOf(url)} HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 1000000000\r\n\r\n`,
  );

/** A body of unknown length that never ends. */
async function endless(url: string): Promise<string | undefined> {
  const connection = await openConnection(url);
  const head = 'transfer-encoding: chunked\r\ncontent-type: application/json\r\n';
  connection.send(`POST ${routeOf(url)} HTTP/1.1\r\nhost: shop\r\n${head}\r\n`);
  const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
  for (let sent = 0; sent < 64 && connection.heard() === ''; sent += 1) {
    connection.send(chunk);
    await pause(5);
  }
  await expect.poll(() => connection.heard(), { timeout: 10_000 }).not.toBe('');
  connection.socket.destroy();
  return /^HTTP\/1.1 (\d+)/.exec(connection.heard())?.[1];
}
