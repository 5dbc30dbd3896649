// PostgreSQL goes away under programs that run on it, and comes back.
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import type { PagePay } from '../browserless.ts';
import { createOnServer } from '../databases.ts';
import { getSession } from '../merchant.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { type System, startSystem } from '../system.ts';
import { type BadDisk, hasCompiler, openBadDisk } from './bad-disk.ts';
import { faultTest, sized } from './fault.ts';
import { openShop, readiness, type Shop } from './shop.ts';

const paid = { status: 200, body: { data: { status: 'completed' } } };
/** In a second, where it is the owner of a key who cannot be asked. */
const shed = { status: 503, retryAfter: expect.stringMatching(/^[12]$/), body: { errorCode: 'OVERLOADED' } };
const ready = { status: 'ready' };
const allReady = { checkout: ready, pay: ready, vault: ready };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const PROGRAMS = ['checkout', 'pay', 'vault'] as const;

/** A server of our own where it is to be stopped, else that of the run. */
let server: PostgresServer | undefined;
/** What that server is on. */
let disk: BadDisk | undefined;
let names: string[] = [];
let ledgerUrl: string;
let removals: (() => Promise<void>)[] = [];
let system: System;
let shop: Shop;

beforeAll(async () => {
  if (sized(false, true)) {
    disk = hasCompiler() ? openBadDisk() : undefined;
    server = await startPostgres({ durable: true, ...(disk === undefined ? {} : { env: disk.env }) });
  }
  const databases = await Promise.all(PROGRAMS.map(() => createOnServer({ serverUrl: server?.url })));
  names = databases.map(({ url }) => new URL(url).pathname.slice(1));
  removals = databases.map(({ remove }) => remove);
  const env = PROGRAMS.map((program, i) => [`${program.toUpperCase()}_DATABASE_URL`, databases[i]?.url ?? '']);
  ledgerUrl = databases[1]?.url ?? '';
  system = await startSystem(Object.fromEntries(env));
  shop = openShop(system, ledgerUrl);
});

// One that fails leaves the others what they need.
afterEach(async () => {
  disk?.heal();
  await expect.poll(() => readiness(system), { timeout: 60_000 }).toEqual(allReady);
}, 90_000);

afterAll(async () => {
  await system.stop();
  for (const remove of removals) await remove();
  await server?.stop();
  disk?.remove();
});

faultTest('database connections are cut', async () => {
  const prepared = await shop.atTheTill('slow:1');
  const paying = shop.pay(prepared);
  await shop.booked(prepared);
  await cutConnections();
  const answer = await paying;
  expect([200, 202, 500]).toContain(answer.status);
  await expect.poll(() => readiness(system), { timeout: 10_000 }).toEqual(allReady);
  expect((await shop.create()).status).toBe(200);
  await expect.poll(() => shop.pay(prepared), { timeout: 30_000, interval: 500 }).toMatchObject(paid);
  await shop.compare();
});

faultTest(
  'database restarts',
  async () => {
    for (const mode of ['fast', 'immediate'] as const) {
      const payments = await Promise.all(Array.from({ length: 6 }, () => shop.atTheTill('slow:1')));
      const paying = payments.map((prepared) => shop.pay(prepared));
      for (const prepared of payments.slice(0, 2)) await shop.booked(prepared);
      const restarted = server?.restart(mode, 3);
      await expect.poll(() => shop.create(), { timeout: 10_000, interval: 20 }).toMatchObject(shed);
      expect((await readiness(system)).checkout).toMatchObject({ status: 'not_ready' });
      await Promise.all([...paying, restarted]);
      await expect.poll(async () => (await shop.create()).status, { timeout: 10_000 }).toBe(200);
      await shop.compare();
    }
  },
  120_000,
);

faultTest('failed fsync of PostgreSQL', async () => {
  const prepared = await shop.atTheTill('slow:1');
  const paying = shop.pay(prepared);
  await shop.booked(prepared);
  disk?.fail({ on: 'sync', with: 'EIO', file: '/pg_wal/', times: 1 });
  const told = await sellMeanwhile(paying);
  expect(server?.log()).toMatch(/PANIC: {2}could not fdatasync file/);
  expect(told).toContain(503);
  expect((await paying).status).toBeOneOf([200, 202, 500]);
  disk?.heal();
  await expectRecovered([prepared]);
});

faultTest('full disk of PostgreSQL', async () => {
  const payments = await Promise.all(Array.from({ length: 6 }, () => shop.atTheTill('slow:1')));
  const paying = Promise.all(payments.map((prepared) => shop.pay(prepared)));
  disk?.fail({ on: 'write', with: 'ENOSPC', file: '/base/' });
  const metadata = { note: 'm'.repeat(8_000) };
  await expect.poll(() => shop.create({ metadata }), { timeout: 30_000, interval: 1 }).toMatchObject(shed);
  await paying;
  disk?.heal();
  await expectRecovered(payments);
});

faultTest(
  'full log of PostgreSQL',
  async () => {
    const prepared = await shop.atTheTill('slow:1');
    const paying = shop.pay(prepared);
    await shop.booked(prepared);
    disk?.fail({ on: 'write', with: 'ENOSPC', file: '/pg_wal/' });
    await sellMeanwhile(paying);
    // It tries to start by itself, in vain.
    const panics = () => server?.log().match(/PANIC: {2}could not write to log file/g)?.length;
    await expect.poll(panics, { timeout: 60_000 }).toBeGreaterThan(1);
    expect(await shop.create()).toMatchObject(shed);
    expect((await readiness(system)).checkout).toMatchObject({ status: 'not_ready' });
    disk?.heal();
    await expectRecovered([prepared]);
  },
  120_000,
);

faultTest('slow disk of PostgreSQL', async () => {
  const [prepared, known] = [await shop.atTheTill(), await shop.atTheTill()];
  disk?.fail({ on: 'sync', delayMs: 300, file: '/pg_wal/' });
  const paying = shop.pay(prepared);
  const order: string[] = [];
  const creating = Promise.all(Array.from({ length: 50 }, () => shop.create()));
  await Promise.all([
    creating.then(() => order.push('written')),
    getSession(system.dev, known.sessionId).then(() => order.push('read')),
  ]);
  expect(order).toEqual(['read', 'written']);
  expect((await creating).map(({ status }) => status)).toEqual(new Array(50).fill(200));
  expect((await paying).status).toBeOneOf([200, 202]);
  disk?.heal();
  await expectRecovered([prepared]);
});

faultTest('hanging disk of PostgreSQL', async () => {
  const payments = await Promise.all(Array.from({ length: 12 }, () => shop.atTheTill()));
  const paying = payments.map(async (prepared, i) => {
    await pause(i * 40);
    return shop.pay(prepared);
  });
  // In the middle of them, at whatever step each of them is.
  await pause(240);
  disk?.fail({ on: 'sync', delayMs: 12_000, file: '/pg_wal/', times: 1 });
  await expect.poll(() => shop.create(), { timeout: 15_000, interval: 10 }).toMatchObject(shed);
  expect((await readiness(system)).checkout).toMatchObject({ status: 'not_ready' });
  const answers = await Promise.all(paying);
  for (const { status } of answers) expect(status).toBeOneOf([200, 202, 500, 503]);
  disk?.heal();
  await expectRecovered([await shop.atTheTill()]);
});

/** Creates, one after the other, while a payment is under way: their statuses. */
async function sellMeanwhile(paying: Promise<unknown>): Promise<number[]> {
  const told: number[] = [];
  let isOver = false;
  paying.then(() => {
    isOver = true;
  });
  while (!isOver) told.push((await shop.create()).status);
  return told;
}

/** By themselves: all programs work, and each payment is made once. */
async function expectRecovered(payments: readonly PagePay[]): Promise<void> {
  await expect.poll(() => readiness(system), { timeout: 60_000 }).toEqual(allReady);
  await expect.poll(async () => (await shop.create()).status, { timeout: 10_000 }).toBe(200);
  await shop.compare();
  for (const prepared of payments) expect(await shop.payAtLast(prepared)).toMatchObject(paid);
  await shop.compare();
}

async function cutConnections(): Promise<void> {
  const maintenance = await openDatabase({ url: server?.url ?? inject('postgresUrl'), poolMax: 1 });
  const list = names.map((name) => `'${name}'`).join(', ');
  await maintenance.script(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (${list}) AND pid <> pg_backend_pid()`,
  );
  await maintenance.close();
}
