// Memory runs out: the system refuses it, or the kernel ends the program that has taken too much of it.
import { type ChildProcess, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Apart, startApart } from '../apart.ts';
import { startSystem } from '../system.ts';
import { faultTest, sized } from './fault.ts';
import { openMemoryCage } from './memory-cage.ts';
import { openConnection, type RawConnection } from './raw-connection.ts';
import { openShop, type Shop } from './shop.ts';

const paid = { status: 200, body: { data: { status: 'completed' } } };
const waiting = { status: 202, body: { data: { status: 'pending' } } };
/** A little more than nothing: any program takes it sooner or later. */
const roomBytes = 16 * 1024 * 1024;
const crowdMax = 6_000;

let apart: Apart | undefined;
let shop: Shop;

beforeAll(async () => {
  if (!sized(false, true)) return;
  apart = await startApart(() => ({ RATE_LIMITS: 'off' }));
  shop = openShop(apart);
});

afterAll(() => apart?.stop());

faultTest(
  'out of memory',
  async () => {
    const system = await startSystem();
    const selling = openShop(system);
    const payments = await Promise.all(Array.from({ length: 30 }, () => selling.atTheTill()));
    const [, nowKb = ''] = /VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${system.pid()}/status`, 'utf8')) ?? [];
    const ended = system.ended();
    const paying = payments.map((prepared) => selling.pay(prepared));
    // From now on the system gives it no more: it dies at whatever needs memory next.
    spawnSync('prlimit', ['--pid', String(system.pid()), `--as=${Number(nowKb) * 1024}:`]);
    const metadata = { note: 'm'.repeat(8_000) };
    const until = Date.now() + 20_000;
    let isAlive = true;
    ended.then(() => {
      isAlive = false;
    });
    while (isAlive && Date.now() < until)
      await Promise.all(Array.from({ length: 64 }, () => selling.create({ metadata })));
    expect(isAlive).toBe(false);
    await Promise.all(paying);
    await system.restart();
    await selling.compare();
    expect((await selling.create()).status).toBe(200);
    await system.stop();
  },
  120_000,
);

faultTest('Pay is killed for its memory', () => killForMemory('pay'), 120_000);

faultTest('the Vault is killed for its memory', () => killForMemory('vault'), 120_000);

async function killForMemory(program: 'pay' | 'vault'): Promise<void> {
  const { dev, running, startAgain } = started();
  const payments = await Promise.all(Array.from({ length: 6 }, () => shop.atTheTill('slow:8')));
  const paying = payments.map((prepared) => shop.pay(prepared));
  for (const prepared of payments) await shop.booked(prepared);
  const { child, ended } = running(program);
  const cage = openMemoryCage();
  try {
    cage?.hold(child.pid ?? 0, roomBytes);
    await crowdUntilItEnds(child, { pay: dev.payUrl, vault: dev.vaultUrl }[program]);
    expect([child.signalCode, cage?.kills()]).toEqual(['SIGKILL', 1]);
  } finally {
    child.kill('SIGKILL');
    await ended;
    cage?.remove();
  }
  // Nobody is told that a card was declined, or that nothing happened.
  for (const answer of await Promise.all(paying)) expect(answer).toMatchObject(waiting);
  await startAgain(program);
  await shop.compare();
  for (const prepared of payments) expect(await shop.pay(prepared)).toMatchObject(paid);
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  await shop.compare();
}

function started(): Apart {
  if (apart === undefined) throw new Error('in full only');
  return apart;
}

/** Clients whose headers have no end, each of which it has to hold for twenty seconds. */
async function crowdUntilItEnds(child: ChildProcess, url: string): Promise<void> {
  const crowd: RawConnection[] = [];
  while (child.signalCode === null && crowd.length < crowdMax) {
    // The last of them meet nobody.
    const opening = await Promise.allSettled(Array.from({ length: 50 }, () => openConnection(url)));
    const more = opening.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const { send } of more) send(`GET /health HTTP/1.1\r\nhost: shop\r\nx-held: ${'a'.repeat(15_000)}`);
    crowd.push(...more);
  }
  await expect.poll(() => child.signalCode, { timeout: 10_000 }).not.toBe(null);
  for (const { socket } of crowd) socket.destroy();
}
