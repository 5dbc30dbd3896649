// The clock of the machine is set wrong, and right again: not the test clock, which moves the whole system on purpose.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect } from 'vitest';
import { getSession } from '../merchant.ts';
import { type System, startSystem } from '../system.ts';
import { faultTest } from './fault.ts';
import { openShop, type Shop } from './shop.ts';

const paid = { status: 200, body: { data: { status: 'completed' } } };
const dayMs = 86_400_000;

let folder: string;
let system: System;
let shop: Shop;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-clock-'));
  setWrong(0);
  system = await startSystem({
    OZURA_MOVED_CLOCK: join(folder, 'offset'),
    NODE_OPTIONS: `--import=${new URL('moved-clock.ts', import.meta.url).href}`,
  });
  shop = openShop(system);
});

afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true });
});

/** It is on another machine, and was never wrong: what it booked can be found. */
async function trustTheProcessorsClock(): Promise<void> {
  const books = await openDatabase({ url: join(system.dataDir, 'sandbox.db') });
  await books.script('DROP TRIGGER entries_stay; UPDATE entries SET visible_at = 0');
  await books.close();
}

/** At once for whoever reads it. */
function setWrong(byMs: number): void {
  writeFileSync(join(folder, 'next'), String(byMs));
  renameSync(join(folder, 'next'), join(folder, 'offset'));
}

faultTest('clock jumps forward', async () => {
  const [slow, open] = [await shop.atTheTill('slow:2'), await shop.atTheTill()];
  const paying = shop.pay(slow);
  await shop.booked(slow);
  setWrong(2 * dayMs);
  expect(await paying).toMatchObject(paid);
  // What was open is over; nothing of it is charged.
  expect(await shop.pay(open)).toMatchObject({ status: 410, body: { errorCode: 'SESSION_EXPIRED' } });
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  await shop.compare();
});

faultTest('clock is set back', async () => {
  setWrong(2 * dayMs);
  const [slow, lost, open] = [
    await shop.atTheTill('slow:2'),
    await shop.atTheTill('http_500_after_accept'),
    await shop.atTheTill(),
  ];
  const paying = shop.pay(slow);
  expect(await shop.pay(lost)).toMatchObject({ status: 202 });
  await shop.booked(slow);
  setWrong(0);
  await trustTheProcessorsClock();
  expect(await paying).toMatchObject(paid);
  // Its security code may have been deleted meanwhile: it would have lived for two days.
  const { body } = await shop.pay(open);
  expect(['completed', 'CVC_SESSION_EXPIRED']).toContain(body.data?.status ?? body.errorCode);
  // Pay would ask the processor in two days and five seconds.
  await expect
    .poll(() => getSession(system.dev, lost.sessionId), { timeout: 20_000, interval: 250 })
    .toMatchObject({
      status: 'completed',
    });
  expect(await shop.pay(await shop.atTheTill())).toMatchObject(paid);
  await shop.compare();
});
