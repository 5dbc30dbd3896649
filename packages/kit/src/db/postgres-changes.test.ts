// Changes that share a statement: what one of them meets is nobody else's trouble, and nothing is done by half.
import { createOnServer } from '@ozura/e2e/databases';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, type Statement, sql } from './handle.ts';
import { openDatabase } from './open.ts';

let db: Database;
let url: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ url, remove } = await createOnServer());
  db = await openDatabase({ url });
  await db.script(`
    CREATE TABLE orders (id TEXT PRIMARY KEY, state TEXT NOT NULL, note TEXT);
    CREATE TABLE receipts (id TEXT PRIMARY KEY REFERENCES orders (id), cents BIGINT NOT NULL CHECK (cents > 0));`);
});
beforeEach(() => db.script('DELETE FROM receipts; DELETE FROM orders'));
afterAll(async () => {
  await db?.close();
  await remove?.();
});

const placing = (id: string, cents = 1): Statement[] => [
  sql`INSERT INTO orders (id, state, note) VALUES (${id}, 'placed', '$1 (or more)') ON CONFLICT DO NOTHING`,
  sql`INSERT INTO receipts (id, cents) VALUES (${id}, ${cents})`,
];
const moving = (id: string, from: string, to: string): Statement =>
  sql`UPDATE orders SET state = ${to}, note = COALESCE(${null}, note) WHERE id = ${id} AND state = ${from}`;
const paying = (id: string): Statement[] => [
  moving(id, 'placed', 'paid'),
  sql`DELETE FROM receipts WHERE id = ${id} AND cents > ${0}`,
];
const all = (changes: readonly Statement[][]): Promise<boolean[]> =>
  Promise.all(changes.map((change) => db.changeEach(change)));
const ends = async (changes: readonly Statement[][]): Promise<unknown[]> =>
  (await Promise.allSettled(changes.map((change) => db.changeEach(change)))).map((end) =>
    end.status === 'fulfilled' ? end.value : end.status,
  );
const states = async (): Promise<string[]> =>
  (await db.all(sql`SELECT id, state FROM orders ORDER BY id`)).map(({ id, state }) => `${id} ${state}`);
const receipts = async (): Promise<unknown[]> =>
  (await db.all(sql`SELECT id FROM receipts ORDER BY id`)).map(({ id }) => id);
const commits = async (): Promise<number> => (await db.all(sql`SELECT DISTINCT xmin::text FROM orders`)).length;
const ids = (count: number): string[] => Array.from({ length: count }, (_none, i) => `o${String(i).padStart(3, '0')}`);

test('changes that come at the same time share a commit, with inserts and without', async () => {
  const some = ids(16);
  expect(await all(some.map((id) => placing(id)))).toEqual(Array(16).fill(true));
  expect(await commits()).toBe(1);
  expect(await receipts()).toEqual(some);
  expect(await all(some.map(paying))).toEqual(Array(16).fill(true));
  expect(await commits()).toBe(1);
  expect(await states()).toEqual(some.map((id) => `${id} paid`));
  expect(await receipts()).toEqual([]);
  expect(await all(some.map((id) => [moving(id, 'paid', 'sent')]))).toEqual(Array(16).fill(true));
  expect(await commits()).toBe(1);
  expect((await db.one(sql`SELECT DISTINCT note FROM orders`))?.note).toBe('$1 (or more)');
});

test('all are made, however many there are, and however kinds are mixed', async () => {
  const [old, young] = [ids(77), ids(150).slice(77)];
  await all(old.map((id) => placing(id)));
  const mixed = [...old.map(paying), ...young.map((id) => placing(id))];
  expect(await all(mixed)).toEqual(Array(150).fill(true));
  expect(await states()).toEqual([...old.map((id) => `${id} paid`), ...young.map((id) => `${id} placed`)]);
});

test('one that does not find its row as expected hears so alone, and leaves nothing', async () => {
  await all(ids(8).map((id) => placing(id)));
  await db.run(moving('o003', 'placed', 'cancelled'));
  expect(await all(ids(8).map(paying))).toEqual([true, true, true, false, true, true, true, true]);
  expect(await receipts()).toEqual(['o003']);
  const again = await all([...ids(10), 'o009'].map((id) => placing(id)));
  expect(again.slice(0, 9)).toEqual([...Array(8).fill(false), true]);
  // Of the two that place the same, whichever came first.
  expect(again.slice(9).sort()).toEqual([false, true]);
});

test('one that the database refuses fails alone', async () => {
  const refused = await ends(ids(5).map((id, i) => placing(id, i === 2 ? -1 : 1)));
  expect(refused).toEqual([true, true, 'rejected', true, true]);
  expect(await receipts()).toEqual(['o000', 'o001', 'o003', 'o004']);
  expect(await states()).toHaveLength(4);
});

test('of ten who change one row in one moment one has done it', async () => {
  await all([placing('o000')]);
  const won = await all(Array.from({ length: 10 }, () => paying('o000')));
  expect(won.filter(Boolean)).toHaveLength(1);
  const moved = await all(Array.from({ length: 10 }, () => [moving('o000', 'paid', 'sent')]));
  expect(moved.filter(Boolean)).toHaveLength(1);
});

test('a change may move one row twice', async () => {
  await all(ids(3).map((id) => placing(id)));
  const twice = ids(3).map((id) => [moving(id, 'placed', 'paid'), moving(id, 'paid', 'sent')]);
  expect(await all(twice)).toEqual([true, true, true]);
  expect(await states()).toEqual(ids(3).map((id) => `${id} sent`));
});

const waitsForRow = sql`
  SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;

test('others are not held up by one that waits for a row of somebody else', async () => {
  await all(ids(2).map((id) => placing(id)));
  let late: Promise<boolean> | undefined;
  await db.transact(async (tx) => {
    await tx.run(moving('o000', 'placed', 'cancelled'));
    late = db.changeEach(paying('o000'));
    await expect.poll(() => db.one(waitsForRow)).toBeDefined();
    expect(await db.changeEach(paying('o001'))).toBe(true);
  });
  expect(await late).toBe(false);
  expect(await states()).toEqual(['o000 cancelled', 'o001 paid']);
});

test('none is made again when the connection ends and nobody knows what became of them', async () => {
  await all(ids(4).map((id) => placing(id)));
  let lost: unknown[] = [];
  await db.transact(async (tx) => {
    await tx.run(moving('o002', 'placed', 'cancelled'));
    const written = ends(ids(4).map(paying));
    await expect.poll(() => db.one(waitsForRow)).toBeDefined();
    await db.one(sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`);
    lost = await written;
  });
  expect(lost).toEqual(Array(4).fill('rejected'));
  expect(await states()).toEqual(['o000 placed', 'o001 placed', 'o002 cancelled', 'o003 placed']);
});
