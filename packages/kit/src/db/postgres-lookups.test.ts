// Lookups that share a statement: each hears of its own row, or of its own failure.
import { createOnServer } from '@ozura/e2e/databases';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, sql } from './handle.ts';
import { openDatabase } from './open.ts';

let db: Database;
let url: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ url, remove } = await createOnServer());
  db = await openDatabase({ url, poolMax: 1 });
  await db.script(`
    CREATE TABLE cups (id BIGINT PRIMARY KEY, color TEXT, shape TEXT);
    INSERT INTO cups SELECT n, 'color ' || n, CASE WHEN n % 2 = 0 THEN 'tall' END FROM generate_series(1, 200) AS n;`);
});
afterAll(async () => {
  await db?.close();
  await remove?.();
});

const find = (id: unknown, shape = 'wide') =>
  db.one(sql`
    SELECT id, color AS "paintedIn", shape FROM cups
    WHERE id = ${id as number} AND color <> ${'$1'} AND color <> ${shape}`);
const cup = (id: number) => ({ id, paintedIn: `color ${id}`, shape: id % 2 === 0 ? 'tall' : null });
const shared = async (): Promise<number> =>
  (await db.all(sql`SELECT 1 FROM pg_prepared_statements WHERE statement LIKE 'SELECT 0 AS asked_by%paintedIn%'`))
    .length;

test('rows that are looked up at the same time share a statement, and each is told of its own', async () => {
  expect(await find(7)).toEqual(cup(7));
  expect(await shared()).toBe(0);
  const ids = Array.from({ length: 16 }, (_none, i) => i + 1);
  expect(await Promise.all(ids.map((id) => find(id)))).toEqual(ids.map(cup));
  expect(await shared()).toBe(1);
});

test('rows that are not there, are asked for twice, or are many, are told apart', async () => {
  expect(await Promise.all([3, 900, 3, 901, 4].map((id) => find(id)))).toEqual([
    cup(3),
    undefined,
    cup(3),
    undefined,
    cup(4),
  ]);
  const ids = Array.from({ length: 200 }, (_none, i) => i + 1);
  expect(await Promise.all(ids.map((id) => find(id)))).toEqual(ids.map(cup));
  expect(await Promise.all([1, 2, 3, 4].map((id) => find(id, `color ${id}`)))).toEqual(Array(4).fill(undefined));
  const ofShape = () => db.one(sql`SELECT shape FROM cups WHERE shape = ${'tall'}`);
  expect(await Promise.all([ofShape(), ofShape()])).toEqual(Array(2).fill({ shape: 'tall' }));
});

test('a lookup that the database refuses fails alone', async () => {
  const ends = await Promise.allSettled([1, 'no number', 2, 3].map((id) => find(id)));
  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : 'refused'))).toEqual([
    cup(1),
    'refused',
    cup(2),
    cup(3),
  ]);
});

test('a lookup sees what was committed before it, and its own transaction what that has written', async () => {
  const colorOf = (of: Pick<Database, 'one'>, id: number) => of.one(sql`SELECT color FROM cups WHERE id = ${id}`);
  await db.run(sql`UPDATE cups SET color = ${'red'} WHERE id = ${150}`);
  expect(await Promise.all([150, 151].map((id) => colorOf(db, id)))).toEqual([
    { color: 'red' },
    { color: 'color 151' },
  ]);
  await db.transact(async (tx) => {
    await tx.run(sql`UPDATE cups SET color = ${'blue'} WHERE id = ${150}`);
    expect(await Promise.all([150, 150].map((id) => colorOf(tx, id)))).toEqual(Array(2).fill({ color: 'blue' }));
  });
});

test('lookups go on when a pooler has forgotten what was parsed, and when a migration has changed a column', async () => {
  const four = () => Promise.all([1, 2, 3, 4].map((id) => find(id)));
  expect(await four()).toEqual([1, 2, 3, 4].map(cup));
  await db.script('DEALLOCATE ALL');
  expect(await four()).toEqual([1, 2, 3, 4].map(cup));
  await db.script('ALTER TABLE cups ALTER COLUMN shape TYPE VARCHAR(20)');
  expect(await four()).toEqual([1, 2, 3, 4].map(cup));
});

test('other questions are asked one by one', async () => {
  const counted = () => db.one(sql`SELECT count(*) AS n FROM cups WHERE id = ${1}`);
  const first = () => db.one(sql`SELECT id FROM cups WHERE shape = ${'tall'} ORDER BY id LIMIT 1`);
  const either = () => db.one(sql`SELECT id FROM cups WHERE id = ${1} OR color = ${'color 2'}`);
  expect(await Promise.all([counted(), counted(), first(), first(), either(), either()])).toEqual([
    ...[{ n: 1 }, { n: 1 }, { id: 2 }, { id: 2 }],
    ...[{ id: 1 }, { id: 1 }],
  ]);
  const joint = await db.all(
    sql`SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'SELECT 0 AS asked_by%'`,
  );
  expect(joint.filter(({ statement }) => /count\(|ORDER BY| OR /.test(String(statement)))).toEqual([]);
});
