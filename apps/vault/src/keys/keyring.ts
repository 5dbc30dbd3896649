// The keys in memory: root → key-encryption key → one key per purpose and merchant (contract 13.1). They are made on
// first use, and kept in the database only wrapped.
import type { Context } from '@ozura/kit/context';
import type { Database, Handle } from '@ozura/kit/db/handle';
import { keyBytes, keyOf, type Place, seal, unseal, type VersionedKey } from '@ozura/kit/envelope';
import { RootKeyUnusable } from '@ozura/kit/root-key';
import { countUses, findKey, findNewestKey, insertKey, rewrapKey, type WrappedKey } from '../store/keys.ts';
import { installation, isReplaced, isWorn, KEK, keyIdOf, type Purpose, usesPerBlock } from './key-rules.ts';
import type { RootKey } from './root-key.ts';

export interface StoredKey extends VersionedKey {
  readonly id: string;
}

export interface Keyring {
  /** For one new value, or the two of a bank account. */
  current(purpose: Purpose, merchantId: string): Promise<StoredKey>;
  /** For a value that was sealed with `version`. Throws when that version was destroyed. */
  version(purpose: Purpose, merchantId: string, version: number): Promise<StoredKey>;
  /** The key-encryption key that new keys are wrapped with. */
  wrapper(): Promise<StoredKey>;
  /** Makes the next key-encryption key; `recorded` stands in the same transaction. */
  rotateWrapper(recorded: KeyRecorded): Promise<void>;
  /** Makes the next version of a key that has had its time. */
  renew(purpose: Purpose, merchantId: string): Promise<void>;
  /** Wraps a key with the newest key-encryption key, unless somebody else was first. */
  rewrap(key: WrappedKey, recorded: KeyRecorded): Promise<void>;
  /** Asks the database anew what is the newest. */
  forget(): void;
}

/** Writes the audit record of a change of keys, inside the transaction of the change. */
export type KeyRecorded = (tx: Handle, id: string) => Promise<void>;

interface Opening extends Pick<Context, 'now' | 'random'> {
  readonly db: Database;
  readonly root: RootKey;
  readonly keyMade: (tx: Handle, key: WrappedKey) => Promise<void>;
}

/** How long a process may go without asking whether there is a newer version; `destroyAfterMs` is longer. */
const freshMs = 1_000;
/** More than one, for a key-encryption key may become outdated meanwhile. */
const makeTriesMax = 4;

// The version of the wrapped key is bound by its place, that of the wrapping key by the envelope.
const placeOf = ({ purpose, merchantId, version }: Pick<WrappedKey, 'purpose' | 'merchantId' | 'version'>): Place => ({
  merchantId,
  row: purpose,
  field: `key ${version}`,
});

export async function openKeyring(opening: Opening): Promise<Keyring> {
  const { db, now, random } = opening;
  const keks = openWrappers(opening);
  await keks.current();
  const wrapped = (name: Pick<WrappedKey, 'purpose' | 'merchantId' | 'version'>, kek: StoredKey, bytes: Uint8Array) => {
    const key = seal(kek, bytes, placeOf(name), random);
    bytes.fill(0);
    return { wrapped: key, wrappedBy: kek.id };
  };
  const unwrap = async (key: WrappedKey): Promise<Buffer> =>
    unseal(await keks.version(key.wrappedBy), key.wrapped, placeOf(key));
  const open = async (key: WrappedKey): Promise<StoredKey> => ({
    id: key.id,
    version: key.version,
    key: keyOf(await unwrap(key)),
  });

  const make = async (purpose: Purpose, merchantId: string, version: number): Promise<void> => {
    const name = { purpose, merchantId, version };
    const sealed = wrapped(name, await keks.current(), random(keyBytes));
    await db.transact(async (tx) => {
      const key = { ...name, ...sealed, id: keyIdOf(name), uses: 0, createdAt: await tx.now() };
      // Whichever process was first: its key counts.
      if (await insertKey(tx, key)) await opening.keyMade(tx, key);
    });
  };

  const newest = remember(now, async (purpose: Purpose, merchantId: string): Promise<StoredKey> => {
    for (let tries = 0; tries < makeTriesMax; tries += 1) {
      const key = await findNewestKey(db, purpose, merchantId);
      const kek = await keks.current();
      if (key !== undefined && !isWorn(key, kek.id, await db.now())) return open(key);
      await make(purpose, merchantId, (key?.version ?? 0) + 1);
    }
    throw new Error(`No ${purpose} key can be made`);
  });
  const blocks = openUseBlocks(db);
  return {
    async current(purpose, merchantId) {
      const key = await newest(purpose, merchantId);
      if (!isReplaced({ purpose }) || (await blocks.take(key.id))) return key;
      newest.forget();
      return newest(purpose, merchantId);
    },
    version: remember(now, async (purpose: Purpose, merchantId: string, version: number) =>
      open(present(await findKey(db, keyIdOf({ purpose, merchantId, version })), `${purpose} key ${version}`)),
    ),
    wrapper: keks.current,
    async rotateWrapper(recorded) {
      await keks.makeNext(recorded);
      newest.forget();
    },
    async renew(purpose, merchantId) {
      newest.forget();
      await newest(purpose, merchantId);
    },
    async rewrap(key, recorded) {
      const fresh = wrapped(key, await keks.current(), await unwrap(key));
      await db.transact(async (tx) => {
        if (await rewrapKey(tx, key, fresh)) await recorded(tx, key.id);
      });
    },
    forget() {
      keks.current.forget();
      newest.forget();
    },
  };
}

/** Key-encryption keys. They stay in memory: only the root key can open them, and it may be far away. */
function openWrappers({ db, root, now, random, keyMade }: Opening) {
  const make = async (version: number, recorded: KeyRecorded): Promise<void> => {
    const name = { purpose: KEK, merchantId: installation, version };
    const wrapped = await root.wrap(random(keyBytes), placeOf(name));
    await db.transact(async (tx) => {
      const key = { ...name, id: keyIdOf(name), wrappedBy: null, wrapped, uses: 0, createdAt: await tx.now() };
      if (await insertKey(tx, key)) await recorded(tx, key.id);
    });
  };
  const opened = new Map<string, Promise<StoredKey>>();
  const open = (key: WrappedKey): Promise<StoredKey> => {
    const known = opened.get(key.id) ?? unwrap(key);
    opened.set(key.id, known);
    known.catch(() => opened.delete(key.id));
    return known;
  };
  const unwrap = async (key: WrappedKey): Promise<StoredKey> => ({
    id: key.id,
    version: key.version,
    key: keyOf(await unwrapBy(root, key)),
  });
  const current = remember(now, async () => {
    let newest = await findNewestKey(db, KEK, installation);
    if (newest === undefined) {
      await make(1, async (tx, id) => keyMade(tx, present(await findKey(tx, id), KEK)));
      newest = await findNewestKey(db, KEK, installation);
    }
    return open(present(newest, KEK));
  });
  return {
    current,
    version: async (id: string | null) => open(present(await findKey(db, id ?? ''), KEK)),
    async makeNext(recorded: KeyRecorded) {
      await make((await current()).version + 1, recorded);
      current.forget();
    },
  };
}

async function unwrapBy(root: RootKey, key: WrappedKey): Promise<Uint8Array> {
  try {
    return await root.unwrap(key.wrapped, placeOf(key));
  } catch (error) {
    if (error instanceof RootKeyUnusable) throw error;
    throw new RootKeyUnusable(`the root key does not open ${key.id}: it is not the one of this database`);
  }
}

function present(key: WrappedKey | undefined, what: string): WrappedKey {
  if (key === undefined) throw new Error(`The ${what} is not in the database`);
  return key;
}

/** Uses are counted in the database before they happen, many at once: a crash can only have counted too many. */
function openUseBlocks(db: Database) {
  const left = new Map<string, number>();
  return {
    /** False when the key is not there any more. */
    async take(id: string): Promise<boolean> {
      if ((left.get(id) ?? 0) === 0) {
        if (!(await countUses(db, id, usesPerBlock))) return false;
        left.set(id, (left.get(id) ?? 0) + usesPerBlock);
      }
      left.set(id, (left.get(id) ?? 0) - 1);
      return true;
    },
  };
}

interface Remembered<Args extends readonly (string | number)[]> {
  (...args: Args): Promise<StoredKey>;
  forget(): void;
}

/** Asks once for the same arguments in `freshMs`, also while the answer is awaited; a failure is not remembered. */
function remember<Args extends readonly (string | number)[]>(
  now: Context['now'],
  find: (...args: Args) => Promise<StoredKey>,
): Remembered<Args> {
  const known = new Map<string, { readonly key: Promise<StoredKey>; readonly untilMs: number }>();
  const recall = (...args: Args): Promise<StoredKey> => {
    const name = JSON.stringify(args);
    const found = known.get(name);
    if (found !== undefined && found.untilMs > now()) return found.key;
    const key = find(...args);
    known.set(name, { key, untilMs: now() + freshMs });
    key.catch(() => known.delete(name));
    return key;
  };
  return Object.assign(recall, { forget: () => known.clear() });
}
