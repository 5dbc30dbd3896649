// What a rotation finds, on both engines: keys that were replaced, and those that are to be.
import { forEachEngine } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { beforeEach, expect, test } from 'vitest';
import { keyIdOf } from '../keys/key-rules.ts';
import {
  countCurrentKeys,
  countKeysByPurpose,
  countRotatingKeys,
  destroyKey,
  insertKey,
  listOlderWrappers,
  listOutdatedKeys,
  listRetiredKeys,
  markReplacedKeys,
} from './keys.ts';

const purposes = ['card-data'];
const kek = { purpose: 'key-encryption', merchantId: '' };
const newest = { ...kek, id: 'key-encryption::2' };

forEachEngine((_engine, open) => {
  let db: Database;
  beforeEach(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
    for (const version of [1, 2]) await insert({ ...kek, version, wrappedBy: null });
  });

  const insert = async (key: {
    purpose: string;
    merchantId: string;
    version: number;
    wrappedBy: string | null;
    createdAt?: number;
  }) => insertKey(db, { createdAt: 50, ...key, id: keyIdOf(key), wrapped: new Uint8Array([1]), uses: 0 });
  const card = (merchantId: string, version: number, more: { wrappedBy?: string; createdAt?: number } = {}) =>
    insert({ purpose: 'card-data', merchantId, version, wrappedBy: newest.id, ...more });
  const retired = async () => (await listRetiredKeys(db, '', 10)).map(({ id }) => id);
  const outdated = async (madeUntil = 0) => ({ wrappers: await listOlderWrappers(db, newest), madeUntil, purposes });
  const outdatedIds = async (madeUntil?: number) =>
    (await listOutdatedKeys(db, await outdated(madeUntil), 10)).map(({ id }) => id).sort();

  test('a newer version replaces all before it, of its merchant and purpose and of no other', async () => {
    for (const version of [1, 2, 3]) await card('ozu_a', version);
    await card('ozu_b', 1);
    await insert({ purpose: 'fingerprint', merchantId: 'ozu_a', version: 1, wrappedBy: newest.id });
    expect(await retired()).toEqual(['card-data:ozu_a:1', 'card-data:ozu_a:2', 'key-encryption::1']);
    expect((await listRetiredKeys(db, 'card-data:ozu_a:1', 1)).map(({ id }) => id)).toEqual(['card-data:ozu_a:2']);
    expect(await countKeysByPurpose(db)).toEqual([
      { purpose: 'card-data', version: 3, retired: 2 },
      { purpose: 'fingerprint', version: 1, retired: 0 },
      { purpose: 'key-encryption', version: 2, retired: 1 },
    ]);
    expect(await countCurrentKeys(db, purposes)).toEqual({ replaced: 2, rewrapped: 1 });
    expect([await destroyKey(db, 'card-data:ozu_a:3'), await destroyKey(db, 'card-data:ozu_a:1')]).toEqual([
      false,
      true,
    ]);
    // A version that is there already replaces nothing.
    await card('ozu_b', 1);
    expect(await retired()).toEqual(['card-data:ozu_a:2', 'key-encryption::1']);
  });

  test('a database without keys has none of any purpose', async () => {
    await db.script('DELETE FROM wrapped_keys');
    expect(await countKeysByPurpose(db)).toEqual([]);
  });

  test('outdated are newest keys that an older key wraps, and those that are too old', async () => {
    const wrappedBy = 'key-encryption::1';
    await card('ozu_a', 1, { wrappedBy });
    await card('ozu_a', 2);
    await card('ozu_b', 1, { wrappedBy, createdAt: 10 });
    await card('ozu_c', 1, { createdAt: 10 });
    await insert({ purpose: 'fingerprint', merchantId: 'ozu_b', version: 1, wrappedBy, createdAt: 10 });
    await insert({ purpose: 'fingerprint', merchantId: 'ozu_c', version: 1, wrappedBy: newest.id, createdAt: 10 });
    expect(await listOlderWrappers(db, newest)).toEqual([wrappedBy]);
    // Who has not heard of the second one yet finds none before his own.
    expect(await listOlderWrappers(db, { ...kek, id: wrappedBy })).toEqual([]);
    const ofOldWrapper = ['card-data:ozu_b:1', 'fingerprint:ozu_b:1'];
    expect(await outdatedIds(9)).toEqual(ofOldWrapper);
    expect(await outdatedIds(10)).toEqual([ofOldWrapper[0], 'card-data:ozu_c:1', ofOldWrapper[1]]);
    // One that is both is one.
    expect(await countRotatingKeys(db, await outdated(10))).toEqual({ retired: 2, outdated: 3 });
    expect(await listOutdatedKeys(db, await outdated(10), 2)).toHaveLength(2);
  });

  test('what was replaced before the database noted it is marked, some at a time', async () => {
    for (const version of [1, 2]) await card('ozu_a', version);
    await card('ozu_b', 1);
    await db.run(sql`UPDATE wrapped_keys SET replaced_at = NULL`);
    const pages: (string | undefined)[] = [''];
    while (pages.at(-1) !== undefined) pages.push(await markReplacedKeys(db, pages.at(-1) ?? '', 2));
    expect(pages).toEqual(['', 'card-data:ozu_a:2', 'key-encryption::1', 'key-encryption::2', undefined]);
    expect(await retired()).toEqual(['card-data:ozu_a:1', 'key-encryption::1']);
  });
});
