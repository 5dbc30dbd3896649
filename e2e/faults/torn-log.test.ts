// SQLite's log of writes, cut off or altered anywhere, as a power cut or a lying disk may leave it.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineDatabase } from '@ozura/kit/db/backup';
import { sql } from '@ozura/kit/db/handle';
import { migrate } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect } from 'vitest';
import { faultTest, sized } from './fault.ts';

const commits = 30;
const headBytes = 32;
const frameBytes = 24 + 4_096;

let folder: string;
/** How long the log was when commit number `index` was answered. */
const answered: number[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-torn-'));
  const path = join(folder, 'live.db');
  const db = await openDatabase({ url: path });
  await migrate(db, [{ name: '0001-pairs', text: 'CREATE TABLE pairs (id INTEGER PRIMARY KEY, half TEXT NOT NULL)' }]);
  for (let index = 0; index < commits; index += 1) {
    const [first, second] = [2 * index, 2 * index + 1];
    await db.transact(async (tx) => {
      await tx.run(sql`INSERT INTO pairs (id, half) VALUES (${first}, ${'a'.repeat(900)})`);
      await tx.run(sql`INSERT INTO pairs (id, half) VALUES (${second}, ${'b'.repeat(900)})`);
    });
    answered.push(statSync(`${path}-wal`).size);
  }
  copyFileSync(path, join(folder, 'saved.db'));
  copyFileSync(`${path}-wal`, join(folder, 'saved.db-wal'));
  await db.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

faultTest('torn log of writes', async () => {
  const log = readFileSync(join(folder, 'saved.db-wal'));
  const frames = Math.floor((log.length - headBytes) / frameBytes);
  const boundaries = Array.from({ length: frames + 1 }, (_none, frame) => headBytes + frame * frameBytes);
  const anywhere = Array.from({ length: sized(20, 300) }, () => Math.floor(Math.random() * log.length));
  for (const at of [...boundaries.filter((_at, frame) => frame % sized(4, 1) === 0), ...anywhere]) {
    await expectWhole(log.subarray(0, at), at);
  }
  expect(await expectWhole(log, log.length)).toBe(commits);
});

faultTest('altered log of writes', async () => {
  const log = readFileSync(join(folder, 'saved.db-wal'));
  for (let times = 0; times < sized(20, 300); times += 1) {
    const at = Math.floor(Math.random() * log.length);
    const altered = Buffer.from(log);
    altered[at] = (altered[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
    await expectWhole(altered, at - (at % frameBytes));
  }
});

/** Opens it as a program does: every commit answered within the first `soundBytes` is there, and none by half. */
async function expectWhole(log: Buffer, soundBytes: number): Promise<number> {
  const path = join(folder, `${Math.random()}.db`);
  copyFileSync(join(folder, 'saved.db'), path);
  writeFileSync(`${path}-wal`, log);
  const promised = answered.filter((size) => size <= soundBytes).length;
  const db = await openDatabase({ url: path });
  // A log that breaks off before the table was made has none of the commits.
  const rows = await db.all<{ id: number }>(sql`SELECT id FROM pairs ORDER BY id`).catch(() => []);
  await db.close();
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: rows.length }, (_none, id) => id));
  expect(rows.length % 2).toBe(0);
  expect(rows.length / 2).toBeGreaterThanOrEqual(promised);
  if (rows.length > 0) expect(examineDatabase(path).damage).toBeUndefined();
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  return rows.length / 2;
}
