// Runs a block of tests on SQLite and on PostgreSQL, with fresh databases that are closed and removed after it. Where the
// store is tested also on PostgreSQL with the keys that tables distributed by merchant have (decision 0030).
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
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

function forEach(kinds: readonly (Database['engine'] | 'postgres by merchant')[], tests: Tests): void {
  describe.each(kinds)('on %s', (kind) => {
    const engine = kind === 'sqlite' ? kind : 'postgres';
    const removals: Remove[] = [];
    afterAll(async () => {
      // Last opened first: handles close before their database goes.
      for (const remove of removals.reverse()) await remove();
    });

    const create: Create = async () => {
      const { url, remove } = engine === 'sqlite' ? createFile() : await createOnServer();
      removals.push(remove);
      return url;
    };
    const open: Open = async (migrations, clockOffsetMs = () => 0) => {
      const url = await create();
      const db = await openDatabase({ url, clockOffsetMs });
      removals.push(() => db.close());
      if (migrations === undefined) return db;
      await migrate(db, readMigrations(migrations));
      if (kind === 'postgres by merchant') await keyByMerchant(url, appOf(migrations));
      return db;
    };
    tests(engine, open, create);
  });
}

const appOf = ({ pathname }: URL): DistributedApp => (pathname.includes('/checkout/') ? 'checkout' : 'pay');

function createFile(): { url: string; remove: Remove } {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-sqlite-'));
  return { url: join(folder, 'test.db'), remove: async () => rmSync(folder, { recursive: true }) };
}

/** On the server of the run, or on another. */
export async function createOnServer(serverUrl = inject('postgresUrl')): Promise<{ url: string; remove: Remove }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(url: string, statement: string): Promise<void> {
  const server = await openDatabase({ url, poolMax: 1 });
  try {
    await server.script(statement);
  } finally {
    await server.close();
  }
}
