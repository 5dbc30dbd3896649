// What holds on every connection, whatever an address asks for and whoever stands in between; and which server is none for us.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createOnServer } from '@ozura/e2e/databases';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, join, sql } from './handle.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';

const bound = {
  statement_timeout: '5000',
  lock_timeout: '2000',
  idle_in_transaction_session_timeout: '10000',
  synchronous_commit: 'on',
};
const role = `limited_${randomBytes(4).toString('hex')}`;
let url: string;
let remove: () => Promise<void>;
let owner: Database;

beforeAll(async () => {
  ({ url, remove } = await createOnServer());
  owner = await openDatabase({ url, poolMax: 1 });
  await owner.script(`CREATE ROLE ${role} LOGIN PASSWORD 'p'`);
});
afterAll(async () => {
  await owner?.script(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await owner?.close();
  await remove?.();
});

function addressWith(change: (address: URL) => unknown): string {
  const address = new URL(url);
  change(address);
  return address.href;
}
const ofRole = (change: (address: URL) => unknown = () => undefined): string =>
  addressWith((address) => {
    Object.assign(address, { username: role, password: 'p' });
    change(address);
  });

async function settingsOf(address: string): Promise<Record<string, string>> {
  const db = await openDatabase({ url: address, poolMax: 1 });
  try {
    const names = join([...Object.keys(bound), 'search_path']);
    const rows = await db.all<{ name: string; setting: string }>(
      sql`SELECT name, setting FROM pg_settings WHERE name IN (${names})`,
    );
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  } finally {
    await db.close();
  }
}

test('an address that asks for something else gets it, but for time-outs and durability', async () => {
  const address = addressWith(({ searchParams }) => {
    searchParams.set('options', '-c search_path=pg_catalog -c synchronous_commit=off -c lock_timeout=0');
    searchParams.set('statement_timeout', '0');
  });
  expect(await settingsOf(address)).toEqual({ ...bound, search_path: 'pg_catalog' });
});

/** Passes on who connects to what, and forgets the rest of what is asked for, as PgBouncer's `ignore_startup_parameters`. */
async function openPooler(): Promise<{ readonly port: number; close(): void }> {
  const pooler = createServer((client) => {
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    client.once('data', (startup: Buffer) => {
      const words = startup.subarray(8).toString('latin1').split('\0');
      const kept = words.flatMap((word, i) =>
        i % 2 === 0 && /^(user|database)$/.test(word) ? [word, words[i + 1]] : [],
      );
      const body = Buffer.from(`${kept.join('\0')}\0\0`, 'latin1');
      const head = Buffer.alloc(8);
      head.writeInt32BE(body.length + 8);
      head.writeInt32BE(startup.readInt32BE(4), 4);
      server.write(Buffer.concat([head, body]));
      client.pipe(server);
    });
    server.pipe(client);
    for (const socket of [client, server]) socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  return { port: (pooler.address() as AddressInfo).port, close: () => pooler.close() };
}

test('behind a pooler that drops them they have to be those of the role', async () => {
  const pooler = await openPooler();
  const address = ofRole((to) => {
    to.port = String(pooler.port);
  });
  await expect(openDatabase({ url: address })).rejects.toMatchObject({
    name: 'DatabaseUnusable',
    message:
      'a pooler in between drops statement_timeout=5000, lock_timeout=2000, idle_in_transaction_session_timeout=10000: ' +
      'set it by ALTER ROLE, or let it pool sessions',
  });
  for (const [name, value] of Object.entries(bound)) await owner.script(`ALTER ROLE ${role} SET ${name} = '${value}'`);
  expect(await settingsOf(address)).toMatchObject(bound);
  await owner.script(`ALTER ROLE ${role} SET synchronous_commit = off`);
  await expect(openDatabase({ url: address })).rejects.toThrow('drops synchronous_commit=on: ');
  await owner.script(`ALTER ROLE ${role} RESET ALL`);
  pooler.close();
});

test('a database that has no place for most names is refused', async () => {
  const name = `latin_${role}`;
  await owner.script(`CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
  const address = addressWith((to) => (to.pathname = `/${name}`));
  await expect(openDatabase({ url: address })).rejects.toMatchObject({
    name: 'DatabaseUnusable',
    message: 'texts are kept as LATIN1, not as UTF8',
  });
  await owner.script(`DROP DATABASE ${name}`);
});

test('why a server cannot be used is said by itself, without where in the program', async () => {
  const start = async (address: string): Promise<void> => {
    const db = await openDatabase({ url: address });
    await migrate(db, []).finally(() => db.close());
  };
  const cases: [address: string, why: RegExp][] = [
    [ofRole((to) => (to.password = 'other')), /^password authentication failed for user "limited_/],
    [ofRole((to) => (to.password = '')), /password/],
    [ofRole((to) => (to.pathname = '/none')), /^database "none" does not exist$/],
    [ofRole((to) => (to.port = '1')), /^connect ECONNREFUSED /],
    [ofRole((to) => (to.hostname = 'nowhere.invalid')), /^getaddrinfo /],
    [ofRole(({ searchParams }) => searchParams.set('sslmode', 'verify-full')), /^The server does not support SSL/],
    [ofRole(({ searchParams }) => searchParams.set('options', '-c x=1')), /^unrecognized configuration parameter "x"$/],
    [ofRole(), /^permission denied for schema public$/],
    [
      addressWith(({ searchParams }) => searchParams.set('options', '-c default_transaction_read_only=on')),
      /^cannot execute CREATE TABLE in a read-only transaction$/,
    ],
  ];
  for (const [address, message] of cases)
    await expect(start(address), address).rejects.toMatchObject({
      name: 'DatabaseUnusable',
      message: expect.stringMatching(message),
    });
});
