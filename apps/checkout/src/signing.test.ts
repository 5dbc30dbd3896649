// Keys that outlive the program, sign what a browser carries, and are worth nothing without the pepper.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { successRedirect } from '@ozura/core/redirect';
import { redirectMessage } from '@ozura/core/redirect-message';
import { Secret } from '@ozura/core/secret';
import { forEachEngine } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { beforeAll, expect, test } from 'vitest';
import { openSigning } from './signing.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const pepper = new Secret<Uint8Array>(randomBytes(32));
const options = (db: Database) => ({ db, pepper, random: randomBytes });

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
  });

  test('programs that start at once agree on one key, and find it again', async () => {
    const opened = await Promise.all([1, 2, 3].map(() => openSigning(options(db))));
    const again = await openSigning(options(db));
    expect(new Set([...opened, again].map(({ publicKeys }) => publicKeys.map(({ kid }) => kid).join())).size).toBe(1);
    expect(again.signer(0).keyId).toBe(again.publicKeys[0]?.kid);
  });

  test('a redirect verifies with the published key, and not after a change', async () => {
    const { signer, publicKeys } = await openSigning(options(db));
    const facts = { sessionId: 'session_1', checkoutMode: 'payment', amount: '18.95', currency: 'USD' } as const;
    const url = new URL(successRedirect('https://shop.example/thanks?order=7', facts, signer(1_772_616_852_481)));
    expect(url.searchParams.get('signedAt')).toBe('1772616852');
    const key = createPublicKey({ key: { ...publicKeys[0] }, format: 'jwk' });
    const isGenuine = (): boolean => {
      const signature = Buffer.from(url.searchParams.get('signature') ?? '', 'base64url');
      return verify(null, Buffer.from(redirectMessage(url.searchParams)), key, signature);
    };
    expect(isGenuine()).toBe(true);
    url.searchParams.set('amount', '0.95');
    expect(isGenuine()).toBe(false);
  });

  test('a key that is old enough gets one successor, which every process takes up two hours later', async () => {
    const processes = await Promise.all([openSigning(options(db)), openSigning(options(db))]);
    const [one, other] = processes;
    const first = one.signer(0).keyId;
    const renewAt = async (ageDays: number, keptDays = 90) => {
      await db.run(sql`UPDATE signing_keys SET created_at = ${(await db.now()) - ageDays * dayMs} WHERE slot = 1`);
      await Promise.all(processes.map((signing) => signing.renew(keptDays)));
    };
    await renewAt(89);
    await renewAt(400, 0);
    expect(one.publicKeys).toHaveLength(1);
    await renewAt(90);
    await renewAt(90);
    expect([one.publicKeys.length, one.signer(0).keyId]).toEqual([2, first]);
    expect(other.publicKeys).toEqual(one.publicKeys);
    const [, second] = one.publicKeys;
    await db.run(sql`UPDATE signing_keys SET created_at = created_at - ${2 * hourMs} WHERE slot = 2`);
    await renewAt(90);
    expect([one, other].map((signing) => signing.signer(0).keyId)).toEqual([second?.kid, second?.kid]);
    await db.run(sql`UPDATE signing_keys SET created_at = created_at - ${7 * dayMs} WHERE slot = 2`);
    await renewAt(90);
    expect(one.publicKeys).toEqual([second]);
    expect((await openSigning(options(db))).publicKeys).toEqual([second]);
  });

  test('another pepper does not open the key', async () => {
    const other = new Secret<Uint8Array>(randomBytes(32));
    await expect(openSigning({ ...options(db), pepper: other })).rejects.toThrow();
  });
});
