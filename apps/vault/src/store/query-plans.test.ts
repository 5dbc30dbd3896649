// How the statements of a payment, of the purges and of a rotation find their rows, on both engines: by an index, however many tokens
// there are.
import { forEachEngine } from '@ozura/e2e/databases';
import { expectIndices, expectIndicesNamed, expectPage } from '@ozura/e2e/query-plans';
import type { Database, Handle } from '@ozura/kit/db/handle';
import { beforeAll, test } from 'vitest';
import { deleteCvcOfToken, deleteExpiredCvc, leaseCvc, releaseCvc, releaseLease, takeCvc } from './cvc-entries.ts';
import { forgetHolds } from './holds.ts';
import {
  countKeysByPurpose,
  countRotatingKeys,
  destroyKey,
  findKey,
  findNewestKey,
  isKeyNeeded,
  listOlderWrappers,
  listOutdatedKeys,
  listRetiredKeys,
  markReplacedKeys,
} from './keys.ts';
import { listExpiredBefore, listPurgeable, listTokensOfCustomer, listUnusedSince } from './retention.ts';
import { countSealedWithOld, listSealedWith } from './sealed-tokens.ts';
import { deleteExpiredSessions, findSession, takeProxyCall } from './sessions.ts';
import { deleteExpiredTestCodes, deleteTestCodesOfToken } from './test-codes.ts';
import {
  destroyToken,
  findSealedToken,
  findToken,
  findTokenByFingerprint,
  findTokens,
  listTokenFacts,
} from './tokens.ts';

const merchantId = 'ozu_bluekettle';
const outdated = { wrappers: ['key-encryption::1'], madeUntil: 1, purposes: ['card-data'] };
const newest = { id: 'key-encryption::2', purpose: 'key-encryption', merchantId: '' };
const entry = { lookupId: 'l', merchantId, token: 'tok_x' };

const LOOKS: Readonly<Record<string, (db: Handle) => Promise<unknown>>> = {
  'a token': (db) => findToken(db, 'tok_x', merchantId),
  'many tokens': (db) =>
    findTokens(
      db,
      Array.from({ length: 100 }, (_none, i) => `tok_${i}`),
      merchantId,
    ),
  'a token to open': (db) => findSealedToken(db, 'tok_x', merchantId),
  'the token of a card': (db) => findTokenByFingerprint(db, merchantId, 'f'),
  'a security code to take': (db) => takeCvc(db, entry, 1),
  'a security code to lease': (db) => leaseCvc(db, entry, 'chg_x', 1),
  'a security code to release': (db) => releaseCvc(db, entry, 'chg_x'),
  'the security code of a lease': (db) => releaseLease(db, 'chg_x', merchantId),
  'a session': (db) => findSession(db, 'h'),
  'a session to count a call of': (db) => takeProxyCall(db, 'h'),
  'security codes whose time is up': (db) => deleteExpiredCvc(db, 1, 600_000),
  'codes of test tokens whose time is up': (db) => deleteExpiredTestCodes(db, 1, 500),
  'session keys that are old': (db) => deleteExpiredSessions(db, 1, 500),
  'tokens of hosted pages whose time is up': (db) => listPurgeable(db, 1, 100),
  'cards that expired': (db) => listExpiredBefore(db, { year: '2026', month: '11' }, 100),
  'tokens that nobody used': (db) => listUnusedSince(db, 1, 100),
  'tokens of a customer': (db) => listTokensOfCustomer(db, { merchantId, customerId: 'cus_1' }, '', 100),
  'a token to destroy': (db) => destroyToken(db, 'tok_x', merchantId, 1),
  'security codes of a destroyed token': (db) => deleteCvcOfToken(db, 'tok_x', merchantId),
  'codes of a destroyed test token': (db) => deleteTestCodesOfToken(db, 'tok_x'),
  'holds of a destroyed token': (db) => forgetHolds(db, 'tok_x'),
  'a key': (db) => findKey(db, 'key'),
  'the newest of a key': (db) => findNewestKey(db, 'card-data', merchantId),
  'keys by purpose': (db) => countKeysByPurpose(db),
  'keys that wrapped others': (db) => listOlderWrappers(db, newest),
  'keys to replace': (db) => listOutdatedKeys(db, outdated, 100),
  'keys that were replaced': (db) => listRetiredKeys(db, 'card', 100),
  'a few keys to mark': (db) => markReplacedKeys(db, 'card', 100),
  'how many keys are left': (db) => countRotatingKeys(db, outdated),
  'whether a key is needed': (db) => isKeyNeeded(db, 'key'),
  'a key to destroy': (db) => destroyKey(db, 'key'),
  'values of a key': (db) => listSealedWith(db, 'key', '', 64),
  'how many values are left': (db) => countSealedWithOld(db, ['key-encryption::1']),
};

/** An index of all keys of a purpose would do, and read them all. */
const OF_ROTATION: Readonly<Record<string, readonly string[]>> = {
  'keys by purpose': ['by_version', 'replaced'],
  'keys to replace': ['in_use_by_wrapper', 'in_use_by_age'],
  'keys that were replaced': ['replaced'],
  'how many keys are left': ['replaced', 'in_use_by_wrapper', 'in_use_by_age'],
  'how many values are left': ['replaced', 'in_use_by_wrapper'],
};

const NUMBERS = 'WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000)';

/** The planner of PostgreSQL has to know that they are many, or any index is as good to it. */
const MANY = `
  INSERT INTO wrapped_keys (id, purpose, merchant_id, version, wrapped, created_at)
    VALUES ('key-encryption::1', 'key-encryption', '', 1, CAST('x' AS BYTEA), 0);
  INSERT INTO wrapped_keys (id, purpose, merchant_id, version, wrapped, created_at)
    VALUES ('key-encryption::2', 'key-encryption', '', 2, CAST('x' AS BYTEA), 0);
  INSERT INTO wrapped_keys (id, purpose, merchant_id, version, wrapped_by, wrapped, created_at)
    VALUES ('key', 'card-data', 'ozu_x', 1, 'key-encryption::1', CAST('x' AS BYTEA), 0);
  INSERT INTO wrapped_keys (id, purpose, merchant_id, version, wrapped_by, wrapped, created_at)
    VALUES ('newer', 'card-data', 'ozu_x', 2, 'key-encryption::2', CAST('x' AS BYTEA), 0);
  INSERT INTO wrapped_keys (id, purpose, merchant_id, version, wrapped_by, wrapped, created_at)
    ${NUMBERS} SELECT 'card_' || n, 'card-data', 'ozu_' || n, 1, 'key-encryption::2', CAST('x' AS BYTEA), n FROM numbers;
  INSERT INTO tokens (token, merchant_id, type, sealed_number, key_id, expiration_month, expiration_year, created_at,
      last_used_at, purge_at, customer_id, minted_in)
    ${NUMBERS} SELECT 'tok_' || n, 'ozu_1', 'card', CAST('x' AS BYTEA), 'key', CAST(10 + n % 3 AS TEXT),
      CAST(2026 + n % 9 AS TEXT), n, n, n, 'cus_' || n, 'session_' || n FROM numbers;
  INSERT INTO sessions (key_hash, merchant_id, minted_by, proxy_limit, created_at, expires_at)
    ${NUMBERS} SELECT 'session_' || n, 'ozu_1', 'service:checkout', 1, n, n FROM numbers;
  INSERT INTO test_codes (lookup_id, merchant_id, token, sealed, expires_at)
    ${NUMBERS} SELECT 'code_' || n, 'ozu_1', 'tok_' || n, CAST('x' AS BYTEA), n FROM numbers`;

forEachEngine((engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
    await db.script(MANY);
    // SQLite has no statistics in production either.
    if (engine === 'postgres') await db.script('ANALYZE');
  });

  test.each(Object.entries(LOOKS))('%s: no table is read from end to end', (_what, look) => expectIndices(db, look));

  test.each(Object.entries(OF_ROTATION))('%s: by the index of just those', async (what, indices) => {
    await expectIndicesNamed(
      db,
      (tx) => LOOKS[what]?.(tx) ?? Promise.resolve(),
      indices.map((index) => `wrapped_keys_${index}`),
    );
  });

  test('a page of tokens is read in the order of an index', () =>
    expectPage(db, (tx) => listTokenFacts(tx, merchantId, { after: undefined, limit: 20 })));
});
