// What a connection to PostgreSQL is like, whatever the server's own defaults are (contract 12.6).

import { openPorts } from '@ozura/e2e/cluster/ports';
import { openLink, type TcpLink } from '@ozura/e2e/cluster/tcp-link';
import { createOnServer } from '@ozura/e2e/databases';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, sql } from './handle.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';
import { openPostgres } from './postgres.ts';

const poolMax = 2;
let db: Database;
let url: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const created = await createOnServer();
  remove = created.remove;
  url = created.url;
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

async function overLink(work: (distant: Database, link: TcpLink) => Promise<void>): Promise<void> {
  const address = new URL(url);
  const link = await openLink('database', await openPorts()(), Number(address.port));
  address.port = String(link.port);
  const options = { url: address.href, poolMax: 1, testClock: false, clockOffsetMs: () => 0, silenceTimeoutMs: 200 };
  const distant = openPostgres(options);
  try {
    await work(distant, link);
  } finally {
    await link.set('open');
    await distant.close();
    await link.close();
  }
}

test('a server that has gone without a word is given up, within a transaction too, and its connection replaced', async () => {
  await overLink(async (distant, link) => {
    await distant.now();
    await link.set('silent');
    await expect(distant.now()).rejects.toThrow('timeout');
    await link.set('open');
    const silenced = distant.transact(async (tx) => {
      await tx.now();
      await link.set('silent');
      await tx.now();
    });
    await expect(silenced).rejects.toThrow('timeout');
    await link.set('open');
    expect(await distant.now()).toBeGreaterThan(0);
  });
});

test('whether a commit whose answer was lost has happened is not guessed', async () => {
  await db.script('CREATE TABLE lost_answers (id INTEGER)');
  await overLink(async (distant, link) => {
    const written = distant.transact(async (tx) => {
      await tx.run(sql`INSERT INTO lost_answers VALUES (1)`);
      await link.set('losing-answers');
    });
    await expect(written).rejects.toThrow();
    await link.set('open');
    expect(await distant.all(sql`SELECT id FROM lost_answers`)).toEqual([{ id: 1 }]);
  });
});

test('a migration may take longer than any request', async () => {
  await overLink(async (distant) => {
    const applied = await migrate(distant, [{ name: '0001-slow', text: 'SELECT pg_sleep(0.5)' }]);
    expect(applied).toEqual(['0001-slow']);
  });
});

test('those who ask whether the server can be used share one look, so that they cannot take every connection', async () => {
  const [one, other] = [db.check(), db.check()];
  expect(one).toBe(other);
  await one;
  expect(db.check()).not.toBe(one);
});
