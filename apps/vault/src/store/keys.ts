// Wrapped keys. What stands here is useless without the root key.
import { type Handle, join, sql } from '@ozura/kit/db/handle';

export type WrappedKey = {
  readonly id: string;
  readonly purpose: string;
  /** Empty for keys of the installation. */
  readonly merchantId: string;
  readonly version: number;
  /** Id of the key that wraps this one; `null`: the root key. */
  readonly wrappedBy: string | null;
  readonly wrapped: Uint8Array;
  /** Values that were, or may have been, sealed with it. */
  readonly uses: number;
  readonly createdAt: number;
};

/** Nothing happens when the version exists already: another process was first. */
export const insertKey = async (db: Handle, key: WrappedKey): Promise<boolean> =>
  (await db.run(sql`
    INSERT INTO wrapped_keys (id, purpose, merchant_id, version, wrapped_by, wrapped, uses, created_at)
    VALUES (${key.id}, ${key.purpose}, ${key.merchantId}, ${key.version}, ${key.wrappedBy}, ${key.wrapped},
      ${key.uses}, ${key.createdAt})
    ON CONFLICT DO NOTHING`)) === 1;

/** Ids of the keys that stand here, but for those of `purposes`. */
export async function listKeyIds(db: Handle, purposes: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`SELECT id FROM wrapped_keys WHERE purpose NOT IN (${join(purposes)}) ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

const columns = sql`
  id, purpose, merchant_id AS "merchantId", version, wrapped_by AS "wrappedBy", wrapped, uses, created_at AS "createdAt"`;

export const findNewestKey = (db: Handle, purpose: string, merchantId: string): Promise<WrappedKey | undefined> =>
  db.one(sql`
    SELECT ${columns} FROM wrapped_keys WHERE purpose = ${purpose} AND merchant_id = ${merchantId}
    ORDER BY version DESC LIMIT 1`);

export const findKey = (db: Handle, id: string): Promise<WrappedKey | undefined> =>
  db.one(sql`SELECT ${columns} FROM wrapped_keys WHERE id = ${id}`);

/** Before they happen, so that a crash can only have counted too many. */
export const countUses = async (db: Handle, id: string, uses: number): Promise<boolean> =>
  (await db.run(sql`UPDATE wrapped_keys SET uses = uses + ${uses} WHERE id = ${id}`)) === 1;

/** Compare-and-set on the wrapping key. */
export const rewrapKey = async (
  db: Handle,
  from: Pick<WrappedKey, 'id' | 'wrappedBy'>,
  to: Pick<WrappedKey, 'wrapped' | 'wrappedBy'>,
): Promise<boolean> =>
  (await db.run(sql`
    UPDATE wrapped_keys SET wrapped = ${to.wrapped}, wrapped_by = ${to.wrappedBy}
    WHERE id = ${from.id} AND wrapped_by = ${from.wrappedBy}`)) === 1;

const hasNewer = sql`EXISTS (
  SELECT 1 FROM wrapped_keys AS newer
  WHERE newer.purpose = wrapped_keys.purpose AND newer.merchant_id = wrapped_keys.merchant_id
    AND newer.version > wrapped_keys.version)`;

/** Key-encryption keys, but for `newest`. Once nothing is wrapped with them they are destroyed: they are few. */
export async function listOlderWrappers(db: Handle, newest: WrapperName): Promise<string[]> {
  const { id, purpose, merchantId } = newest;
  const rows = await db.all<{ id: string }>(sql`
    SELECT id FROM wrapped_keys
    WHERE purpose = ${purpose} AND merchant_id = ${merchantId} AND replaced_at IS NOT NULL AND id <> ${id}`);
  return rows.map((row) => row.id);
}

type WrapperName = Pick<WrappedKey, 'id' | 'purpose' | 'merchantId'>;

interface Outdated {
  /** Newest keys that one of these wraps. */
  readonly wrappers: readonly string[];
  /** And those of `purposes` that were made until then. */
  readonly madeUntil: number;
  readonly purposes: readonly string[];
}

/** Of the next so many keys, those that were replaced before the database noted it. Answers the last, if there was any. */
export async function markReplacedKeys(db: Handle, after: string, limit: number): Promise<string | undefined> {
  const page = await db.all<{ id: string }>(
    sql`SELECT id FROM wrapped_keys WHERE id > ${after} ORDER BY id LIMIT ${limit}`,
  );
  const last = page.at(-1)?.id;
  if (last === undefined) return undefined;
  await db.run(sql`
    UPDATE wrapped_keys SET replaced_at = created_at
    WHERE replaced_at IS NULL AND id > ${after} AND id <= ${last} AND ${hasNewer}`);
  return last;
}

/** Never an empty list: no key is called ''. */
const anyOf = (wrappers: readonly string[]) => join(['', ...wrappers]);

const hasOldWrapper = ({ wrappers }: Outdated) => sql`replaced_at IS NULL AND wrapped_by IN (${anyOf(wrappers)})`;
const isTooOld = ({ wrappers, madeUntil, purposes }: Outdated) => sql`
  replaced_at IS NULL AND purpose IN (${join(purposes)}) AND created_at <= ${madeUntil}
  AND wrapped_by NOT IN (${anyOf(wrappers)})`;

/** Two looks instead of one with `OR`, so that each has its index. */
export const listOutdatedKeys = (db: Handle, outdated: Outdated, limit: number): Promise<WrappedKey[]> =>
  db.all(sql`
    SELECT ${columns} FROM wrapped_keys WHERE ${hasOldWrapper(outdated)}
    UNION ALL SELECT ${columns} FROM wrapped_keys WHERE ${isTooOld(outdated)} LIMIT ${limit}`);

/** Those that a newer version replaces, in the order of their ids. */
export const listRetiredKeys = (db: Handle, after: string, limit: number): Promise<WrappedKey[]> =>
  db.all(sql`
    SELECT ${columns} FROM wrapped_keys WHERE replaced_at IS NOT NULL AND id > ${after} ORDER BY id LIMIT ${limit}`);

const isNeeded = sql`(
  EXISTS (SELECT 1 FROM tokens WHERE tokens.key_id = wrapped_keys.id)
  OR EXISTS (SELECT 1 FROM wrapped_keys AS inner_key WHERE inner_key.wrapped_by = wrapped_keys.id))`;

/** Whether something is sealed or wrapped with it. */
export const isKeyNeeded = async (db: Handle, id: string): Promise<boolean> =>
  (await db.one(sql`SELECT id FROM wrapped_keys WHERE id = ${id} AND ${isNeeded}`)) !== undefined;

/** Only one that a newer version replaces and nothing needs. The database's own references have the last word. */
export const destroyKey = async (tx: Handle, id: string): Promise<boolean> =>
  (await tx.run(sql`DELETE FROM wrapped_keys WHERE id = ${id} AND ${hasNewer} AND NOT ${isNeeded}`)) === 1;

type Counts = {
  /** Keys that a newer version replaces and that are not destroyed yet. */
  readonly retired: number;
  /** Newest keys that are to be replaced or wrapped anew. */
  readonly outdated: number;
};

export async function countRotatingKeys(db: Handle, outdated: Outdated): Promise<Counts> {
  const counts = await db.one<Counts>(sql`
    SELECT (SELECT count(*) FROM wrapped_keys WHERE replaced_at IS NOT NULL) AS retired,
      (SELECT count(*) FROM wrapped_keys WHERE ${hasOldWrapper(outdated)})
        + (SELECT count(*) FROM wrapped_keys WHERE ${isTooOld(outdated)}) AS outdated`);
  return counts ?? { retired: 0, outdated: 0 };
}

type KeyCounts = {
  readonly purpose: string;
  /** The highest there is; of the keys of merchants, each of whom counts by himself, that of any. */
  readonly version: number;
  /** Replaced, and not destroyed yet. */
  readonly retired: number;
};

/** By purpose, but not in the order of an index of all keys. */
const byPurpose = sql`purpose || ''`;

/** From one purpose to the next, and to the end of each: the keys of all merchants are not read for it. */
export const countKeysByPurpose = (db: Handle): Promise<KeyCounts[]> =>
  db.all(sql`
    WITH RECURSIVE purposes (purpose) AS (
      SELECT min(purpose) FROM wrapped_keys WHERE purpose > ''
      UNION ALL SELECT (SELECT min(purpose) FROM wrapped_keys WHERE purpose > purposes.purpose)
        FROM purposes WHERE purpose IS NOT NULL)
    SELECT purposes.purpose, COALESCE(replaced.n, 0) AS retired,
      (SELECT max(version) FROM wrapped_keys WHERE wrapped_keys.purpose = purposes.purpose) AS version
    FROM purposes LEFT JOIN (
      SELECT ${byPurpose} AS purpose, count(*) AS n FROM wrapped_keys WHERE replaced_at IS NOT NULL GROUP BY ${byPurpose}
    ) AS replaced ON replaced.purpose = purposes.purpose
    WHERE purposes.purpose IS NOT NULL ORDER BY purposes.purpose`);

/** Newest keys: those of `purposes`, which a rotation replaces, and the others, which it wraps anew. */
export async function countCurrentKeys(
  db: Handle,
  purposes: readonly string[],
): Promise<{ readonly replaced: number; readonly rewrapped: number }> {
  const counts = await db.one<{ replaced: number; rewrapped: number }>(sql`
    SELECT COALESCE(SUM(CASE WHEN purpose IN (${join(purposes)}) THEN 1 ELSE 0 END), 0) AS replaced,
      COALESCE(SUM(CASE WHEN purpose IN (${join(purposes)}) THEN 0 ELSE 1 END), 0) AS rewrapped
    FROM wrapped_keys WHERE wrapped_by IS NOT NULL AND replaced_at IS NULL`);
  return counts ?? { replaced: 0, rewrapped: 0 };
}
