// What a connection to PostgreSQL is like, whatever the server's own defaults are (contract 12.6).
import { createOnServer } from '@ozura/e2e/databases';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, sql } from './handle.ts';
import { openDatabase } from './open.ts';

const poolMax = 2;
let db: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  const created = await createOnServer();
  remove = created.remove;
  const careless = await openDatabase({ url: created.url, poolMax: 1 });
  const { name } = (await careless.one<{ name: string }>(sql`SELECT current_database() AS name`)) ?? { name: '' };
  for (const setting of ['synchronous_commit = off', 'statement_timeout = 0', 'lock_timeout = 0'])
    await careless.script(`ALTER DATABASE "${name}" SET ${setting}`);
  await careless.close();
  db = await openDatabase({ url: created.url, poolMax });
});

afterAll(async () => {
  await db?.close();
  await remove?.();
});

test('statements, locks and idle transactions end in time, and a commit is on disk before it is answered', async () => {
  const settings = await db.all<{ name: string; setting: string }>(sql`
    SELECT name, setting FROM pg_settings
    WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'synchronous_commit')`);
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    statement_timeout: '5000',
    lock_timeout: '2000',
    idle_in_transaction_session_timeout: '10000',
    synchronous_commit: 'on',
  });
});

test('a process opens no more connections than it may, and those who come later wait their turn', async () => {
  const counts = await Promise.all(
    Array.from({ length: 10 }, () =>
      db.transact(async (tx) => {
        await tx.one(sql`SELECT pg_sleep(0.01)`);
        const row = await tx.one<{ open: number }>(
          sql`SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database()`,
        );
        return row?.open ?? 0;
      }),
    ),
  );
  expect(counts).toHaveLength(10);
  expect(Math.max(...counts)).toBe(poolMax);
});
