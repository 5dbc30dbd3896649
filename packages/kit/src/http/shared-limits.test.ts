// Limits that processes share, with a server that comes and goes.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Refusal } from '@ozura/core/errors';
import { Secret } from '@ozura/core/secret';
import { freePortBase } from '@ozura/e2e/ports';
import { type RedisServer, startRedis } from '@ozura/e2e/redis-server';
import { createClient } from '@redis/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from '../log.ts';
import { type OpenedLimits, openLimits } from './shared-limits.ts';

const log = openLog({ program: 'test', level: 'silent' });
let server: RedisServer;
let processes: OpenedLimits[] = [];

beforeEach(async () => {
  server = await startRedis(await freePortBase());
});
afterEach(async () => {
  for (const { close } of processes) close();
  processes = [];
  await server.stop();
});

/** A busy machine may be slow; what happens without an answer has a test of its own. */
const patientMs = 10_000;

async function startProcess(events: number): Promise<OpenedLimits['limits']> {
  const config = { log, redisUrl: new Secret(server.url), rateLimits: { events } };
  const opened = await openLimits(config, 'checkout', patientMs);
  processes.push(opened);
  return opened.limits;
}

const passes = (limits: OpenedLimits['limits'], who: string): Promise<boolean> =>
  limits.count('events', who).then(
    () => true,
    (error: unknown) => {
      expect(error).toBeInstanceOf(Refusal);
      expect(Number((error as Refusal).options.headers?.['Retry-After'])).toBeGreaterThanOrEqual(1);
      return false;
    },
  );

/** The connection is made in the background; until then a process counts alone. */
async function untilShared(limits: OpenedLimits['limits']): Promise<void> {
  const before = (await keys()).length;
  for (let tries = 0; tries < 1_200; tries += 1) {
    await passes(limits, randomUUID());
    if ((await keys()).length > before) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the store was never written to');
}

async function keys(): Promise<string[]> {
  const client = createClient({ url: server.url, RESP: 2, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.keys('*');
  } catch {
    return [];
  } finally {
    client.destroy();
  }
}

test('two processes let through no more than one would', async () => {
  const [a, b] = [await startProcess(20), await startProcess(20)];
  await untilShared(a);
  await untilShared(b);
  const all = await Promise.all(Array.from({ length: 60 }, (_, at) => passes(at % 2 === 0 ? a : b, 'key-1')));
  expect(all.filter(Boolean)).toHaveLength(20);
  expect(await passes(b, 'key-2')).toBe(true);
  await expect(a.check('events', 'key-1')).rejects.toThrow(Refusal);
  await a.check('events', 'key-2');
});

test('whoever is counted is not named in the store', async () => {
  const limits = await startProcess(5);
  await untilShared(limits);
  await passes(limits, 'session_1qP4Zt8K9vJ2mQxZ81kLpT4cWd0aBs');
  const found = await keys();
  expect(found.every((key) => /^ozura:checkout:events:[\w-]{43}$/.test(key))).toBe(true);
});

test('without its server a process counts alone, and with others again when it is back', async () => {
  const limits = await startProcess(3);
  await untilShared(limits);
  const { port } = server;
  await server.stop();
  const alone = [];
  for (let i = 0; i < 5; i += 1) alone.push(await passes(limits, 'alone'));
  expect(alone).toEqual([true, true, true, false, false]);
  server = await startRedis(port);
  await untilShared(limits);
});

test('a server that takes connections and answers nobody is not waited for', async () => {
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const config = { log, redisUrl: new Secret(`redis://127.0.0.1:${port}`), rateLimits: { events: 2 } };
  const opened = await openLimits(config, 'checkout');
  processes.push(opened);
  const alone = [];
  for (let i = 0; i < 3; i += 1) alone.push(await passes(opened.limits, 'silent'));
  expect(alone).toEqual([true, true, false]);
  opened.close();
  silent.close();
});
