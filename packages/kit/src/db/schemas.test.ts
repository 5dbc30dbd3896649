// Several programs in one PostgreSQL database, and one that is already there.
import { createOnServer } from '@ozura/e2e/databases';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, sql } from './handle.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';
import { createSchemas, inSchema } from './schemas.ts';

let created: Awaited<ReturnType<typeof createOnServer>>;
let owner: Database;
beforeAll(async () => {
  created = await createOnServer();
  owner = await openDatabase({ url: created.url, poolMax: 1 });
});
afterAll(async () => {
  await owner.close();
  await created.remove();
});

const of = (text: string) => [{ name: '0001-one', text }];

test('a database that a program has for itself gets no schemas of others', async () => {
  await migrate(owner, of('CREATE TABLE sessions (id TEXT)'));
  await expect(createSchemas(created.url, ['checkout', 'pay'])).rejects.toMatchObject({
    name: 'DatabaseUnusable',
    message: 'this is the database of one program, which has its tables in public',
  });
  expect(await owner.all(sql`SELECT 1 AS found FROM pg_namespace WHERE nspname = 'pay'`)).toEqual([]);
  await owner.script('DROP TABLE migrations, sessions');
});

test('schemas that are there are used by who may not create any', async () => {
  // Somebody else's, of the same name.
  await owner.script('CREATE TABLE migrations (id INTEGER, migration TEXT)');
  await createSchemas(created.url, ['checkout', 'pay']);
  const role = `guest_${new URL(created.url).pathname.slice(1)}`;
  await owner.script(`CREATE ROLE ${role} LOGIN PASSWORD 'guest'; GRANT ALL ON SCHEMA checkout, pay TO ${role}`);
  const guest = Object.assign(new URL(created.url), { username: role, password: 'guest' }).href;
  await createSchemas(guest, ['checkout', 'pay']);
  const pay = await openDatabase({ url: inSchema(guest, 'pay'), poolMax: 1 });
  await migrate(pay, of('CREATE TABLE charges (id TEXT)'));
  await pay.close();
  expect(await owner.all(sql`SELECT id FROM pay.charges`)).toEqual([]);
  await owner.script(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});
