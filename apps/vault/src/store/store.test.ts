// The guards of the Vault's tables, and what two who come together get, on both engines.
import { randomBytes } from 'node:crypto';

import { forEachEngine } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { beforeAll, expect, it } from 'vitest';
import { type AuditEvent, openAudit } from '../audit.ts';
import { installation } from '../keys/key-rules.ts';
import { openKeyring } from '../keys/keyring.ts';
import {
  ensureProject,
  findApplicationByKey,
  insertApplication,
  listLiveApplications,
  revokeApplication,
} from './applications.ts';
import { findHead } from './audit.ts';
import { deleteExpiredCvc, insertCvcs, leaseCvc, releaseCvc, releaseLease, takeCvc } from './cvc-entries.ts';
import { findNewestKey, insertKey } from './keys.ts';
import { listUnusedSince } from './retention.ts';
import {
  countRefusedCard,
  deleteExpiredSessions,
  findSession,
  insertSession,
  revokeSession,
  revokeSessionsOf,
  takeProxyCall,
  takeUse,
} from './sessions.ts';
import { destroyToken, findEnd, findToken, insertToken, listTokenFacts, markUsed, type NewToken } from './tokens.ts';

const migrations = new URL('./migrations/', import.meta.url);
const migration = (named: string): string => readMigrations(migrations).find(({ name }) => name === named)?.text ?? '';
const merchantId = 'ozu_bluekettle';
const bytes = new Uint8Array([1, 2, 3]);

const session = (keyHash: string, more: object = {}) => ({
  keyHash,
  merchantId,
  mintedBy: 'service:checkout',
  sessionId: null,
  useLimit: 3,
  orderId: null,
  customerId: null,
  cartId: null,
  expiresAt: 1000,
  proxyLimit: null,
  metadata: null,
  createdAt: 0,
  tokensPurgeAt: null,
  ...more,
});

const card = (token: string, more: Partial<NewToken> = {}): NewToken => ({
  token,
  merchantId,
  type: 'card',
  sealedNumber: bytes,
  sealedHolder: null,
  fingerprint: 'f',
  mask: '424242******4242',
  bin: '424242',
  last4: '4242',
  brand: 'VISA',
  funding: 'credit',
  country: null,
  expirationMonth: '11',
  expirationYear: '2035',
  routingNumber: null,
  accountType: null,
  mintedIn: null,
  sessionId: null,
  orderId: null,
  customerId: null,
  cartId: null,
  createdAt: 5,
  keyId: 'card-data:ozu_bluekettle:1',
  purgeAt: null,
  ...more,
});

forEachEngine((_engine, open, create) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(migrations);
    await insertKey(db, {
      id: 'card-data:ozu_bluekettle:1',
      purpose: 'card-data',
      merchantId,
      version: 1,
      wrappedBy: null,
      wrapped: bytes,
      uses: 0,
      createdAt: 0,
    });
  });
  const inTurn = <T>(body: (tx: Parameters<Parameters<Database['transact']>[0]>[0]) => Promise<T>) => db.transact(body);
  const times = <T>(count: number, run: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => run(index)));

  it('short account numbers that were kept whole are so no more', async () => {
    const bank = {
      type: 'bank',
      bin: null,
      brand: null,
      funding: null,
      expirationMonth: null,
      expirationYear: null,
    } as const;
    const kept = { four: ['1234', '1234'], seven: ['***4567', '4567'], eight: ['****5678', '5678'] };
    for (const [token, [mask = '', last4 = '']] of Object.entries(kept)) {
      await db.transact((tx) => insertToken(tx, card(token, { ...bank, mask, last4 })));
    }
    for (const _again of [1, 2]) await db.script(migration('0005-short-accounts'));
    const rows = await Promise.all(Object.keys(kept).map((token) => findToken(db, token, merchantId)));
    expect(rows.map((row) => [row?.mask, row?.last4])).toEqual([
      ['**34', '34'],
      ['****567', '567'],
      ['****5678', '5678'],
    ]);
  });

  it('fifty uses of a session at once are as many as it has', async () => {
    await insertSession(db, session('fifty'));
    const taken = await times(50, () => inTurn((tx) => takeUse(tx, 'fifty', 500)));
    expect(taken.filter(Boolean)).toHaveLength(3);
    expect((await findSession(db, 'fifty'))?.uses).toBe(3);
  });

  it('a use that is rolled back was none', async () => {
    await insertSession(db, session('rolled', { useLimit: 1 }));
    const failed = inTurn(async (tx) => {
      await takeUse(tx, 'rolled', 500);
      throw new Error('later');
    });
    await expect(failed).rejects.toThrow('later');
    expect(await inTurn((tx) => takeUse(tx, 'rolled', 500))).toBe(true);
    expect(await inTurn((tx) => takeUse(tx, 'rolled', 500))).toBe(false);
  });

  it('a key and what it has handed out end while both are in use, and nobody is given up for it', async () => {
    const mintedBy = 'app_ending';
    for (const keyHash of ['ending-b', 'ending-a']) await insertSession(db, session(keyHash, { mintedBy }));
    let revoking: Promise<unknown> | undefined;
    const using = inTurn(async (tx) => {
      await takeUse(tx, 'ending-a', 500);
      revoking = inTurn((tx) => revokeSessionsOf(tx, mintedBy, 400));
      // It has begun by then, and waits.
      if (db.engine === 'postgres') await tx.one(sql`SELECT pg_sleep(0.3)`);
      return takeUse(tx, 'ending-b', 500);
    });
    expect(await using).toBe(true);
    await revoking;
    for (const keyHash of ['ending-a', 'ending-b']) expect((await findSession(db, keyHash))?.revokedAt).toBe(400);
  });

  it('an expired or revoked session has no uses, and stays revoked', async () => {
    await insertSession(db, session('over', { useLimit: null }));
    expect(await inTurn((tx) => takeUse(tx, 'over', 1000))).toBe(false);
    expect(await inTurn((tx) => takeUse(tx, 'over', 999))).toBe(true);
    await revokeSession(db, 'over', 'ozu_other', 999);
    expect(await inTurn((tx) => takeUse(tx, 'over', 999))).toBe(true);
    await revokeSession(db, 'over', merchantId, 999);
    expect(await inTurn((tx) => takeUse(tx, 'over', 999))).toBe(false);
    await expect(db.script("UPDATE sessions SET revoked_at = NULL WHERE key_hash = 'over'")).rejects.toThrow(/revoked/);
    await expect(db.script("UPDATE sessions SET use_limit = 1, uses = 2 WHERE key_hash = 'fifty'")).rejects.toThrow();
  });

  it('refused cards are counted together, and revoke the session past the limit', async () => {
    await insertSession(db, session('refused'));
    const counts = await times(4, () => inTurn((tx) => countRefusedCard(tx, 'refused', 3, 700)));
    expect(counts.sort()).toEqual([1, 2, 3, 4]);
    expect((await findSession(db, 'refused'))?.revokedAt).toBe(700);
    expect(await inTurn((tx) => countRefusedCard(tx, 'nobody', 3, 700))).toBe(0);
  });

  it('a limit of proxy calls outlives the session as long as its tokens live', async () => {
    await insertSession(db, session('proxied', { proxyLimit: 2, expiresAt: 10 }));
    await insertSession(db, session('plain', { expiresAt: 10 }));
    await insertToken(db, card('tok_proxied', { mintedIn: 'proxied' }));
    const calls = await times(5, () => inTurn((tx) => takeProxyCall(tx, 'proxied')));
    expect(calls.filter(Boolean)).toHaveLength(2);
    await deleteExpiredSessions(db, 11, 500);
    expect([await findSession(db, 'proxied'), await findSession(db, 'plain')]).toEqual([expect.anything(), undefined]);
    await inTurn((tx) => destroyToken(tx, 'tok_proxied', merchantId, 1));
    await deleteExpiredSessions(db, 11, 500);
    expect(await findSession(db, 'proxied')).toBeUndefined();
  });

  it('one of many takes a security code, and a lease keeps others out', async () => {
    const entry = { lookupId: 'one', merchantId, token: 'tok_1' };
    await insertCvcs(db, [{ ...entry, sealed: bytes, expiresAt: 1000 }]);
    expect(await inTurn((tx) => takeCvc(tx, { ...entry, token: 'tok_2' }, 1))).toBeUndefined();
    expect(await inTurn((tx) => takeCvc(tx, { ...entry, merchantId: 'ozu_other' }, 1))).toBeUndefined();
    expect(await inTurn((tx) => takeCvc(tx, entry, 1000))).toBeUndefined();
    const taken = await times(20, () => inTurn((tx) => takeCvc(tx, entry, 999)));
    expect(taken.filter((sealed) => sealed !== undefined).map((sealed) => [...sealed])).toEqual([[1, 2, 3]]);

    const leased = { ...entry, lookupId: 'two' };
    await insertCvcs(db, [{ ...leased, sealed: bytes, expiresAt: 1000 }]);
    const leases = await times(10, (i) => inTurn((tx) => leaseCvc(tx, leased, `chg_${i % 2}`, 1)));
    expect(leases.filter((sealed) => sealed !== undefined)).toHaveLength(5);
    expect(await inTurn((tx) => takeCvc(tx, leased, 1))).toBeUndefined();
    expect(await releaseLease(db, 'chg_0', 'ozu_other')).toBe(0);
    expect((await releaseLease(db, 'chg_0', merchantId)) + (await releaseLease(db, 'chg_1', merchantId))).toBe(1);

    const unused = { ...entry, lookupId: 'unused' };
    await insertCvcs(db, [{ ...unused, sealed: bytes, expiresAt: 1000 }]);
    expect(await releaseCvc(db, { ...unused, merchantId: 'ozu_other' }, undefined)).toBe(0);
    expect(await releaseCvc(db, unused, 'chg_0')).toBe(1);
    expect(await releaseCvc(db, unused, 'chg_0')).toBe(0);
    await insertCvcs(db, [{ ...unused, sealed: bytes, expiresAt: 1000 }]);
    await inTurn((tx) => leaseCvc(tx, unused, 'chg_0', 1));
    expect(await releaseCvc(db, unused, undefined)).toBe(0);
    expect(await releaseCvc(db, unused, 'chg_1')).toBe(0);
    expect(await releaseCvc(db, unused, 'chg_0')).toBe(1);

    await insertCvcs(db, [{ ...{ ...entry, lookupId: 'three' }, sealed: bytes, expiresAt: 50 }]);
    expect(await deleteExpiredCvc(db, 49, 90)).toBe(0);
    expect(await deleteExpiredCvc(db, 50, 90)).toBe(1);
    // Made by a clock that was set back since.
    await insertCvcs(db, [{ ...{ ...entry, lookupId: 'four' }, sealed: bytes, expiresAt: 5_000 }]);
    expect(await deleteExpiredCvc(db, 4_910, 90)).toBe(0);
    expect(await deleteExpiredCvc(db, 4_909, 90)).toBe(1);
  });

  it('a destroyed token keeps nothing but its name, and stays destroyed', async () => {
    await insertToken(db, card('tok_gone', { customerId: 'cus_1' }));
    expect(await inTurn((tx) => destroyToken(tx, 'tok_gone', 'ozu_other', 9))).toBe(false);
    expect(await inTurn((tx) => destroyToken(tx, 'tok_gone', merchantId, 9))).toBe(true);
    expect(await inTurn((tx) => destroyToken(tx, 'tok_gone', merchantId, 9))).toBe(false);
    expect([await findToken(db, 'tok_gone', merchantId), await findEnd(db, 'tok_gone', merchantId)]).toEqual([
      undefined,
      'gone',
    ]);
    const back = "UPDATE tokens SET deleted_at = NULL, sealed_number = fingerprint WHERE token = 'tok_gone'";
    await expect(db.script(back)).rejects.toThrow();
    await expect(insertToken(db, card('tok_odd', { type: 'cash' as 'card' }))).rejects.toThrow();
  });

  it('a token that is used all the time counts as used, and one that nobody used for the whole time goes', async () => {
    const [hourMs, madeMs] = [3_600_000, 1_000];
    await insertToken(db, card('tok_used', { createdAt: madeMs }));
    const goesAt = async (sinceMs: number) => {
      const found = await listUnusedSince(db, sinceMs, 10);
      return found.some(({ token }) => token === 'tok_used');
    };
    for (let used = madeMs; used <= madeMs + 10 * hourMs; used += hourMs / 4)
      expect(await markUsed(db, 'tok_used', used)).toBe(true);
    const lastMs = madeMs + 10 * hourMs;
    expect(await goesAt(lastMs - 1)).toBe(false);
    expect(await goesAt(lastMs + hourMs)).toBe(true);
    await destroyToken(db, 'tok_used', merchantId, lastMs);
    expect(await markUsed(db, 'tok_used', lastMs)).toBe(false);
  });

  it('tokens of one moment are listed once each, in pages', async () => {
    const merchant = 'ozu_lister';
    for (const token of ['tok_a', 'tok_B', 'tok_c'])
      await insertToken(db, card(token, { merchantId: merchant, createdAt: 7 }));
    await insertToken(db, card('tok_0', { merchantId: merchant, createdAt: 8 }));
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await listTokenFacts(db, merchant, { limit: 1, after });
      if (page[0] === undefined) break;
      after = page[0].token;
      seen.push(after);
    }
    expect([...seen].sort()).toEqual(['tok_0', 'tok_B', 'tok_a', 'tok_c']);
    expect(seen.at(-1)).toBe('tok_0');
  });

  it('a merchant has one project, whoever comes first', async () => {
    const projects = await times(10, (i) => inTurn((tx) => ensureProject(tx, merchantId, `proj_${i}`)));
    expect(new Set(projects).size).toBe(1);
    const application = {
      id: 'app_1',
      projectId: projects[0] ?? '',
      merchantId,
      name: 'Shop',
      pubKey: 'pk_test_1',
      permissions: { tokenization: true, provisioning: false, detokenization: false },
      destinations: ['https://api.test/'],
      origins: [],
      createdAt: 3,
    };
    await insertApplication(db, application, 'hash');
    expect(await findApplicationByKey(db, 'hash')).toEqual(application);
    expect(await listLiveApplications(db, 'ozu_other')).toEqual([]);
    expect(await listLiveApplications(db, undefined)).toEqual([application]);
    expect(await inTurn((tx) => revokeApplication(tx, 'app_1', 4))).toBe(true);
    expect(await findApplicationByKey(db, 'hash')).toBeUndefined();
  });

  it('several processes make each key once, and write one audit chain without gaps', async () => {
    const url = await create();
    const handles = [await openDatabase({ url }), await openDatabase({ url })];
    for (const handle of handles) await migrate(handle, readMigrations(migrations));
    const root = {
      wrap: async (plain: Uint8Array) => Uint8Array.from(plain),
      unwrap: async (wrapped: Uint8Array) => Uint8Array.from(wrapped),
    };
    const made: string[] = [];
    const keyMade = async (_tx: unknown, key: { readonly id: string }) => void made.push(key.id);
    const rings = await Promise.all(
      handles.map((handle) => openKeyring({ db: handle, root, now: Date.now, random: randomBytes, keyMade })),
    );
    const keys = (await Promise.all(rings.map((ring) => times(5, () => ring.current('card-data', merchantId))))).flat();
    expect(new Set(keys.map(({ key }) => key.export().toString('hex'))).size).toBe(1);
    expect(made).toEqual(['key-encryption::1', 'card-data:ozu_bluekettle:1']);
    expect((await findNewestKey(handles[0] as Database, 'card-data', merchantId))?.version).toBe(1);

    const event: AuditEvent = {
      merchantId,
      actor: 'service:pay',
      action: 'proxy',
      object: 'tok_1',
      outcome: 'allowed',
      address: '::1',
      requestId: 'req_1',
    };
    const chains = await Promise.all(
      rings.map(async (ring, i) => openAudit((await ring.current('audit', installation)).key, handles[i] as Database)),
    );
    await times(60, async (i) => {
      const [handle, audit] = [handles[i % 2] as Database, chains[i % 2]];
      // Without that of its key the log would be one that begins anew.
      const one = i > 0 ? event : ({ ...event, action: 'create_key', object: 'card-data:ozu_bluekettle:1' } as const);
      await handle.transact(async (tx) => audit?.record(tx, one, i));
    });
    expect((await findHead(handles[0] as Database))?.sequence).toBe(60);
    expect(await chains[0]?.verify(handles[1] as Database)).toMatchObject({ records: 60, anchor: { sequence: 60 } });
    for (const handle of handles) await handle.close();
  });
});
