// What a connection to PostgreSQL is like, whatever the server's own defaults are (contract 12.6).

import { openLink, type TcpLink } from '@ozura/e2e/cluster/tcp-link';
import { createOnServer } from '@ozura/e2e/databases';
import { freePort } from '@ozura/e2e/ports';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, type Handle, type Statement, sql } from './handle.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';
import { openPostgres } from './postgres.ts';
import { writeClock } from './test-clock.ts';

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
  const connections = await Promise.all(
    Array.from({ length: 10 }, () =>
      db.transact(
        async (tx) => (await tx.one<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid, pg_sleep(0.01)`))?.pid,
      ),
    ),
  );
  expect(connections).toHaveLength(10);
  expect(new Set(connections).size).toBe(poolMax);
});

async function overLink(work: (distant: Database, link: TcpLink) => Promise<void>): Promise<void> {
  const address = new URL(url);
  const link = await openLink('database', await freePort(), Number(address.port));
  address.port = String(link.port);
  const options = { url: address.href, poolMax: 1, testClock: false, clockOffsetMs: () => 0, silenceTimeoutMs: 1_000 };
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

test('what waits behind inserts that a silent server does not answer is given up with them', async () => {
  await db.script('CREATE TABLE unheard (id INTEGER PRIMARY KEY)');
  await overLink(async (distant, link) => {
    await distant.now();
    await link.set('silent');
    let refused = 0;
    const inserts = Array.from({ length: 300 }, (_none, id) =>
      distant.run(sql`INSERT INTO unheard (id) VALUES (${id})`).catch(() => {
        refused += 1;
      }),
    );
    await Promise.race(inserts);
    await new Promise(setImmediate);
    // All but those who are asking for themselves.
    expect(refused).toBeGreaterThan(200);
    await link.set('open');
    await Promise.all(inserts);
    expect(await distant.run(sql`INSERT INTO unheard (id) VALUES (${300})`)).toBe(1);
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

test('changes that belong together are all there or none, wherever the server goes without a word', async () => {
  await db.script('CREATE TABLE lost_changes (id INTEGER PRIMARY KEY)');
  const change = (id: number) => sql`INSERT INTO lost_changes VALUES (${id})`;
  const found = async () => (await db.all(sql`SELECT id FROM lost_changes ORDER BY id`)).map(({ id }) => id);
  await overLink(async (distant, link) => {
    await distant.now();
    await link.set('losing-answers');
    await expect(distant.changeEach([change(1), change(2)])).rejects.toThrow();
    await link.set('open');
    expect(await found()).toEqual([1, 2]);
    await distant.now();
    await link.set('silent');
    await expect(distant.changeEach([change(3), change(4)])).rejects.toThrow('timeout');
    await link.set('open');
    expect(await distant.changeEach([change(5), change(6)])).toBe(true);
    expect(await distant.changeEach([change(7), change(6)]).catch(() => 'refused')).toBe('refused');
    // Those that the server was silent about may have reached it all the same, late.
    const ids = await found();
    expect(ids.filter((id) => id !== 3 && id !== 4)).toEqual([1, 2, 5, 6]);
    expect(ids.includes(3)).toBe(ids.includes(4));
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

describe('statements', () => {
  let one: Database;
  beforeAll(async () => {
    one = await openDatabase({ url, poolMax: 1 });
    await one.script('CREATE TABLE cups (id TEXT PRIMARY KEY, size BIGINT NOT NULL CHECK (size > 0))');
  });
  afterAll(() => one?.close());
  beforeEach(() => one.script('DELETE FROM cups'));

  const insert = (id: string, size = 1) => sql`INSERT INTO cups (id, size) VALUES (${id}, ${size})`;
  const all = (db: Handle) => db.all(sql`SELECT * FROM cups WHERE size > ${0} ORDER BY id`);
  const ids = async () => (await all(one)).map(({ id }) => id);

  test('are parsed once on a connection, whatever their values are', async () => {
    for (const size of [1, 2, 3]) await one.all(sql`SELECT 'once' AS what FROM cups WHERE size = ${size}`);
    const known = await one.all(sql`SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT ''once''%'`);
    expect(known).toHaveLength(1);
  });

  test('are carried out by old processes, too, after a migration has given their table more columns', async () => {
    await one.run(insert('a'));
    expect(await all(one)).toEqual([{ id: 'a', size: 1 }]);
    await one.script('ALTER TABLE cups ADD COLUMN color TEXT');
    expect(await all(one)).toEqual([{ id: 'a', size: 1, color: null }]);
    await all(one);
    await one.script('ALTER TABLE cups ADD COLUMN shape TEXT');
    // A transaction that meets the change ends with it, and the next one does not know of it.
    await expect(one.transact(all)).rejects.toThrow('cached plan');
    expect(await one.transact(all)).toEqual([{ id: 'a', size: 1, color: null, shape: null }]);
  });

  test('are carried out where a pooler has forgotten what was parsed', async () => {
    const db = await openDatabase({ url, poolMax: 1 });
    expect(await all(db)).toEqual([]);
    await db.script('DEALLOCATE ALL');
    expect(await all(db)).toEqual([]);
    expect(await db.transact(all)).toEqual([]);
    const three = (names: string) => Promise.all([...names].map((id) => db.run(insert(id))));
    expect(await three('abc')).toEqual([1, 1, 1]);
    await db.script('DEALLOCATE ALL');
    expect(await three('def')).toEqual([1, 1, 1]);
    expect(await ids()).toEqual([...'abcdef']);
    await db.close();
  });

  test('are named by their text, so that processes behind one pooler never mean two statements by one name', async () => {
    const texts = [sql`SELECT 'left' AS side`, sql`SELECT 'right' AS side`];
    const named = sql`SELECT name, statement FROM pg_prepared_statements WHERE statement LIKE '%AS side' ORDER BY statement`;
    const namesAfter = async (asked: readonly Statement[]) => {
      const process = await openDatabase({ url, poolMax: 1 });
      for (const text of asked) await process.all(text);
      const names = await process.all(named);
      await process.close();
      return names;
    };
    const names = await namesAfter(texts);
    expect(names.map(({ statement }) => statement)).toEqual(["SELECT 'left' AS side", "SELECT 'right' AS side"]);
    expect(await namesAfter(texts.toReversed())).toEqual(names);
  });

  test('go without names after another process has taken one, also where all are in transactions', async () => {
    const taken = sql`SELECT 'taken' AS what`;
    const [other, db] = [await openDatabase({ url, poolMax: 1 }), await openDatabase({ url, poolMax: 1 })];
    await other.all(taken);
    const [found] = await other.all(sql`SELECT name FROM pg_prepared_statements WHERE statement = ${taken.text}`);
    await db.script(`PREPARE ${found?.name} AS ${taken.text}`);
    await expect(db.transact((tx) => tx.all(taken))).rejects.toThrow('already exists');
    expect(await db.transact((tx) => tx.all(taken))).toEqual([{ what: 'taken' }]);
    await Promise.all([other.close(), db.close()]);
  });

  test('of a transaction have one time', async () => {
    const [before, after] = await one.transact(async (tx) => {
      const began = await tx.now();
      await tx.one(sql`SELECT pg_sleep(0.01)`);
      return [began, await tx.now()];
    });
    expect(after).toBe(before);
    expect(await one.now()).toBeGreaterThan(before);
  });

  test('that insert at the same time share a commit', async () => {
    const written = await Promise.all(Array.from({ length: 48 }, (_none, i) => one.run(insert(`cup ${i}`))));
    expect(written).toEqual(Array(48).fill(1));
    expect(await one.all(sql`SELECT DISTINCT xmin::text FROM cups`)).toHaveLength(1);
  });

  test('that insert at the same time are all written, however many there are', async () => {
    const texts = Array.from({ length: 333 }, (_none, i) => `cup ${String(i).padStart(3, '0')}`);
    expect(await Promise.all(texts.map((id, i) => one.run(insert(id, i + 1))))).toEqual(Array(333).fill(1));
    const written = await one.all(sql`SELECT id, size FROM cups ORDER BY id`);
    expect(written).toEqual(texts.map((id, i) => ({ id, size: i + 1 })));
  });

  test('that insert at the same time hear for themselves whether another row was in the way', async () => {
    const unlessThere = (id: string, size: number) =>
      one.run(sql`INSERT INTO cups (id, size) VALUES (${id}, ${size}) ON CONFLICT (id) DO NOTHING`);
    await one.run(insert('b', 7));
    const written = [unlessThere('a', 1), unlessThere('b', 2), unlessThere('c', 3), unlessThere('a', 4)];
    expect(await Promise.all(written)).toEqual([1, 0, 1, 0]);
    expect((await all(one)).map(({ id, size }) => `${id}${size}`)).toEqual(['a1', 'b7', 'c3']);
  });

  test('that insert at the same time fail alone', async () => {
    const written = [insert('a'), insert('b', -1), insert('c'), insert('a')].map((statement) => one.run(statement));
    const ends = (await Promise.allSettled(written)).map(({ status }) => status);
    expect(ends).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(await ids()).toEqual(['a', 'c']);
  });

  test('that insert together are not tried again when nobody knows what became of them', async () => {
    const two = await openDatabase({ url, poolMax: 2 });
    let lost: unknown[] = [];
    await two.transact(async (tx) => {
      await tx.run(insert('b'));
      const written = Promise.allSettled([one.run(insert('a')), one.run(insert('b'))]);
      const waits = () =>
        two.one(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND datname = current_database()`);
      await expect.poll(waits).toBeDefined();
      lost = (await written).map(({ status }) => status);
    });
    expect(lost).toEqual(['rejected', 'rejected']);
    expect(await ids()).toEqual(['b']);
    await two.close();
  });

  test('that insert are not held up by one that waits for a row of somebody else', async () => {
    const two = await openDatabase({ url, poolMax: 3 });
    let late: Promise<number> | undefined;
    await two.transact(async (tx) => {
      await tx.run(insert('b'));
      late = two.run(insert('b'));
      late.catch(() => undefined);
      const waits = () =>
        two.one(sql`SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`);
      await expect.poll(waits).toBeDefined();
      expect(await two.run(insert('c'))).toBe(1);
    });
    await expect(late).rejects.toThrow('duplicate key');
    expect(await ids()).toEqual(['b', 'c']);
    await two.close();
  });

  test('that were inserted together, and whose answer was lost, are there once', async () => {
    await one.script('CREATE TABLE lost_cups (id TEXT)');
    await overLink(async (distant, link) => {
      await distant.now();
      await link.set('losing-answers');
      const written = ['a', 'b', 'c'].map((id) => distant.run(sql`INSERT INTO lost_cups (id) VALUES (${id})`));
      expect((await Promise.allSettled(written)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    });
    expect(await one.all(sql`SELECT id FROM lost_cups ORDER BY id`)).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  });
});

test('a clock that was moved is seen by all who ask after that, also while others wait for its answer', async () => {
  const clocked = await openDatabase({ url, poolMax: 2, testClock: true });
  for (const frozenAtMs of [5_000, 6_000, 7_000]) {
    await writeClock(db, { offsetMs: 0, frozenAtMs });
    const earlier = Array.from({ length: 5 }, () => clocked.now());
    await writeClock(db, { offsetMs: 0, frozenAtMs: frozenAtMs + 500 });
    expect(await clocked.now()).toBe(frozenAtMs + 500);
    for (const time of await Promise.all(earlier)) expect([frozenAtMs, frozenAtMs + 500]).toContain(time);
  }
  await clocked.close();
});
