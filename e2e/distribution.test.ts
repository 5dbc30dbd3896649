// Decision 0030 says how each table of Checkout and Pay is distributed by merchant. Here the files of `deploy/postgres` are
// run, and the tables held against it: a new one has to be thought about, and so does a new key.
import { readFileSync } from 'node:fs';
import { type Database, type Row, raw, sql } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DistributedApp, keyByMerchant, runFile } from './by-merchant.ts';
import { installRules } from './citus-rules.ts';
import { createOnServer } from './databases.ts';

const page = readFileSync(new URL('../docs/decisions/0030-beyond-one-machine.md', import.meta.url), 'utf8');

/** What a row of the page lists of an app. */
function listedAs(kind: string, app: DistributedApp): string[] {
  const [, tables = ''] = new RegExp(`^\\| ${kind} \\|([^|]+)\\|`, 'm').exec(page) ?? [];
  const ofApp = tables.split(';').find((part) => part.trim().toLowerCase().startsWith(`${app} `)) ?? '';
  return [...ofApp.matchAll(/`(\w+)`/g)].map(([, table]) => String(table)).sort();
}

/** The migration that the file asks for: those behind it meet keys that have changed already. */
const LAST_BEFORE: Readonly<Record<DistributedApp, string>> = { checkout: '0014', pay: '0020' };

/** As processes older than that migration write them, and ended where that closes them. */
const OLD_ROWS: Readonly<Record<DistributedApp, string>> = {
  checkout: `
    INSERT INTO sessions (id, merchant_id, status, currency, subtotal_minor, terms, metadata, appearance, failed_attempts,
      extensions, created_at, expires_at, revision) VALUES ('s', 'one', 'pending', 'USD', 1, '{}', '{}', '{}', 0, 0, 1, 2, 0);
    INSERT INTO page_credentials (hash, session_id, created_at) SELECT 'h' || i, 's', i FROM generate_series(1, 2500) AS i;
    INSERT INTO payment_links (id, merchant_id, currency, subtotal_minor, terms, metadata, appearance, used, reserved,
      created_at, expires_at) VALUES ('l', 'one', 'USD', 1, '{}', '{}', '{}', 0, 0, 1, 2);
    INSERT INTO events (id, merchant_id, type, subject, object, body, created_at) VALUES ('e', 'one', 't', 's', 's', '{}', 1);
    INSERT INTO webhook_endpoints (id, merchant_id, slot, url, event_types, status, sealed_secret, retired_secrets,
      leased_until, created_at) VALUES ('w', 'one', 1, 'u', '*', 'enabled', 'x', '[]', 0, 1);
    INSERT INTO webhook_deliveries (event_id, endpoint_id, object, sequence, state, tries, next_try_at, log, created_at)
      VALUES ('e', 'w', 's', 1, 'pending', 0, 1, '[]', 1);`,
  pay: `
    INSERT INTO merchants (merchant_id, name, processors, created_at) VALUES ('one', 'One', '[]', 1);
    INSERT INTO charges (charge_id, merchant_id, operation, idempotency_key, fingerprint, state, sale, created_at)
      VALUES ('c', 'one', 'cardSale', 'k', 'f', 'open', '{}', 1);
    INSERT INTO attempts (attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor, currency,
      created_at, checks_from, lease_until, misses, last_miss_at)
      VALUES ('a', 'c', 'one', 0, 'sandbox', 'one', 'INTENT', 1, 'USD', 1, 1, 0, 0, 0);
    INSERT INTO resolutions (resolution_id, attempt_id, resolution, reason, evidence, proposed_by, proposed_at, state, ended_at)
      VALUES ('r', 'a', 'DECLINED', 'r', 'e', 'b', 1, 'dropped', 2);`,
};

const FILLED: Readonly<Record<DistributedApp, readonly string[]>> = {
  checkout: ['page_credentials', 'webhook_deliveries'],
  pay: ['resolutions'],
};

/** A row names something of another merchant, or of nobody; and the guards that stay. */
const REFUSED: Readonly<Record<DistributedApp, readonly (readonly [why: string, statement: string])[]>> = {
  checkout: [
    [
      'violates foreign key constraint "page_credentials_session_id_fkey"',
      `INSERT INTO page_credentials (hash, session_id, created_at, merchant_id) VALUES ('h', 's', 1, 'two')`,
    ],
    [
      'null value in column "merchant_id"',
      `INSERT INTO page_credentials (hash, session_id, created_at) VALUES ('h', 's', 1)`,
    ],
    ['violates foreign key constraint "webhook_deliveries_', `UPDATE webhook_deliveries SET merchant_id = 'two'`],
    ['a use of a payment link is never taken back', `UPDATE payment_links SET usage_limit = 2`],
  ],
  pay: [
    [
      'violates foreign key constraint "attempts_charge_id_fkey"',
      `UPDATE attempts SET merchant_id = 'two', account = 'two'`,
    ],
    ['violates check constraint "attempts_account"', `UPDATE attempts SET account = 'two'`],
    ['an attempt does not move like this', `UPDATE attempts SET state = 'APPROVED'`],
    ['a resolution that has ended does not change', `UPDATE resolutions SET reason = 'another'`],
  ],
};

interface KeyRow extends Row {
  readonly name: string;
  readonly columns: string;
}

const namesOf = async (db: Database, statement: ReturnType<typeof sql>): Promise<string[]> =>
  (await db.all<Row>(statement)).map(({ name }) => String(name)).sort();

describe.each(['checkout', 'pay'] as const)('%s', (app) => {
  let db: Database;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const migrations = readMigrations(new URL(`../apps/${app}/src/store/migrations/`, import.meta.url));
    const isBefore = ({ name }: { readonly name: string }): boolean => name.slice(0, 4) <= LAST_BEFORE[app];
    const created = await createOnServer();
    ({ remove } = created);
    db = await openDatabase({ url: created.url, poolMax: 2 });
    await migrate(db, migrations.filter(isBefore));
    await db.script(OLD_ROWS[app]);
    await keyByMerchant(created.url, app);
    // As after one that was stopped.
    await keyByMerchant(created.url, app);
    // Somebody has distributed his tables before he installs a newer version.
    await migrate(db, migrations);
    await installRules(db);
    await runFile(created.url, `${app}-citus.sql`);
  });
  afterAll(async () => {
    await db?.close();
    await remove?.();
  });

  const placed = (method: 'h' | 'n'): Promise<string[]> =>
    namesOf(db, sql`SELECT logicalrelid::text AS name FROM rules.pg_dist_partition WHERE partmethod = ${method}`);

  test('each table is placed as the decision says', async () => {
    const all = await namesOf(db, sql`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
    const [distributed, copied] = [await placed('h'), await placed('n')];
    expect(distributed).toEqual(listedAs('distributed', app));
    expect(copied).toEqual(listedAs('copied to each node', app));
    expect(all.filter((name) => !distributed.includes(name) && !copied.includes(name))).toEqual(
      listedAs('on the coordinator', app),
    );
  });

  test('every key of a distributed table carries the merchant, and what is looked up stands before it', async () => {
    const keys = await db.all<KeyRow>(sql`
      SELECT indexrelid::regclass::text AS name, string_agg(attname, ' ' ORDER BY place) AS columns
      FROM pg_index CROSS JOIN unnest(indkey::int2[]) WITH ORDINALITY AS part (number, place)
        JOIN pg_attribute ON attrelid = indrelid AND attnum = number
      WHERE indisunique AND indrelid IN (SELECT logicalrelid FROM rules.pg_dist_partition WHERE partmethod = 'h')
      GROUP BY indexrelid`);
    expect(keys.length).toBeGreaterThan(app === 'pay' ? 30 : 12);
    expect(keys.filter(({ columns }) => !/^merchant_id\b|\bmerchant_id$/.test(columns))).toEqual([]);
    expect(
      await namesOf(db, sql`SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid`),
    ).toEqual([]);
  });

  test('every foreign key between distributed tables carries the merchant, and holds what was there before', async () => {
    const keys = await db.all<KeyRow & { readonly valid: number }>(sql`
      SELECT conname AS name, pg_get_constraintdef(oid) AS columns, CASE WHEN convalidated THEN 1 ELSE 0 END AS valid
      FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`);
    expect(keys.length).toBeGreaterThanOrEqual(app === 'pay' ? 10 : 5);
    const isOfMerchant = /^FOREIGN KEY \((\w+, )?merchant_id\) REFERENCES \w+\((\w+, )?merchant_id\)/;
    expect(keys.filter(({ columns, valid }) => !isOfMerchant.test(columns) || valid === 0)).toEqual([]);
  });

  test.each(FILLED[app])('%s from before say whose they are', async (table) => {
    expect(await namesOf(db, sql`SELECT DISTINCT merchant_id AS name FROM ${raw(table)}`)).toEqual(['one']);
  });

  test.each(REFUSED[app])('%s', async (why, statement) => {
    await expect(db.script(statement)).rejects.toThrow(why);
  });
});
