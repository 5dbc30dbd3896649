// The keys in memory: root → key-encryption key → one key per purpose and merchant (contract 13.1). They are made on
// first use, and kept in the database only wrapped.
import type { RandomBytes } from '@ozura/core/ids';
import type { Database, Handle } from '@ozura/kit/db/handle';
import { keyBytes, keyOf, type Place, seal, unseal, type VersionedKey } from '@ozura/kit/envelope';
import { findKey, findNewestKey, insertKey, type WrappedKey } from '../store/keys.ts';

/** What only the outermost key can do: a local file now, an external key service in production. */
export interface RootKey {
  wrap(plain: Uint8Array, place: Place): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array, place: Place): Promise<Uint8Array>;
}

export type Purpose = 'card-data' | 'fingerprint' | 'audit' | 'test-code';

/** Keys of the installation itself belong to no merchant. */
export const installation = '';

export interface Keyring {
  /** For new values. */
  current(purpose: Purpose, merchantId: string): Promise<VersionedKey>;
  /** For a value that was sealed with `version`. */
  version(purpose: Purpose, merchantId: string, version: number): Promise<VersionedKey>;
}

/** Told inside the transaction that makes a key. */
export type KeyMade = (tx: Handle, purpose: Purpose, merchantId: string) => Promise<void>;

interface Opening {
  readonly db: Database;
  readonly root: RootKey;
  readonly random: RandomBytes;
  readonly keyMade: KeyMade;
}

const KEK = 'key-encryption';
const firstVersion = 1;

// The version of the wrapped key is bound by its place, that of the wrapping key by the envelope.
const placeOf = (purpose: string, merchantId: string, version: number): Place => ({
  merchantId,
  row: purpose,
  field: `key ${version}`,
});

export async function openKeyring({ db, root, random, keyMade }: Opening): Promise<Keyring> {
  const kek = await openKek(db, root, random);
  const open = ({ purpose, merchantId, version, wrapped }: WrappedKey): VersionedKey => ({
    version,
    key: keyOf(unseal(kek, wrapped, placeOf(purpose, merchantId, version))),
  });
  const make = async (purpose: Purpose, merchantId: string): Promise<VersionedKey> => {
    const wrapped = seal(kek, random(keyBytes), placeOf(purpose, merchantId, firstVersion), random);
    await db.transact(async (tx) => {
      const key = { purpose, merchantId, version: firstVersion, wrappedBy: kek.version, wrapped };
      if (await insertKey(tx, key, await tx.now())) await keyMade(tx, purpose, merchantId);
    });
    // Whichever process was first: its key counts.
    return open(present(await findNewestKey(db, purpose, merchantId), purpose));
  };
  return {
    current: remember(async (purpose: Purpose, merchantId: string) => {
      const newest = await findNewestKey(db, purpose, merchantId);
      return newest === undefined ? make(purpose, merchantId) : open(newest);
    }),
    version: remember(async (purpose: Purpose, merchantId: string, version: number) =>
      open(present(await findKey(db, { purpose, merchantId, version }), purpose)),
    ),
  };
}

async function openKek(db: Database, root: RootKey, random: RandomBytes): Promise<VersionedKey> {
  if ((await findNewestKey(db, KEK, installation)) === undefined) {
    const wrapped = await root.wrap(random(keyBytes), placeOf(KEK, installation, firstVersion));
    const key = { purpose: KEK, merchantId: installation, version: firstVersion, wrappedBy: 0, wrapped };
    await insertKey(db, key, await db.now());
  }
  const { version, wrapped } = present(await findNewestKey(db, KEK, installation), KEK);
  return { version, key: keyOf(await root.unwrap(wrapped, placeOf(KEK, installation, version))) };
}

function present(key: WrappedKey | undefined, purpose: string): WrappedKey {
  if (key === undefined) throw new Error(`A ${purpose} key is not in the database`);
  return key;
}

/** Asks once for the same arguments, also while the first answer is awaited; a failure is not remembered. */
function remember<Args extends readonly (string | number)[]>(
  find: (...args: Args) => Promise<VersionedKey>,
): (...args: Args) => Promise<VersionedKey> {
  const known = new Map<string, Promise<VersionedKey>>();
  return (...args) => {
    const name = JSON.stringify(args);
    let key = known.get(name);
    if (key === undefined) {
      key = find(...args);
      known.set(name, key);
      key.catch(() => known.delete(name));
    }
    return key;
  };
}
