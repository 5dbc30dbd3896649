// Uses of card data that share a commit, and whatever can go wrong with some of them (contract 13.2).
import { createSecretKey } from 'node:crypto';
import { openLink, type TcpLink } from '@ozura/e2e/cluster/tcp-link';
import { createOnServer, forEachEngine } from '@ozura/e2e/databases';
import { freePort } from '@ozura/e2e/ports';
import { type Database, type Handle, type Statement, sql, together } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { insertingRows } from '@ozura/kit/db/rows';
import { isDeadlock } from '@ozura/kit/db/unavailable';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { type Audit, type AuditEvent, openAudit } from './audit.ts';
import { inserting } from './shared-commits.ts';

const migrations = new URL('./store/migrations/', import.meta.url);
const key = createSecretKey(Buffer.alloc(32, 7));

const prepare = (db: Database): Promise<void> =>
  db.script(`
    CREATE TABLE items (id TEXT PRIMARY KEY, amount BIGINT NOT NULL CHECK (amount > 0));
    CREATE TABLE stock (id TEXT PRIMARY KEY, amount BIGINT NOT NULL); INSERT INTO stock VALUES ('cup', 5)`);

const insert = (tx: Handle, id: string, amount = 1) =>
  tx.run(sql`INSERT INTO items (id, amount) VALUES (${id}, ${amount})`);

const insertItems = insertingRows<{ readonly id: string; readonly amount: number }>(
  (values) => sql`INSERT INTO items (id, amount) VALUES ${values}`,
  ({ id, amount }) => sql`(${id}, ${amount})`,
);

async function take(tx: Handle): Promise<void> {
  const taken = await tx.run(sql`UPDATE stock SET amount = amount - 1 WHERE id = 'cup' AND amount > 0`);
  if (taken !== 1) throw new Error('none left');
}

/** The record of a use has the name of what it changes. */
const eventOf = (object: string): AuditEvent => {
  const who = { merchantId: 'ozu_bluekettle', actor: 'service:pay', address: '::1', requestId: 'req_1' };
  return { ...who, action: 'proxy', object, outcome: 'allowed' };
};

const use = <T>(audit: Audit, id: string, change: (tx: Handle) => Promise<T>): Promise<T> =>
  audit.commit({ event: eventOf(id), locks: id, change });

/** Neither a change without its record, nor a record without its change; answers how many of both there are. */
async function whole(db: Database): Promise<number> {
  const { records, damage } = await openAudit(key, db).verify(db);
  expect(damage).toBeUndefined();
  const objects = await db.all(sql`SELECT object AS id FROM audit_records ORDER BY object`);
  expect(objects).toEqual(await db.all(sql`SELECT id FROM items ORDER BY id`));
  expect(objects).toHaveLength(records);
  return records;
}

const ended = async (uses: readonly Promise<unknown>[]): Promise<string> =>
  (await Promise.allSettled(uses)).map(({ status }) => (status === 'fulfilled' ? '+' : '-')).join('');

/** Counts its transactions, and those that ask nothing. */
function counted(db: Database): Database & { count: number; blind: number } {
  const { changeInTurn } = db;
  const counting = {
    ...db,
    count: 0,
    blind: 0,
    transact: <T>(body: (tx: Handle) => Promise<T>) => {
      counting.count += 1;
      return db.transact(body);
    },
    ...(changeInTurn && {
      changeInTurn: (statements: () => readonly Statement[]) => {
        counting.blind += 1;
        return changeInTurn(statements);
      },
    }),
  };
  return counting;
}

const times = <T>(count: number, work: (i: number) => T): T[] => Array.from({ length: count }, (_none, i) => work(i));

forEachEngine((engine, open, create) => {
  /** There the end of the log is known, and uses that only write ask nothing. */
  const isBlind = engine === 'sqlite';
  let db: Database & { count: number; blind: number };
  let audit: Audit;
  let round = 0;
  let before = 0;
  beforeAll(async () => {
    const opened = await open(migrations);
    await prepare(opened);
    db = counted(opened);
    audit = openAudit(key, db);
  });
  beforeEach(async () => {
    round += 1;
    before = await whole(db);
    await db.script('UPDATE stock SET amount = 5');
    // The end of the log is known from here on, where it can be.
    await use(audit, `before-${round}`, (tx) => insert(tx, `before-${round}`));
    before += 1;
    Object.assign(db, { count: 0, blind: 0 });
  });
  const named = (i: number): string => `item-${round}-${String(i).padStart(3, '0')}`;
  /** By this test. */
  const written = async (): Promise<number> => (await whole(db)) - before;

  it('all that come at once are in one commit, in the order of their rows', async () => {
    const answers = await Promise.all(
      times(40, (i) => use(audit, named(39 - i), (tx) => insert(tx, named(39 - i)).then(() => i))),
    );
    expect(answers).toEqual(times(40, (i) => i));
    expect([db.count, db.blind]).toEqual(isBlind ? [0, 1] : [1, 0]);
    expect(await written()).toBe(40);
    const objects = await db.all<{ object: string }>(sql`
      SELECT object FROM audit_records WHERE object LIKE 'item-%' ORDER BY sequence`);
    // Nobody waits for a row of another on SQLite, so there it is the order in which they came.
    expect(objects.map(({ object }) => object)).toEqual(times(40, (i) => named(isBlind ? 39 - i : i)));
  });

  it('one that asks something is carried out beside those that ask nothing', async () => {
    const uses = times(12, (i) =>
      use(audit, named(i), async (tx) => {
        await insert(tx, named(i));
        return i % 4 === 0 ? tx.one(sql`SELECT id FROM items WHERE id = ${named(i)}`) : i;
      }),
    );
    expect(await Promise.all(uses)).toEqual(times(12, (i) => (i % 4 === 0 ? { id: named(i) } : i)));
    expect([db.count, db.blind]).toEqual(isBlind ? [1, 1] : [1, 0]);
    expect(await written()).toBe(12);
  });

  it('where the log ends elsewhere than is known, all of a group go on from its end', async () => {
    const elsewhere = openAudit(key, db);
    for (let i = 0; i < 3; i += 1) await use(elsewhere, named(90 + i), (tx) => insert(tx, named(90 + i)));
    Object.assign(db, { count: 0, blind: 0 });
    await Promise.all(times(6, (i) => use(audit, named(i), (tx) => insert(tx, named(i)))));
    expect([db.count, db.blind]).toEqual([1, isBlind ? 1 : 0]);
    await Promise.all(times(6, (i) => use(audit, named(10 + i), (tx) => insert(tx, named(10 + i)))));
    expect([db.count, db.blind]).toEqual(isBlind ? [1, 2] : [2, 0]);
    expect(await written()).toBe(15);
  });

  it('groups that follow one another do not wait for the answer to the one before', async () => {
    const uses: Promise<number>[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      uses.push(...times(3, (i) => use(audit, named(3 * turn + i), (tx) => insert(tx, named(3 * turn + i)))));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await ended(uses)).toBe('+'.repeat(60));
    if (isBlind) expect(db.count).toBe(0);
    expect(await written()).toBe(60);
  });

  it('a refused one leaves neither change nor record, and the others go through together', async () => {
    const uses = times(20, (i) => use(audit, named(i), (tx) => together(insert(tx, named(i)), i < 12 && take(tx))));
    // Of twelve that want one of five.
    expect(await ended(uses)).toBe('+++++-------++++++++');
    await expect(uses[5]).rejects.toThrow('none left');
    // All, all but the seven, and each of those alone; where nothing was asked all of them once more, before that.
    expect([db.count, db.blind]).toEqual([9, isBlind ? 1 : 0]);
    expect(await written()).toBe(13);
  });

  it('one that the database refuses fails alone, with its own error', async () => {
    const uses = times(9, (i) => use(audit, named(i), (tx) => insert(tx, named(i), i === 4 ? -1 : 1)));
    expect(await ended(uses)).toBe('++++-++++');
    await expect(uses[4]).rejects.toThrow(/check|CHECK/);
    expect(await written()).toBe(8);
  });

  it('rows that are inserted together are refused alone, too', async () => {
    const uses = times(9, (i) => {
      const inserts = [inserting(insertItems, { id: named(i), amount: i === 4 ? -1 : 1 })];
      return audit.commit({ event: eventOf(named(i)), locks: '', change: async () => i, inserts });
    });
    expect(await ended(uses)).toBe('++++-++++');
    await expect(uses[4]).rejects.toThrow(/check|CHECK/);
    expect(await uses[8]).toBe(8);
    expect(await written()).toBe(8);
  });

  it('nobody is refused for what another has changed and not kept', async () => {
    await db.script('UPDATE stock SET amount = 1');
    const failing = use(audit, named(0), (tx) => together(take(tx), insert(tx, named(0), -1)));
    const next = use(audit, named(1), (tx) => together(take(tx), insert(tx, named(1))));
    expect(await ended([failing, next])).toBe('-+');
    expect(await written()).toBe(1);
  });

  it('the log goes on from its true end after a record was given up', async () => {
    await use(audit, named(0), (tx) => insert(tx, named(0)));
    const givenUp = db.transact(async (tx) => {
      await insert(tx, named(1));
      await audit.record(tx, eventOf(named(1)), 1);
      throw new Error('given up');
    });
    await expect(givenUp).rejects.toThrow('given up');
    await use(audit, named(2), (tx) => insert(tx, named(2)));
    expect(await written()).toBe(2);
  });

  it('all are refused while the log cannot be written', async () => {
    const uses = () => ended(times(3, (i) => use(audit, named(i), (tx) => insert(tx, named(i)))));
    await db.script('ALTER TABLE audit_head RENAME TO away');
    expect(await uses()).toBe('---');
    await db.script('ALTER TABLE away RENAME TO audit_head');
    expect(await written()).toBe(0);
    expect(await uses()).toBe('+++');
    expect(await written()).toBe(3);
  });

  it('two processes, beside transactions that record by themselves, write one chain', async () => {
    const url = await create();
    const handles = [await openDatabase({ url }), await openDatabase({ url })] as const;
    await migrate(handles[0], readMigrations(migrations));
    await prepare(handles[0]);
    const audits = handles.map((handle) => openAudit(key, handle));
    const uses = times(150, async (i) => {
      const [handle, audit] = [handles[i % 2] as Database, audits[i % 2] as Audit];
      // Not all at once: groups of both meet at the end of the chain.
      await new Promise((resolve) => setTimeout(resolve, i % 10));
      const change = (tx: Handle) => together(insert(tx, named(i)), i % 5 === 0 && take(tx));
      if (i % 7 !== 0) return use(audit, named(i), change);
      return handle.transact(async (tx) => {
        await change(tx);
        await audit.record(tx, eventOf(named(i)), i);
      });
    });
    // Thirty want one of five.
    expect((await ended(uses)).replaceAll('+', '')).toHaveLength(25);
    expect(await whole(handles[1])).toBe(125);
    for (const handle of handles) await handle.close();
  });
});

it('whoever is given up for a transaction that waits in a circle with his group goes again, and nobody hears of it', async () => {
  const { url, remove } = await createOnServer();
  const db = await openDatabase({ url });
  await migrate(db, readMigrations(migrations));
  await prepare(db);
  const audit = openAudit(key, db);
  const raise = (tx: Handle, id: string) => tx.run(sql`UPDATE stock SET amount = amount + 1 WHERE id = ${id}`);
  await db.script(`INSERT INTO stock (id, amount) VALUES ('plate', 1)`);
  const waiting = sql`
    SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  // The server gives up whoever waits for the other when it looks, a second after the wait began: on a slow machine us.
  let isGroupGivenUp = false;
  let written = 0;
  for (let round = 1; !isGroupGivenUp && round <= 5; round += 1) {
    let uses: Promise<unknown>[] = [];
    isGroupGivenUp = await db
      .transact(async (tx) => {
        await raise(tx, 'plate');
        uses = ['cup', 'plate'].map((of) =>
          use(audit, `${of} ${round}`, (tx) => together(raise(tx, of), insert(tx, `${of} ${round}`))),
        );
        await expect.poll(() => db.one(waiting)).toBeDefined();
        await raise(tx, 'cup');
        return true;
      })
      .catch((error: unknown) => {
        if (isDeadlock(error)) return false;
        throw error;
      });
    expect(await ended(uses)).toBe('++');
    written += 2;
  }
  expect(isGroupGivenUp).toBe(true);
  expect(await whole(db)).toBe(written);
  await db.close();
  await remove();
});

/** A process whose connection fails in a transaction of its own choice: when all is written, before the COMMIT is sent. */
async function overLink(work: (near: Database, fail: (how: 'cut' | 'losing-answers') => TcpLink) => Promise<void>) {
  const { url, remove } = await createOnServer();
  const near = await openDatabase({ url });
  await migrate(near, readMigrations(migrations));
  await prepare(near);
  const address = new URL(url);
  const link = await openLink('database', await freePort(), Number(address.port));
  address.port = String(link.port);
  const distant = await openDatabase({ url: address.href, poolMax: 2 });
  let next: 'cut' | 'losing-answers' | undefined;
  const failing: Database = {
    ...distant,
    transact: (body) =>
      distant.transact(async (tx) => {
        const value = await body(tx);
        if (next !== undefined) await link.set(next);
        next = undefined;
        return value;
      }),
  };
  try {
    await work(failing, (how) => {
      next = how;
      return link;
    });
    expect(await whole(near)).toBeGreaterThan(0);
  } finally {
    await link.set('open');
    await distant.close();
    await link.close();
    await near.close();
    await remove();
  }
}

it.each([
  ['before its commit arrives, nothing of a group is written', 'cut', 0],
  ['before the commit is answered, nobody is told "done", and what was written is whole', 'losing-answers', 6],
] as const)('where the connection is lost %s', async (_when, how, written) => {
  await overLink(async (db, fail) => {
    const audit = openAudit(key, db);
    await use(audit, 'first', (tx) => insert(tx, 'first'));
    const link = fail(how);
    const uses = times(6, (i) => use(audit, `item-${i}`, (tx) => insert(tx, `item-${i}`)));
    expect(await ended(uses)).toBe('------');
    await link.set('open');
    await use(audit, 'last', (tx) => insert(tx, 'last'));
    expect(await whole(db)).toBe(written + 2);
  });
});
