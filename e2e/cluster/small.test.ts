// The cluster test in small, in one process and without faults: two shops, of which one tries all that it must not, and then
// the checks that look for data of others and for secrets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBelow } from '../secret-search.ts';
import { openChance } from '../simulation/world.ts';
import { type System, startSystem } from '../system.ts';
import type { Databases } from './books.ts';
import { intruderLearnsNothing, merchantsAreApart } from './isolation-invariants.ts';
import { nothingSecretIsSeen, type Place } from './secret-invariants.ts';
import { nothingIsTakenBack } from './told-invariants.ts';
import { type Intruder, openIntruder } from './traffic/intruder.ts';
import { CROWD, intrudersCrowd, type Role, startLoad } from './traffic/load.ts';
import { openShop, type Shop } from './traffic/shop.ts';

let system: System;
let shops: readonly [Shop, Shop];
let databases: Databases;
let intruder: Intruder;

const found = ({ problems }: { readonly problems: readonly string[] }): readonly string[] => problems;

beforeAll(async () => {
  system = await startSystem({ LOG_LEVEL: 'trace' });
  const { dev } = system;
  const open = (name: string) => openDatabase({ url: join(system.dataDir, `${name}.db`) });
  databases = { checkout: await open('checkout'), pay: await open('pay'), vault: await open('vault') };
  shops = [
    await openShop(dev, dev.adminToken, { name: 'Blue Kettle', merchantId: 'ozu_bluekettle' }),
    await openShop(dev, dev.adminToken, { name: 'Red Teapot', merchantId: 'ozu_redteapot' }),
  ];
  intruder = openIntruder(shops[0]);
  const loads = await Promise.all([
    startLoad(shops[0], 1, CROWD.map(quickly)),
    startLoad(shops[1], 2, intrudersCrowd(intruder.story).map(quickly)),
  ]);
  const chance = openChance(3);
  const untilMs = Date.now() + 60_000;
  while (!hasTriedAll() && Date.now() < untilMs) {
    await intruder.story(shops[1], chance, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(loads.map((load) => load.stop()));
});

const hasTriedAll = (): boolean => {
  const counts = [...intruder.answered.values()];
  return counts.length > 0 && counts.every((count) => count > 0);
};

/** Without the cards whose outcome takes a minute. */
const quickly = (role: Role): Role => ({
  ...role,
  thinkMs: 200,
  story: (shop, chance, who) => role.story(shop, { ...chance, happens: (probability) => probability > 0.2 }, who),
});

afterAll(async () => {
  await Promise.all(Object.values(databases ?? {}).map((db) => db.close()));
  await Promise.all((shops ?? []).map(({ receiver }) => receiver.close()));
  await system?.stop();
});

test('a merchant who tries to read and change what is of another hears what the contract says, and nothing is changed', async () => {
  expect(found(intruderLearnsNothing(intruder))).toEqual([]);
  expect(intruder.answered.size).toBe(47);
  expect(found(await merchantsAreApart(databases, shops))).toEqual([]);
  expect(found(nothingIsTakenBack(shops))).toEqual([]);
});

test('no log, file, row, answer or webhook has a card number, a security code or a key in it', async () => {
  const { dataDir } = system;
  const keyFiles = [...filesBelow(join(dataDir, 'keys')), join(dataDir, 'dev.json')];
  const place: Place = {
    folder: dataDir,
    keyFiles,
    secrets: new Map(keyFiles.slice(0, -1).map((file) => [readFileSync(file, 'utf8').trim(), 'a key of `keys`'])),
    logs: ['checkout', 'pay', 'vault'].map((name) => join('log', `${name}.log`)),
  };
  const searches = (): Promise<string[]> =>
    nothingSecretIsSeen(place, databases, shops).then((checks) => checks.flatMap(found));
  // Logs are written once a second.
  await expect.poll(searches).toEqual([]);
});
