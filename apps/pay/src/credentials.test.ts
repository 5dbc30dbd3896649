// What processors know merchants by, at rest: it opens in its own place under its own key, and nowhere else.
import { randomBytes } from 'node:crypto';
import { Secret } from '@ozura/core/secret';
import { forEachEngine } from '@ozura/e2e/databases';
import type { Database } from '@ozura/kit/db/handle';
import { beforeAll, expect, test } from 'vitest';
import { openCredential, sealCredentials } from './credentials.ts';
import { derivePayKeys } from './keys.ts';
import { checkRootKey } from './root-key-check.ts';
import { insertMerchant } from './store/merchants.ts';
import { insertCredential, listCredentials, type SealedCredential } from './store/processor-credentials.ts';

const merchantId = 'ozu_bluekettle';
const root = randomBytes(32);
const pay = { keys: derivePayKeys(Uint8Array.from(root)), random: (count: number) => randomBytes(count) };
const sent = { entity: new Secret('default'), username: new Secret('u'), password: new Secret('p4ss') };
const sealed = sealCredentials(pay, { merchantId, processor: 'worldpay' }, sent);
const password = sealed.find(({ field }) => field === 'password') as SealedCredential;

test('a credential opens where it belongs', () => {
  expect(openCredential(pay, merchantId, password).open()).toBe('p4ss');
  expect(Buffer.from(password.sealed).toString('latin1')).not.toContain('p4ss');
});

test.each([
  ['at another merchant', 'ozu_other', password],
  ['at another processor', merchantId, { ...password, processor: 'nuvei' }],
  ['in another field', merchantId, { ...password, field: 'username' }],
])('it does not open %s', (_where, merchant, moved) => {
  expect(() => openCredential(pay, merchant, moved)).toThrow();
});

test('the keys of another root open nothing, and the two keys of one root differ', () => {
  const other = { keys: derivePayKeys(new Uint8Array(randomBytes(32))) };
  expect(() => openCredential(other, merchantId, password)).toThrow();
  const { credentials, audit } = pay.keys;
  expect(credentials.key.equals(audit)).toBe(false);
});

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
  });

  test('a program that is given another key file does not start', async () => {
    const config = { rootKeyFile: 'pay-root-key' } as never;
    const other = { db, config, keys: derivePayKeys(new Uint8Array(randomBytes(32))) };
    await checkRootKey(other);
    const settings = { avsPolicy: 'standard', cvvPolicy: 'standard', motoWithoutCvc: false, allowedReturnHosts: [] };
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: [], settings });
    for (const credential of sealed) await insertCredential(db, merchantId, credential);
    await expect(checkRootKey(other)).rejects.toThrow('pay-root-key is not the root key');
    await checkRootKey({ ...other, keys: pay.keys });
    const kept = (await listCredentials(db, merchantId)).map((row) => openCredential(pay, merchantId, row).open());
    expect(kept).toEqual(['default', 'p4ss', 'u']);
  });
});
