// PostgreSQL goes away under programs that run on it, and comes back.
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { createOnServer } from '../databases.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { type System, startSystem } from '../system.ts';
import { faultTest, sized } from './fault.ts';
import { openShop, readiness, type Shop } from './shop.ts';

const paid = { status: 200, body: { data: { status: 'completed' } } };
const ready = { status: 'ready' };
const PROGRAMS = ['checkout', 'pay', 'vault'] as const;

/** A server of our own where it is to be stopped, else that of the run. */
let server: PostgresServer | undefined;
let names: string[] = [];
let ledgerUrl: string;
let removals: (() => Promise<void>)[] = [];
let system: System;
let shop: Shop;

beforeAll(async () => {
  server = sized(false, true) ? await startPostgres() : undefined;
  const databases = await Promise.all(PROGRAMS.map(() => createOnServer(server?.url)));
  names = databases.map(({ url }) => new URL(url).pathname.slice(1));
  removals = databases.map(({ remove }) => remove);
  const env = PROGRAMS.map((program, i) => [`${program.toUpperCase()}_DATABASE_URL`, databases[i]?.url ?? '']);
  ledgerUrl = databases[1]?.url ?? '';
  system = await startSystem(Object.fromEntries(env));
  shop = openShop(system, ledgerUrl);
});

afterAll(async () => {
  await system.stop();
  for (const remove of removals) await remove();
  await server?.stop();
});

faultTest('database connections are cut', async () => {
  const prepared = await shop.atTheTill('slow:1');
  const paying = shop.pay(prepared);
  await shop.booked(prepared);
  await cutConnections();
  const answer = await paying;
  expect([200, 202, 500]).toContain(answer.status);
  await expect
    .poll(() => readiness(system), { timeout: 10_000 })
    .toEqual({ checkout: ready, pay: ready, vault: ready });
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
      const shed = { status: 503, retryAfter: '2', body: { errorCode: 'OVERLOADED' } };
      await expect.poll(() => shop.create(), { timeout: 2_500, interval: 20 }).toMatchObject(shed);
      expect((await readiness(system)).checkout).toMatchObject({ status: 'not_ready' });
      await Promise.all([...paying, restarted]);
      await expect.poll(async () => (await shop.create()).status, { timeout: 10_000 }).toBe(200);
      await shop.compare();
    }
  },
  120_000,
);

async function cutConnections(): Promise<void> {
  const maintenance = await openDatabase({ url: server?.url ?? inject('postgresUrl'), poolMax: 1 });
  const list = names.map((name) => `'${name}'`).join(', ');
  await maintenance.script(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (${list}) AND pid <> pg_backend_pid()`,
  );
  await maintenance.close();
}
