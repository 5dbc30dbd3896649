// What every store function relies on, on both engines: commits, isolation, one winner, migrations, values.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { forEachEngine } from '@ozura/e2e/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type Handle, join as listed, sql, together } from './handle.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openDatabase } from './open.ts';

const ITEMS = `
CREATE TABLE items (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount >= 0)
);
CREATE INDEX items_by_state ON items (state);
-- only sqlite
CREATE TRIGGER items_stay BEFORE UPDATE ON items WHEN OLD.state = 'paid' BEGIN
  SELECT RAISE(ABORT, 'paid items stay');
END;
-- end
-- only postgres
CREATE FUNCTION items_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'paid items stay';
END $$;
CREATE TRIGGER items_stay BEFORE UPDATE ON items FOR EACH ROW WHEN (OLD.state = 'paid') EXECUTE FUNCTION items_stay();
-- end
CREATE TABLE after_the_sections (id TEXT PRIMARY KEY); -- the text does not end with the last section
`;

let folder: string;
let migrations: URL;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-migrations-'));
  writeFileSync(join(folder, '0002-notes.sql'), 'CREATE TABLE notes (item TEXT NOT NULL REFERENCES items (id));\n');
  writeFileSync(join(folder, '0001-items.sql'), ITEMS);
  writeFileSync(join(folder, 'README.md'), 'Not a migration.');
  migrations = pathToFileURL(`${folder}/`);
});

afterAll(() => rmSync(folder, { recursive: true }));

const insert = (db: Handle, id: string, amount = 1): Promise<number> =>
  db.run(sql`INSERT INTO items (id, state, amount) VALUES (${id}, ${'open'}, ${amount})`);

const count = async (db: Handle): Promise<number> =>
  (await db.one<{ n: number }>(sql`SELECT count(*) AS n FROM items`))?.n ?? -1;

const has = async (db: Handle, id: string): Promise<boolean> =>
  (await db.one(sql`SELECT id FROM items WHERE id = ${id}`)) !== undefined;

/** What a number of this process's open files stands for; those of a moment ago may be closed. */
function targetOf(number: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${number}`);
  } catch {
    return '';
  }
}

forEachEngine((engine, open, create) => {
  let db: Database;

  beforeAll(async () => {
    db = await open(migrations);
  });

  beforeEach(async () => {
    await db.script('DELETE FROM notes; DELETE FROM items');
  });

  describe('a transaction', () => {
    it('changes each of several rows or none, many at once and beside other transactions', async () => {
      const adding = (id: string, amount = 1) =>
        sql`INSERT INTO items (id, state, amount) VALUES (${id}, ${'open'}, ${amount})`;
      const raising = (id: string) => sql`UPDATE items SET amount = amount + 1 WHERE id = ${id} AND amount < 3`;
      await insert(db, 'shared');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_none, i) =>
          i % 5 === 4
            ? db.transact(async (tx) => (await tx.run(raising('nobody'))) === 0)
            : db.changeEach([adding(`each-${i}`), raising('shared')]),
        ),
      );
      // Two of sixteen find the shared row below its limit; the others leave nothing behind.
      const done = [...answers.entries()].filter(([i, isDone]) => i % 5 !== 4 && isDone).map(([i]) => i);
      expect(done).toHaveLength(2);
      expect(await count(db)).toBe(3);
      for (const i of done) expect(await has(db, `each-${i}`)).toBe(true);
      await expect(db.changeEach([adding('fine'), adding('bad', -1)])).rejects.toThrow(/check|CHECK/);
      expect(await has(db, 'fine')).toBe(false);
      expect(await db.changeEach([adding('fine')])).toBe(true);
      // What fails because nothing was changed before it is the same plain no.
      expect(await db.changeEach([raising('nobody'), adding('bad', -1)])).toBe(false);
      expect(await db.changeEach([raising('nobody')])).toBe(false);
      expect(await count(db)).toBe(4);
    });

    it('is told what to change when it is its turn, several rows at once too, on SQLite', async () => {
      const { changeInTurn } = db;
      if (changeInTurn === undefined) return expect(engine).toBe('postgres');
      const adding = (...ids: string[]) =>
        sql`INSERT INTO items (id, state, amount) VALUES ${listed(ids.map((id) => sql`(${id}, 'open', 1)`))}`;
      const ids = ['one'];
      const others = Promise.all([insert(db, 'other'), changeInTurn(() => [adding(...ids)])]);
      const failing = changeInTurn(() => {
        throw new Error('nothing to say');
      });
      ids.push('two', 'three');
      await expect(failing).rejects.toThrow('nothing to say');
      expect(await others).toEqual([1, true]);
      expect(await has(db, 'three')).toBe(true);
      const refused = changeInTurn(() => [adding('four', 'five'), adding('six', 'four')]);
      await expect(refused).rejects.toThrow('UNIQUE');
      expect(await changeInTurn(() => [adding('seven'), sql`DELETE FROM items WHERE id = 'nobody'`])).toBe(false);
      expect(await count(db)).toBe(4);
    });

    it('carries out what is asked together in its order, and gives up all of it when one fails', async () => {
      const [first, , seen] = await db.transact((tx) =>
        together(
          insert(tx, 'one'),
          tx.run(sql`UPDATE items SET amount = 7 WHERE id = 'one'`),
          tx.one<{ amount: number }>(sql`SELECT amount FROM items WHERE id = 'one'`),
        ),
      );
      expect([first, seen?.amount]).toEqual([1, 7]);
      const failing = db.transact((tx) =>
        together(insert(tx, 'two'), insert(tx, 'bad', -1), insert(tx, 'three'), Promise.reject(new Error('late'))),
      );
      await expect(failing).rejects.toThrow(/check|CHECK/);
      expect(await Promise.all(['two', 'bad', 'three'].map((id) => has(db, id)))).toEqual([false, false, false]);
      await insert(db, 'four');
      expect(await count(db)).toBe(2);
    });

    it('answers what its body returns and leaves its writes behind', async () => {
      const answer = await db.transact(async (tx) => {
        await insert(tx, 'a');
        await insert(tx, 'b');
        return 'both';
      });
      expect(answer).toBe('both');
      expect(await count(db)).toBe(2);
    });

    it('rejects with the error of its body and leaves nothing behind', async () => {
      const refused = db.transact(async (tx) => {
        await insert(tx, 'a');
        throw new Error('second thoughts');
      });
      await expect(refused).rejects.toThrow('second thoughts');
      expect(await count(db)).toBe(0);
    });

    it('takes only its own writes with it when others run at the same time', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 30 }, (_, index) =>
          db.transact(async (tx) => {
            await insert(tx, `item ${index}`);
            if (index % 3 === 0) throw new Error('only mine');
          }),
        ),
      );
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(10);
      expect(await count(db)).toBe(20);
      expect(await has(db, 'item 3')).toBe(false);
      expect(await has(db, 'item 4')).toBe(true);
    });

    it('fails alone when one of its statements breaks a constraint', async () => {
      const results = await Promise.allSettled([
        db.transact((tx) => insert(tx, 'a')),
        db.transact(async (tx) => {
          await insert(tx, 'b');
          await insert(tx, 'negative', -1);
        }),
        db.transact((tx) => insert(tx, 'c')),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect([await has(db, 'a'), await has(db, 'b'), await has(db, 'c')]).toEqual([true, false, true]);
    });

    it('never answers "done" for writes that were lost because its body swallowed a failure', async () => {
      const outcome = await db
        .transact(async (tx) => {
          await insert(tx, 'a');
          await insert(tx, 'negative', -1).catch(() => undefined);
        })
        .then(
          () => 'done',
          () => 'refused',
        );
      expect(outcome === 'done').toBe(await has(db, 'a'));
    });

    it.runIf(engine === 'sqlite')('takes its group with it when its savepoint is lost', async () => {
      const results = await Promise.allSettled([
        db.transact((tx) => insert(tx, 'a')),
        db.transact(async (tx) => {
          await insert(tx, 'b');
          // As when there was no memory for one.
          await tx.script('RELEASE one');
          throw new Error('only mine');
        }),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await count(db)).toBe(0);
      await db.transact((tx) => insert(tx, 'c'));
      expect(await count(db)).toBe(1);
    });

    it('sees its own writes, which nobody else sees before the commit', async () => {
      let outside: number | undefined;
      await db.transact(async (tx) => {
        await insert(tx, 'a');
        expect(await count(tx)).toBe(1);
        outside = await count(db);
      });
      expect(outside).toBe(0);
      expect(await count(db)).toBe(1);
    });
  });

  it.runIf(engine === 'sqlite' && process.platform === 'linux')('writes nothing outside of the database', async () => {
    const wide = 'x'.repeat(400);
    await Promise.all(Array.from({ length: 1000 }, (_none, i) => insert(db, `${i}-${wide}`)));
    const opened = await db.transact(async (tx) => {
      await tx.run(sql`UPDATE items SET state = ${`taken-${wide}`}`);
      return readdirSync('/proc/self/fd').map(targetOf);
    });
    expect(opened.filter((path) => path.includes('etilqs'))).toEqual([]);
    expect(opened.filter((path) => path.endsWith('.db'))).not.toEqual([]);
  });

  describe('many at once', () => {
    it('has one winner of fifty who move a row out of the same state', async () => {
      await insert(db, 'contested');
      const moves = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          db.transact((tx) =>
            tx.run(sql`UPDATE items SET state = 'taken', amount = ${index} WHERE id = 'contested' AND state = 'open'`),
          ),
        ),
      );
      expect(moves.filter((changed) => changed === 1)).toHaveLength(1);
      expect(moves.filter((changed) => changed === 0)).toHaveLength(49);
      const row = await db.one<{ amount: number }>(sql`SELECT amount FROM items WHERE id = 'contested'`);
      expect(row?.amount).toBe(moves.indexOf(1));
    });

    it('has one winner of fifty who insert the same key', async () => {
      const inserts = await Promise.all(
        Array.from({ length: 50 }, () =>
          db.run(sql`INSERT INTO items (id, state, amount) VALUES ('one', 'open', 1) ON CONFLICT (id) DO NOTHING`),
        ),
      );
      expect(inserts.reduce((sum, changed) => sum + changed, 0)).toBe(1);
    });

    it('has written every one of 200 answered transactions when it is opened again', async () => {
      const url = await create();
      const first = await openDatabase({ url });
      await migrate(first, readMigrations(migrations));
      await Promise.all(Array.from({ length: 200 }, (_, index) => first.transact((tx) => insert(tx, `item ${index}`))));
      await first.close();
      const second = await openDatabase({ url });
      expect(await count(second)).toBe(200);
      await second.close();
    });

    it('has written every answered transaction of a process that was killed', async () => {
      const url = await create();
      const answered = await killAfterAnswers(url, 300);
      const reopened = await openDatabase({ url });
      const missing = [];
      for (const id of answered) if (!(await has(reopened, id))) missing.push(id);
      expect(missing).toEqual([]);
      await reopened.close();
    });

    it('finishes what was asked before it closes', async () => {
      const url = await create();
      const first = await openDatabase({ url });
      await migrate(first, readMigrations(migrations));
      const writes = Array.from({ length: 20 }, (_, index) => first.transact((tx) => insert(tx, `item ${index}`)));
      await Promise.all([...writes, first.close()]);
      const second = await openDatabase({ url });
      expect(await count(second)).toBe(20);
      await second.close();
    });

    it('refuses what comes after it was closed', async () => {
      const closed = await openDatabase({ url: await create() });
      await closed.close();
      await expect(closed.transact((tx) => tx.now())).rejects.toThrow();
    });
  });

  describe('migrations', () => {
    it('are applied in the order of their names, once', async () => {
      const fresh = await open();
      expect(await migrate(fresh, readMigrations(migrations))).toEqual(['0001-items', '0002-notes']);
      expect(await migrate(fresh, readMigrations(migrations))).toEqual([]);
      expect(await fresh.all(sql`SELECT id FROM after_the_sections`)).toEqual([]);
    });

    it('are not applied to the database of another program', async () => {
      const others = await open(migrations);
      const mine = [{ name: '0001-mine', text: 'CREATE TABLE mine (id TEXT)' }];
      await expect(migrate(others, mine)).rejects.toMatchObject({
        name: 'DatabaseUnusable',
        message: 'this is the database of another program, which began it with 0001-items',
      });
      await expect(others.all(sql`SELECT id FROM mine`)).rejects.toThrow();
    });

    it('are applied once when two handles start together', async () => {
      const url = await create();
      const handles = await Promise.all([openDatabase({ url }), openDatabase({ url })]);
      const applied = await Promise.all(handles.map((handle) => migrate(handle, readMigrations(migrations))));
      expect(applied.flat().sort()).toEqual(['0001-items', '0002-notes']);
      await Promise.all(handles.map((handle) => handle.close()));
    });

    it('are applied once when four processes start together', async () => {
      const url = await create();
      const applied = await Promise.all(Array.from({ length: 4 }, () => migrateInProcess(url)));
      expect(applied.flat().sort()).toEqual(['0001-items', '0002-notes']);
    });

    it('leave nothing behind when one of their statements fails', async () => {
      const fresh = await open();
      const broken = [{ name: '0001-broken', text: 'CREATE TABLE half (id TEXT);\nCREATE TABLE half (id TEXT);\n' }];
      await expect(migrate(fresh, broken)).rejects.toThrow('half');
      await expect(fresh.all(sql`SELECT id FROM half`)).rejects.toThrow('half');
      expect(await fresh.all(sql`SELECT name FROM migrations`)).toEqual([]);
    });

    it('run the sections of their own engine only', async () => {
      await db.run(sql`INSERT INTO items (id, state, amount) VALUES ('paid one', 'paid', 1)`);
      await expect(db.run(sql`UPDATE items SET amount = 2 WHERE id = 'paid one'`)).rejects.toThrow('paid items stay');
    });
  });

  describe('values', () => {
    beforeAll(async () => {
      await db.script('CREATE TABLE cells (id INTEGER PRIMARY KEY, t TEXT, b BIGINT, i INTEGER, y BYTEA)');
    });

    it('come back as they went in', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const text = `'"; DROP TABLE cells; -- 💳 \n ü \\ $1 ? :x`;
      await db.run(sql`INSERT INTO cells VALUES (1, ${text}, ${Number.MAX_SAFE_INTEGER}, ${-7}, ${bytes})`);
      const row = await db.one<{ t: string; b: number; i: number; y: Uint8Array }>(
        sql`SELECT * FROM cells WHERE id = 1`,
      );
      expect(row).toMatchObject({ t: text, b: Number.MAX_SAFE_INTEGER, i: -7 });
      expect(row?.y).toBeInstanceOf(Uint8Array);
      expect([...(row?.y ?? [])]).toEqual([...bytes]);
    });

    it('may be absent, empty or zero, which are three things', async () => {
      await db.run(sql`INSERT INTO cells VALUES (2, ${null}, ${null}, ${null}, ${null})`);
      await db.run(sql`INSERT INTO cells VALUES (3, ${''}, ${0}, ${0}, ${new Uint8Array()})`);
      expect(await db.one(sql`SELECT t, b, i, y FROM cells WHERE id = 2`)).toEqual({
        t: null,
        b: null,
        i: null,
        y: null,
      });
      const empty = await db.one<{ t: string; b: number; y: Uint8Array }>(sql`SELECT t, b, y FROM cells WHERE id = 3`);
      expect([empty?.t, empty?.b, empty?.y.length]).toEqual(['', 0, 0]);
    });

    it('stay whole numbers in arithmetic and in text', async () => {
      await db.run(sql`INSERT INTO cells VALUES (4, ${'x'}, ${7}, ${0}, ${null})`);
      await db.run(sql`UPDATE cells SET b = b / ${2}, t = ${5} WHERE id = 4`);
      const row = await db.one<{ b: number; t: string }>(sql`SELECT b, t FROM cells WHERE id = 4`);
      expect([row?.b, row?.t]).toEqual([3, '5']);
    });

    it('of a missing row are undefined, of no rows an empty list', async () => {
      expect(await db.one(sql`SELECT t FROM cells WHERE id = 99`)).toBeUndefined();
      expect(await db.all(sql`SELECT t FROM cells WHERE id = 99`)).toEqual([]);
      expect(await db.run(sql`UPDATE cells SET t = 'x' WHERE id = 99`)).toBe(0);
    });

    it('can be returned by the statement that writes them', async () => {
      const written = await db.transact((tx) =>
        tx.one<{ amount: number }>(sql`INSERT INTO items VALUES ('r', 'open', ${42}) RETURNING amount`),
      );
      expect(written?.amount).toBe(42);
      expect(await has(db, 'r')).toBe(true);
    });
  });

  describe('the clock', () => {
    it('is the time of day in milliseconds, moved by the test clock', async () => {
      const ahead = await open(undefined, () => 3_600_000);
      const real = Date.now();
      expect(Math.abs((await db.now()) - real)).toBeLessThan(5_000);
      expect(Math.abs((await ahead.now()) - real - 3_600_000)).toBeLessThan(5_000);
      expect(Math.abs((await ahead.transact((tx) => tx.now())) - real - 3_600_000)).toBeLessThan(5_000);
      expect(Number.isInteger(await db.now())).toBe(true);
    });
  });

  it.runIf(engine === 'postgres')(
    'survives a connection that the server ends in the middle of a transaction',
    async () => {
      const cut = db.transact(async (tx) => {
        await insert(tx, 'a');
        const { pid } = (await tx.one<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`)) ?? { pid: 0 };
        await db.all(sql`SELECT pg_terminate_backend(${pid}::int)`);
        // The server's word arrives while no statement is under way.
        await new Promise((resolve) => setTimeout(resolve, 100));
        await insert(tx, 'b');
      });
      await expect(cut).rejects.toThrow();
      expect(await count(db)).toBe(0);
      await insert(db, 'afterwards');
      expect(await count(db)).toBe(1);
    },
  );
});

const PROCESS = join(import.meta.dirname, 'database-process.ts');

async function migrateInProcess(url: string): Promise<string[]> {
  const child = fork(PROCESS, ['migrate', url, migrations.href]);
  let applied: string[] = [];
  child.on('message', (names) => {
    applied = names as string[];
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  return applied;
}

/** Ids whose transactions were answered before the process was killed. */
async function killAfterAnswers(url: string, wanted: number): Promise<string[]> {
  const child = fork(PROCESS, ['insert', url, migrations.href]);
  const answered: string[] = [];
  child.on('message', (id) => {
    answered.push(id as string);
    if (answered.length === wanted) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  return answered;
}
