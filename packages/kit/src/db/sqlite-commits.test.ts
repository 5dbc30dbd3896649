// Group commit on SQLite: of what the disk does not have yet nobody is told, and nobody sees it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, type Handle, sql } from './handle.ts';
import { openDatabase } from './open.ts';

let folder: string;
let url: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-commits-'));
  url = join(folder, 'shop.db');
  db = await openDatabase({ url });
  await db.script('CREATE TABLE items (id TEXT PRIMARY KEY, amount BIGINT NOT NULL)');
});

afterEach(async () => {
  letGoOfDisk();
  await db.close();
  rmSync(folder, { recursive: true });
});

const add = (id: string, amount = 1): Promise<number> =>
  db.run(sql`INSERT INTO items (id, amount) VALUES (${id}, ${amount})`);

const ids = async (from: Database): Promise<unknown[]> =>
  (await from.all<{ id: string }>(sql`SELECT id FROM items ORDER BY id`)).map(({ id }) => id);

let letGoOfDisk = (): void => undefined;

/** Until the answer is called each wait for the disk lasts. */
function holdDisk(): () => void {
  const { fdatasync } = fs;
  const waiting: (() => void)[] = [];
  const put = (work: typeof fdatasync): void => {
    fs.fdatasync = work;
    syncBuiltinESMExports();
  };
  put(((file, done) => void waiting.push(() => fdatasync(file, done))) as typeof fdatasync);
  letGoOfDisk = () => {
    put(fdatasync);
    for (const go of waiting.splice(0)) go();
  };
  return letGoOfDisk;
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await turn();
};

it('nobody is told of a commit, and nobody sees it, before the disk has it', async () => {
  await add('before');
  const beside = await openDatabase({ url });
  const letGo = holdDisk();
  const told: string[] = [];
  const writing = Promise.all([
    add('one').then(() => told.push('run')),
    db.transact((tx) => tx.run(sql`UPDATE items SET amount = 7 WHERE id = 'before'`)).then(() => told.push('transact')),
    db.changeEach([sql`INSERT INTO items VALUES ('two', 2)`]).then(() => told.push('changeEach')),
  ]);
  await turns(20);
  const other = new DatabaseSync(url);
  expect(other.prepare('SELECT count(*) AS n FROM items').get()).toEqual({ n: 3 });
  other.close();
  expect([told, await ids(db), await ids(beside)]).toEqual([[], ['before'], ['before']]);
  letGo();
  await writing;
  expect([...told].sort()).toEqual(['changeEach', 'run', 'transact']);
  expect([await ids(db), await ids(beside)]).toEqual([
    ['before', 'one', 'two'],
    ['before', 'one', 'two'],
  ]);
  await beside.close();
});

it('nobody sees it by another path to the file', async () => {
  symlinkSync(url, join(folder, 'same.db'));
  const beside = await openDatabase({ url: join(folder, 'same.db') });
  const letGo = holdDisk();
  const adding = add('one');
  await turns(20);
  expect([await ids(db), await ids(beside)]).toEqual([[], []]);
  letGo();
  await adding;
  expect([await ids(db), await ids(beside)]).toEqual([['one'], ['one']]);
  await beside.close();
});

it('who opens the file meanwhile waits for the disk', async () => {
  const letGo = holdDisk();
  const adding = add('one');
  await turns(20);
  let isOpen = false;
  const opening = openDatabase({ url }).finally(() => {
    isOpen = true;
  });
  await turns(20);
  expect(isOpen).toBe(false);
  letGo();
  const beside = await opening;
  expect(await ids(beside)).toEqual(['one']);
  await adding;
  await beside.close();
});

it('one that is closed a second time takes nothing from the next one', async () => {
  await db.close();
  const closed = db;
  db = await openDatabase({ url });
  await expect(closed.close()).rejects.toThrow();
  expect(await add('one')).toBe(1);
});

it('those who come while the disk is at work are the next group', async () => {
  const letGo = holdDisk();
  const first = add('first');
  await turns(20);
  const second = Promise.all(['a', 'b', 'c'].map((id) => add(id)));
  await turns(20);
  const other = new DatabaseSync(url);
  expect(other.prepare('SELECT count(*) AS n FROM items').get()).toEqual({ n: 1 });
  other.close();
  letGo();
  expect(await first).toBe(1);
  expect(await second).toEqual([1, 1, 1]);
});

it('nothing is written by a handle whose transaction is over', async () => {
  let late: Handle | undefined;
  await db.transact(async (tx) => {
    late = tx;
  });
  await expect(late?.run(sql`INSERT INTO items VALUES ('late', 1)`)).rejects.toThrow('over');
  await expect(db.transact((tx) => tx.run(sql`INSERT INTO items VALUES ('bad')`))).rejects.toThrow('values');
  await expect(late?.script("INSERT INTO items VALUES ('late', 1)")).rejects.toThrow('over');
  await add('one');
  expect(await ids(db)).toEqual(['one']);
});

it('the log of writes is copied into the file and begun anew, and nothing is lost on the way', async () => {
  const wide = 'x'.repeat(3_000);
  const logBytes: number[] = [];
  for (let round = 0; round < 40; round += 1) {
    await Promise.all(Array.from({ length: 128 }, (_none, i) => add(`${round}-${i}-${wide}`)));
    logBytes.push(statSync(`${url}-wal`).size);
  }
  // Of twice as much that was written.
  expect(Math.max(...logBytes)).toBeLessThan(16_000_000);
  expect(statSync(url).size).toBeGreaterThan(10_000_000);
  expect(await ids(db)).toHaveLength(40 * 128);
  await db.close();
  db = await openDatabase({ url });
  expect(await ids(db)).toHaveLength(40 * 128);
});

it('the log of writes stays short beside others who read one new state after the other', async () => {
  const other = new DatabaseSync(url);
  const read = (): void => other.exec('BEGIN; SELECT count(*) FROM items');
  read();
  const reading = setInterval(() => {
    other.exec('COMMIT');
    read();
  }, 10);
  const wide = 'x'.repeat(3_000);
  for (let round = 0; round < 40; round += 1) {
    await Promise.all(Array.from({ length: 100 }, (_none, i) => add(`${round}-${i}-${wide}`)));
  }
  clearInterval(reading);
  other.close();
  expect(statSync(`${url}-wal`).size).toBeLessThan(16_000_000);
});

it('where no file descriptor is left for the thread that copies the log, commits go on', async () => {
  const child = fork(join(import.meta.dirname, 'database-process.ts'), ['exhaust', join(folder, 'child.db')]);
  let said: unknown;
  child.on('message', (message) => {
    said = message;
  });
  const [code] = await once(child, 'exit');
  expect([code, said]).toEqual([0, 3_000]);
});

it('another process that writes is waited for, and requests are served meanwhile', async () => {
  const other = new DatabaseSync(url);
  other.exec('BEGIN IMMEDIATE');
  let served = 0;
  const serving = setInterval(() => (served += 1), 2);
  const adding = add('patient');
  await expect.poll(() => served).toBeGreaterThan(5);
  other.exec('COMMIT');
  expect(await adding).toBe(1);
  clearInterval(serving);
  other.exec('BEGIN IMMEDIATE');
  await expect(add('too long')).rejects.toThrow('locked');
  other.exec('ROLLBACK');
  other.close();
  await add('afterwards');
  expect(await ids(db)).toEqual(['afterwards', 'patient']);
});
