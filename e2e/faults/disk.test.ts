// Faults of the disk that the databases and logs are on.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { getSession } from '../merchant.ts';
import { freePortBase } from '../ports.ts';
import { runCli } from '../run-cli.ts';
import { type System, startSystem } from '../system.ts';
import { type BadDisk, hasCompiler, openBadDisk } from './bad-disk.ts';
import { faultTest, sized } from './fault.ts';
import { letTimePass, openShop, readiness, type Shop } from './shop.ts';

const ready = { status: 'ready' };
const allReady = { checkout: ready, pay: ready, vault: ready };
const shed = { status: 503, retryAfter: '2', body: { errorCode: 'OVERLOADED' } };
const inDoubt = { status: 500, body: { errorCode: 'INTERNAL_ERROR' } };
const paid = { status: 200, body: { data: { status: 'completed' } } };
const untouched = { status: 'pending', paymentState: null };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const notReady = (reason: string) => ({ status: 'not_ready', checks: expect.objectContaining({ database: reason }) });

let disk: BadDisk | undefined;
let system: System;
let shop: Shop;

beforeAll(async () => {
  disk = hasCompiler() ? openBadDisk() : undefined;
  system = await startSystem(disk?.env);
  shop = openShop(system);
});

afterAll(async () => {
  disk?.heal();
  await system.stop();
  disk?.remove();
});

faultTest('full disk', async () => {
  const prepared = await shop.atTheTill();
  disk?.fail({ on: 'write', with: 'ENOSPC', file: '.db' });
  expect(await shop.create()).toMatchObject(shed);
  expect((await readiness(system)).checkout).toEqual(notReady('the disk is full'));
  // Where something may have been charged no failure says that nothing was begun.
  expect(await shop.pay(prepared)).toMatchObject(inDoubt);
  expect(await getSession(system.dev, prepared.sessionId)).toMatchObject(untouched);
  disk?.heal();
  expect(await readiness(system)).toEqual(allReady);
  expect(await shop.pay(prepared)).toMatchObject(paid);
  await shop.compare();
});

faultTest('full disk between charge and record', async () => {
  const prepared = await shop.atTheTill('slow:1');
  const paying = shop.pay(prepared);
  await shop.booked(prepared);
  disk?.fail({ on: 'write', with: 'ENOSPC', file: 'pay.db' });
  expect(await paying).toMatchObject({ status: 202, body: { data: { status: 'pending' } } });
  disk?.heal();
  await letTimePass(join(system.dataDir, 'pay.db'), 6_000);
  await expect.poll(() => shop.pay(prepared), { timeout: 15_000, interval: 250 }).toMatchObject(paid);
  await shop.compare();
});

faultTest('full disk of the Vault', async () => {
  const prepared = await shop.atTheTill();
  disk?.fail({ on: 'write', with: 'ENOSPC', file: 'vault.db' });
  // The code cannot be deleted and the use not recorded, so nothing is sent: that is proven, and the session ends.
  expect(await shop.pay(prepared)).toMatchObject({ status: 500, body: { errorCode: 'SYSTEM_ERROR' } });
  expect((await readiness(system)).vault).toEqual(notReady('the disk is full'));
  disk?.heal();
  expect(await readiness(system)).toEqual(allReady);
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  await shop.compare();
});

faultTest('full file system', async () => {
  const mount = mkdtempSync(join(tmpdir(), 'ozura-full-'));
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', mount]);
  const small = await startSystem({ DATA_DIR: join(mount, 'data') });
  const selling = openShop(small);
  const prepared = await Promise.all(Array.from({ length: 5 }, () => selling.atTheTill()));
  const filler = join(mount, 'filler');
  fillUp(filler);
  const metadata = { note: 'm'.repeat(8_000) };
  await expect.poll(() => selling.create({ metadata }), { timeout: 30_000, interval: 1 }).toMatchObject(shed);
  await Promise.all(prepared.map((one) => selling.pay(one)));
  rmSync(filler);
  await expect.poll(() => readiness(small), { timeout: 10_000 }).toEqual(allReady);
  expect(await selling.pay(await selling.atTheTill())).toMatchObject(paid);
  await selling.compare();
  await small.stop();
  spawnSync('umount', [mount]);
  rmdirSync(mount);
});

faultTest('read-only file', async () => {
  const prepared = await shop.atTheTill();
  disk?.fail({ on: 'write', with: 'EROFS', file: 'checkout.db' });
  expect(await shop.create()).toMatchObject(shed);
  expect((await readiness(system)).checkout).toEqual(notReady('the disk fails'));
  expect(await shop.pay(prepared)).toMatchObject(inDoubt);
  disk?.heal();
  expect(await readiness(system)).toEqual(allReady);
  expect(await shop.pay(prepared)).toMatchObject(paid);
  await shop.compare();
});

faultTest('file size limit', async () => {
  const prepared = await shop.atTheTill();
  limitFiles(system.pid(), '1');
  expect(await shop.create()).toMatchObject(shed);
  expect(await shop.pay(prepared)).toMatchObject(inDoubt);
  limitFiles(system.pid(), 'unlimited');
  expect(await shop.pay(prepared)).toMatchObject(paid);
  await shop.compare();
});

faultTest('slow disk', async () => {
  const [prepared, known] = [await shop.atTheTill(), await shop.atTheTill()];
  disk?.fail({ on: 'sync', delayMs: sized(200, 400), file: '.db' });
  const paying = shop.pay(prepared);
  const creating = Promise.all(Array.from({ length: 50 }, () => shop.create()));
  // Whoever only reads does not wait for the disk, and a hundred writers share one wait.
  const begun = performance.now();
  const order: string[] = [];
  await Promise.all([
    creating.then(() => order.push('written')),
    getSession(system.dev, known.sessionId).then(() => order.push('read')),
  ]);
  expect(order).toEqual(['read', 'written']);
  expect(performance.now() - begun).toBeLessThan(50 * sized(200, 400));
  expect((await creating).map(({ status }) => status)).toEqual(new Array(50).fill(200));
  expect((await paying).status).toBeOneOf([200, 202]);
  disk?.heal();
  await shop.compare();
});

faultTest('hanging disk', async () => {
  const prepared = await shop.atTheTill();
  disk?.fail({ on: 'sync', delayMs: 8_000, file: 'checkout.db' });
  const creating = shop.create();
  await pause(6_000);
  expect((await readiness(system)).checkout).toEqual(notReady('the disk hangs'));
  disk?.heal();
  expect((await creating).status).toBe(200);
  expect(await readiness(system)).toEqual(allReady);
  expect(await shop.pay(prepared)).toMatchObject(paid);
  await shop.compare();
});

faultTest('full disk of the logs', async () => {
  disk?.fail({ on: 'write', with: 'ENOSPC', file: '/log/' });
  await Promise.all(Array.from({ length: 20 }, () => shop.create()));
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  await pause(1_200);
  expect(await readiness(system)).toEqual(allReady);
  disk?.heal();
  await shop.compare();
});

faultTest('hanging disk of the logs', async () => {
  const prepared = await Promise.all(Array.from({ length: 3 }, () => shop.atTheTill()));
  const delayMs = 8_000;
  disk?.fail({ on: 'write', delayMs, file: '/log/' });
  // A line in each log.
  await Promise.all(Array.from({ length: 10 }, () => shop.create()));
  const begun = performance.now();
  for (const one of prepared) {
    expect(await shop.pay(one)).toMatchObject(paid);
    await pause(100);
  }
  expect(performance.now() - begun).toBeLessThan(delayMs);
  disk?.heal();
  await shop.compare();
});

faultTest('failed fsync of the keys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-keys-'));
  const env = { ...disk?.env, DATA_DIR: join(folder, 'data'), PORT_BASE: String(await freePortBase()) };
  disk?.fail({ on: 'sync', with: 'EIO', file: '/keys$' });
  const starting = runCli(['start'], env);
  const started = starting.printed('Stop with Ctrl-C').then(() => ({ code: 'started', stderr: '' }));
  const { code, stderr } = await Promise.race([starting.ended, started]);
  starting.child.kill('SIGKILL');
  expect([code, stderr]).toEqual([1, `ozura: ${join(folder, 'data', 'keys')}: the disk fails\n`]);
  expect(readdirSync(env.DATA_DIR)).toEqual(['keys']);
  disk?.heal();
  if (sized(false, true)) await (await startSystem(env)).stop();
  rmSync(folder, { recursive: true });
});

// The last two end the program.
faultTest('failed fsync', async () => {
  const prepared = await shop.atTheTill();
  disk?.fail({ on: 'sync', with: 'EIO', file: 'checkout.db-wal' });
  expect(await shop.create()).toMatchObject({ status: 0 });
  expect(await system.ended()).not.toBe(0);
  expect(system.output()).toMatch(/fsync failed/);
  disk?.heal();
  await system.restart();
  expect(await shop.pay(prepared)).toMatchObject(paid);
  await shop.compare();
});

faultTest('failed fsync between charge and record', async () => {
  const prepared = await shop.atTheTill('slow:1');
  const paying = shop.pay(prepared);
  await shop.booked(prepared);
  disk?.fail({ on: 'sync', with: 'EIO', file: 'pay.db-wal' });
  expect(await paying).toMatchObject({ status: 0 });
  expect(await system.ended()).not.toBe(0);
  disk?.heal();
  await system.restart();
  await letTimePass(join(system.dataDir, 'pay.db'), 6_000);
  await expect.poll(() => shop.pay(prepared), { timeout: 15_000, interval: 250 }).toMatchObject(paid);
  await shop.compare();
});

function fillUp(path: string): void {
  const file = openSync(path, 'w');
  const megabyte = Buffer.alloc(1024 * 1024);
  try {
    for (;;) writeSync(file, megabyte);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}

/** The larger half of the file is there already: nothing can be added to it. */
function limitFiles(pid: number, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  if (status !== 0) throw new Error(`prlimit: ${stderr}`);
}
