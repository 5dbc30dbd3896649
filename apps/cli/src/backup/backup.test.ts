// Backups that are older than this version, and restores and backups that did not come to their end.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ozura/e2e/run-cli';
import { examineDatabase } from '@ozura/kit/db/backup';
import { type Database, sql } from '@ozura/kit/db/handle';
import { migrate } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, expect, test } from 'vitest';
import { migrationsOf } from '../migrate.ts';

const folder = mkdtempSync(join(tmpdir(), 'ozura-backups-'));
const at = (...names: string[]): string => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true }));

const ozura = (dataDir: string, ...args: string[]) => runCli(args, { DATA_DIR: dataDir }).ended;

async function withDatabase(path: string, work: (db: Database) => Promise<unknown>): Promise<void> {
  const db = await openDatabase({ url: path });
  await work(db);
  await db.close();
}

test('a backup of an older version is brought up to date, also after a restore of another one was cut off', async () => {
  const known = migrationsOf('pay').map(({ name }) => name);
  const older = migrationsOf('pay').filter(({ name }) => name < '0013');
  await withDatabase(at('old', 'pay.db'), (db) => migrate(db, older));
  expect(await ozura(at('old'), 'backup', at('backup'))).toMatchObject({ code: 0 });
  // What the other one was about to write.
  mkdirSync(at('new'));
  await withDatabase(at('other.db'), async (db) => {
    await migrate(db, migrationsOf('vault'));
    await db.run(sql`INSERT INTO migrations (name, applied_at) VALUES ('9999-of-another', 1)`);
    for (const log of ['', '-wal']) copyFileSync(at(`other.db${log}`), at('new', `pay.db.restoring${log}`));
  });
  expect(await ozura(at('new'), 'restore', at('backup'))).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(at('new'))).toEqual(['pay.db']);
  expect(examineDatabase(at('new', 'pay.db'))).toEqual({ migrations: known });
});

test('what cannot be copied is named, with where to', async () => {
  mkdirSync(at('damaged'));
  writeFileSync(at('damaged', 'pay.db'), 'no database, and long enough to be one by its size alone');
  expect(await ozura(at('damaged'), 'backup', at('none'))).toMatchObject({
    code: 1,
    stderr: `ozura: ${at('damaged', 'pay.db')} to ${at('none', 'pay.db')}: file is not a database\n`,
  });
});
