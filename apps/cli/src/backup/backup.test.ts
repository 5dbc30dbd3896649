// Backups that are older than this version, and restores and backups that did not come to their end.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOnServer } from '@ozura/e2e/databases';
import { freePortBase } from '@ozura/e2e/ports';
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

test('a restore that was cut off between two files is finished by the next one, and nothing starts before', async () => {
  await withDatabase(at('whole', 'pay.db'), (db) => migrate(db, migrationsOf('pay')));
  await withDatabase(at('whole', 'vault.db'), (db) => migrate(db, migrationsOf('vault')));
  expect(await ozura(at('whole'), 'backup', at('pair'))).toMatchObject({ code: 0 });
  expect(await ozura(at('cut'), 'restore', at('pair'))).toMatchObject({ code: 0 });
  const files = [at('cut', 'pay.db'), at('cut', 'vault.db')];
  // As it is when the first file has its name.
  writeFileSync(at('cut', 'restore-unfinished.json'), JSON.stringify(files));
  renameSync(at('cut', 'vault.db'), at('cut', 'vault.db.restoring'));
  const env = { DATA_DIR: at('cut'), PORT_BASE: String(await freePortBase()) };
  expect(await runCli(['start'], env).ended).toMatchObject({
    code: 1,
    stderr: `ozura: ${at('cut')}: a restore was cut off: "ozura restore" with the same words finishes it\n`,
  });
  expect(await ozura(at('cut'), 'restore', at('pair'))).toMatchObject({
    code: 0,
    stdout: [...files, 'The restore that was cut off is finished.', ''].join('\n'),
  });
  expect(readdirSync(at('cut'))).toEqual(['pay.db', 'vault.db']);
});

test('what cannot be copied is named, with where to', async () => {
  mkdirSync(at('damaged'));
  writeFileSync(at('damaged', 'pay.db'), 'no database, and long enough to be one by its size alone');
  expect(await ozura(at('damaged'), 'backup', at('none'))).toMatchObject({
    code: 1,
    stderr: `ozura: ${at('damaged', 'pay.db')} to ${at('none', 'pay.db')}: file is not a database\n`,
  });
});

test('a hold is not said of a database that was not brought back', async () => {
  const { url, remove } = await createOnServer();
  expect(await runCli(['restore', '--hold'], { DATA_DIR: at('none'), PAY_DATABASE_URL: url }).ended).toMatchObject({
    code: 1,
    stderr: 'ozura: PAY_DATABASE_URL: has no tables yet\n',
  });
  await withDatabase(url, (db) => expect(db.all(sql`SELECT name FROM migrations`)).rejects.toThrow('does not exist'));
  await remove();
});

test('a hold beside a program that has DATABASE_URL for itself is of what is named, and says what it is not of', async () => {
  const { url, remove } = await createOnServer();
  await withDatabase(url, (db) => migrate(db, migrationsOf('pay')));
  const hold = (env: Record<string, string>) =>
    runCli(['restore', '--hold'], { DATA_DIR: at('nowhere'), DATABASE_URL: url, ...env }).ended;
  const lines = [
    'CHECKOUT_DATABASE_URL is not set: nothing was held there.',
    '0 plans that fell due will not be charged before two days have passed.',
    'Before you start: docs/operating.md, "After a restore".',
    '',
  ];
  expect(await hold({ PAY_DATABASE_URL: url })).toEqual({ code: 0, stdout: lines.join('\n'), stderr: '' });
  expect(await hold({})).toMatchObject({
    code: 1,
    stderr:
      'ozura: neither CHECKOUT_DATABASE_URL nor PAY_DATABASE_URL names a database, and DATABASE_URL has none of theirs\n',
  });
  await remove();
});
