import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from '@ozura/kit/env';
import { afterAll, expect, test } from 'vitest';
import { readDatabases } from './database-url.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'ozura-databases-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

const DATABASE_URL = 'postgres://ozura:secret@db/ozura';

function read(variables: Readonly<Record<string, string>>) {
  const env = readEnv(variables);
  const databases = readDatabases(env, dataDir);
  env.finish();
  return databases;
}

test('a program with a database of its own has no schema in that of all', () => {
  const own = { PAY_DATABASE_URL: 'postgres://pay@db/pay', SANDBOX_DATABASE_URL: join(dataDir, 'sandbox.db') };
  const { of, common } = read({ DATABASE_URL, ...own });
  expect(common).toEqual({ url: DATABASE_URL, schemas: ['checkout', 'vault'] });
  expect([of.pay, of.sandbox]).toEqual(Object.values(own));
  const all = { ...own, CHECKOUT_DATABASE_URL: 'postgres://a@db/a', VAULT_DATABASE_URL: 'postgres://b@db/b' };
  expect(read({ DATABASE_URL, ...all }).common).toBeUndefined();
});

test('an installation with files is not left behind for an empty database', () => {
  const file = join(dataDir, 'pay.db');
  writeFileSync(file, 'of payments');
  const why = `DATABASE_URL: this installation has its data in ${file}: leave DATABASE_URL empty, or take another DATA_DIR`;
  expect(() => read({ DATABASE_URL })).toThrow(why);
  expect(read({ DATABASE_URL: '' }).of.pay).toBe(file);
  expect(read({ DATABASE_URL, PAY_DATABASE_URL: file }).of.pay).toBe(file);
});
