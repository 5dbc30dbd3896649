// Migrations beside programs that go on writing: on PostgreSQL nobody waits for one longer than he would give up anyway.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createOnServer } from '@ozura/e2e/databases';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, lockTimeoutMs, sql } from './handle.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openDatabase } from './open.ts';

const first = 'CREATE TABLE items (id TEXT PRIMARY KEY, amount BIGINT NOT NULL)';
const altering = [
  { name: '0001-first', text: first },
  { name: '0002-notes', text: 'CREATE TABLE notes (id TEXT); ALTER TABLE items ADD COLUMN note TEXT' },
];
const indexText = `-- Items by amount; found by it.
CREATE INDEX IF NOT EXISTS items_by_amount ON items (amount);
`;
const indexing = [
  { name: '0001-first', text: first },
  { name: '0002-index.online', text: indexText },
];

let folder: string;
let migrations: URL;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-migrate-'));
  for (const { name, text } of indexing) writeFileSync(join(folder, `${name}.sql`), text);
  migrations = pathToFileURL(`${folder}/`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The one that migrates has a single connection. */
let db: Database;
let old: Database;
let url: string;
let remove: () => Promise<void>;
let told: string[];
const tell = (what: string): void => void told.push(what);
const children: ChildProcess[] = [];

beforeEach(async () => {
  ({ url, remove } = await createOnServer());
  [db, old] = await Promise.all([openDatabase({ url, poolMax: 1 }), openDatabase({ url, poolMax: 4 })]);
  told = [];
  await migrate(old, indexing.slice(0, 1));
  await old.script(`INSERT INTO items SELECT 'item ' || i, i FROM generate_series(1, 5000) AS i`);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all([db.close(), old.close()]);
  await remove();
});

/** A transaction that has written and does not end. */
async function hold(): Promise<() => Promise<unknown>> {
  const [holding, ending] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ended = old.transact(async (tx) => {
    await tx.run(sql`UPDATE items SET amount = 0 WHERE id = 'item 1'`);
    holding.resolve();
    await ending.promise;
  });
  await Promise.race([holding.promise, ended]);
  return () => {
    ending.resolve();
    return ended;
  };
}

/** Writes all the time, and says how many there were and how long the slowest took. One that fails fails the test. */
function write(): () => Promise<{ readonly count: number; readonly slowestMs: number }> {
  const ids: string[] = [];
  let [goesOn, slowestMs] = [true, 0];
  const writing = (async () => {
    while (goesOn) {
      const startedMs = performance.now();
      const id = `written ${ids.length}`;
      await old.transact((tx) => tx.run(sql`INSERT INTO items (id, amount) VALUES (${id}, 1)`));
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      ids.push(id);
      await setTimeout(5);
    }
  })();
  writing.catch(() => undefined);
  return async () => {
    goesOn = false;
    await writing;
    return { count: ids.length, slowestMs };
  };
}

const recorded = async (): Promise<unknown[]> =>
  (await old.all(sql`SELECT name FROM migrations ORDER BY name`)).map(({ name }) => name);
const indexOf = (name = 'items_by_amount') =>
  old.one<{ id: number; valid: number }>(
    sql`SELECT indexrelid::int8 AS id, CASE WHEN indisvalid THEN 1 ELSE 0 END AS valid
        FROM pg_index WHERE indexrelid = to_regclass(${name})`,
  );
const startIndexing = (): ChildProcess => {
  const child = fork(join(import.meta.dirname, 'database-process.ts'), ['migrate', url, migrations.href]);
  children.push(child);
  return child;
};
const buildStarts = () => expect.poll(async () => (await indexOf())?.valid).toBe(0);

test('a migration that does not get its lock lets writers pass in between, and is applied when the lock is free', async () => {
  const release = await hold();
  const stopWriting = write();
  const migrating = migrate(db, altering, { tell });
  await expect.poll(() => told).toHaveLength(1);
  expect(told[0]).toMatch(
    /^migration 0002-notes waits for process \d+ \(\w+, idle in transaction, since [\d:]+ UTC\)$/,
  );
  expect(await recorded()).toEqual(['0001-first']);
  await release();
  expect(await migrating).toEqual(['0002-notes']);
  const { count, slowestMs } = await stopWriting();
  expect(count).toBeGreaterThan(50);
  expect(slowestMs).toBeLessThan(lockTimeoutMs);
});

test('one that does not get its lock for long ends with a word about who holds it, and has changed nothing', async () => {
  const release = await hold();
  await expect(migrate(db, altering, { triesMax: 3 })).rejects.toMatchObject({
    name: 'DatabaseUnusable',
    message: expect.stringMatching(
      /^migration 0002-notes was not applied: in 3 tries it has not got its locks from process \d+ \(.*idle in transaction.*\)\. Nothing was changed; start again when that has ended$/,
    ),
  });
  await release();
  expect(await old.one(sql`SELECT to_regclass('notes') AS found`)).toEqual({ found: null });
  expect(await recorded()).toEqual(['0001-first']);
  expect(await migrate(db, altering)).toEqual(['0002-notes']);
});

test('an index is built online: writers do not notice, and it is recorded when it is there', async () => {
  const release = await hold();
  const stopWriting = write();
  const building = migrate(db, indexing, { tell });
  await buildStarts();
  // Longer than any of them would wait.
  await setTimeout(lockTimeoutMs + 500);
  expect(await recorded()).toEqual(['0001-first']);
  // As whoever asks for `/ready` does where a write has failed.
  expect(await old.run(sql`UPDATE migrations SET applied_at = applied_at`)).toBe(1);
  // As a program of the version before does when it starts.
  expect(await migrate(old, indexing.slice(0, 1))).toEqual([]);
  await release();
  expect(await building).toEqual(['0002-index.online']);
  const { count, slowestMs } = await stopWriting();
  expect(count).toBeGreaterThan(50);
  expect(slowestMs).toBeLessThan(lockTimeoutMs);
  expect(await indexOf()).toMatchObject({ valid: 1 });
  expect(await recorded()).toEqual(['0001-first', '0002-index.online']);
});

test('an index of which an end of the server left half is built again', async () => {
  const release = await hold();
  const child = startIndexing();
  await buildStarts();
  child.kill('SIGKILL');
  const builds = sql`pg_stat_progress_create_index WHERE datname = current_database()`;
  await old.all(sql`SELECT pg_terminate_backend(pid) FROM ${builds}`);
  await expect.poll(() => old.all(sql`SELECT pid FROM ${builds}`)).toEqual([]);
  await release();
  expect(await indexOf()).toMatchObject({ valid: 0 });
  expect(await recorded()).toEqual(['0001-first']);
  expect(await migrate(db, indexing)).toEqual(['0002-index.online']);
  expect(await indexOf()).toMatchObject({ valid: 1 });
});

test('what the server goes on building for a process that was killed is not built twice', async () => {
  const release = await hold();
  const child = startIndexing();
  await buildStarts();
  const begun = await indexOf();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const waiting = migrate(db, indexing);
  const looks = sql`SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                    AND query LIKE '%FROM pg_stat_progress_create_index%' AND query NOT LIKE '%FROM pg_stat_activity%'`;
  await expect.poll(() => old.all(looks)).toHaveLength(1);
  await release();
  expect(await waiting).toEqual(['0002-index.online']);
  expect(await indexOf()).toEqual({ id: begun?.id, valid: 1 });
});

test('nothing ends a migration that has its locks and works, or an index that is being built; a lost machine keeps none', async () => {
  const settings = `SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp\\_%'
    OR name IN ('statement_timeout', 'idle_in_transaction_session_timeout')`;
  await migrate(db, [...indexing.slice(0, 1), { name: '0002-ended', text: `CREATE TABLE ended_by AS ${settings}` }]);
  const endedBy = await old.all<{ name: string; setting: string }>(sql`SELECT name, setting FROM ended_by`);
  expect(Object.fromEntries(endedBy.map(({ name, setting }) => [name, setting]))).toEqual({
    statement_timeout: '0',
    idle_in_transaction_session_timeout: '10000',
    tcp_keepalives_idle: '10',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
    tcp_user_timeout: '30000',
  });
  const builder = db.beside?.();
  const bounds = sql`SELECT name, setting FROM pg_settings WHERE name LIKE '%\\_timeout' OR name = 'synchronous_commit'`;
  const rows = (await builder?.all<{ name: string; setting: string }>(bounds)) ?? [];
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toMatchObject({
    statement_timeout: '0',
    lock_timeout: '0',
    idle_in_transaction_session_timeout: '0',
    synchronous_commit: 'on',
  });
  await builder?.close();
});

test('of several processes one migrates, and the others say that they wait for it', async () => {
  const release = await hold();
  const child = startIndexing();
  const applied = once(child, 'message');
  await buildStarts();
  const others = [migrate(db, indexing, { tell }), migrate(old, readMigrations(migrations), { tell })];
  await expect.poll(() => told).toHaveLength(2);
  expect(new Set(told)).toEqual(new Set(['waits for another process, which migrates the database']));
  await release();
  expect(await Promise.all(others)).toEqual([[], []]);
  expect((await applied)[0]).toEqual(['0002-index.online']);
});

test('a unique index that rows are against is not left behind to refuse more of them', async () => {
  await old.script('UPDATE items SET amount = 7');
  const unique = [{ name: '0002-unique.online', text: 'CREATE UNIQUE INDEX IF NOT EXISTS one ON items (amount)' }];
  await expect(migrate(db, unique)).rejects.toThrow('could not create unique index "one"');
  expect(await indexOf('one')).toBeUndefined();
  expect(await recorded()).toEqual(['0001-first']);
});

test.each(['CREATE INDEX items_by_amount ON items (amount)', 'ALTER TABLE items ADD COLUMN more TEXT'])(
  'only an index that may be there already is built online, not %s',
  async (text) => {
    await expect(migrate(db, [{ name: '0002-other.online', text }])).rejects.toThrow('can be done online');
    expect(await recorded()).toEqual(['0001-first']);
  },
);

test('on SQLite the same file runs as it is', async () => {
  const embedded = await openDatabase({ url: join(folder, 'embedded.db') });
  expect(await migrate(embedded, indexing)).toEqual(['0001-first', '0002-index.online']);
  expect(await embedded.all(sql`SELECT name FROM sqlite_master WHERE name = 'items_by_amount'`)).toHaveLength(1);
  await embedded.close();
});
