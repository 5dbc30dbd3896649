// Runs a block of tests on SQLite and on PostgreSQL, with fresh databases that are closed and removed after it. Where the
// store is tested also on PostgreSQL with the keys that tables distributed by merchant have (decision 0030).
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, describe, inject } from 'vitest';
import { type DistributedApp, keyByMerchant } from './by-merchant.ts';

/** A fresh database. With the folder of an app's migrations they are applied. Call it in a hook or in a test. */
export type Open = (migrations?: URL, clockOffsetMs?: () => number) => Promise<Database>;

/** Address of a fresh, empty database, for tests that open several handles or start programs on it. */
export type Create = () => Promise<string>;

type Remove = () => Promise<void>;

/**
 * ```ts
 * forEachEngine((engine, open) => {
 *   let db: Database;
 *   beforeAll(async () => {
 *     db = await open(new URL('./migrations/', import.meta.url));
 *   });
 *   it('…', async () => { … });
 * });
 * ```
 */
export const forEachEngine = (tests: Tests): void => forEach(['sqlite', 'postgres'], tests);

type Tests = (engine: Database['engine'], open: Open, create: Create) => void;

/** The same, and on PostgreSQL once more after `deploy/postgres/….sql`: each statement of a store function works on both. */
export const forEachSchema = (tests: Tests): void => forEach(['sqlite', 'postgres', 'postgres by merchant'], tests);

type Kind = Database['engine'] | 'postgres by merchant';

function forEach(kinds: readonly Kind[], tests: Tests): void {
  describe.each(kinds)('on %s', (kind) => {
    const engine = engineOf(kind);
    const removals: Remove[] = [];
    afterAll(async () => {
      // Last opened first: handles close before their database goes.
      for (const remove of removals.reverse()) await remove();
    });

    const keep = ({ url, remove }: Created): string => {
      removals.push(remove);
      return url;
    };
    const create: Create = async () => keep(await createEmpty(engine));
    const open: Open = async (migrations, clockOffsetMs = () => 0) => {
      const url = migrations === undefined ? await create() : keep(await createMigrated(kind, migrations));
      const db = await openDatabase({ url, clockOffsetMs });
      removals.push(() => db.close());
      return db;
    };
    tests(engine, open, create);
  });
}

const engineOf = (kind: Kind): Database['engine'] => (kind === 'sqlite' ? kind : 'postgres');

interface Created {
  readonly url: string;
  readonly remove: Remove;
}

const createEmpty = async (engine: Database['engine']): Promise<Created> =>
  engine === 'sqlite' ? createFile() : createOnServer();

function createFile(content?: Uint8Array): Created {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-sqlite-'));
  const url = join(folder, 'test.db');
  if (content !== undefined) writeFileSync(url, content);
  return { url, remove: async () => rmSync(folder, { recursive: true }) };
}

interface CreateOptions {
  /** Another than that of the run. */
  readonly serverUrl?: string | undefined;
  /** Name of the database that it is to be a copy of. */
  readonly template?: string;
}

export async function createOnServer({
  serverUrl = inject('postgresUrl'),
  template = 'template1',
}: CreateOptions = {}): Promise<Created> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  // By its files: half the work of a copy through the log.
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

type Copy = () => Promise<Created>;

/** By kind and folder: the migrations of an app are applied once, and every database that has them is a copy. */
const copies = new Map<string, Promise<Copy>>();

async function createMigrated(kind: Kind, migrations: URL): Promise<Created> {
  const key = `${kind} ${migrations.href}`;
  const copying = copies.get(key) ?? makeTemplate(kind, migrations);
  copies.set(key, copying);
  return (await copying)();
}

async function makeTemplate(kind: Kind, migrations: URL): Promise<Copy> {
  const { url, remove } = await createEmpty(engineOf(kind));
  const db = await openDatabase({ url });
  await migrate(db, readMigrations(migrations));
  await db.close();
  if (kind === 'postgres by merchant') await keyByMerchant(url, appOf(migrations));
  // On the run's server it stays until that goes.
  if (kind !== 'sqlite') return () => createOnServer({ template: new URL(url).pathname.slice(1) });
  const content = readFileSync(url);
  await remove();
  return async () => createFile(content);
}

const appOf = ({ pathname }: URL): DistributedApp => (pathname.includes('/checkout/') ? 'checkout' : 'pay');

async function onServer(url: string, statement: string): Promise<void> {
  const server = await openDatabase({ url, poolMax: 1 });
  try {
    await server.script(statement);
  } finally {
    await server.close();
  }
}
