// The end of tokens: by the merchant, by the customer's wish, by age; and who can keep them (contract 7.6).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forEachEngine } from '@ozura/e2e/databases';
import { fromFrame, startTestVault, type TestApplication, type TestVault, visa } from '@ozura/e2e/vault';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VaultConfig } from './config.ts';
import type { VaultContext } from './context.ts';
import { purgeTokens } from './jobs/purge-tokens.ts';
import { openLocalRoot } from './keys/local.ts';
import { openKeys } from './keys/open.ts';
import { holdToken } from './store/holds.ts';
import { destroyToken } from './store/tokens.ts';

const merchantId = 'ozu_bluekettle';
const dayMs = 24 * 60 * 60 * 1000;

forEachEngine((_engine, _open, create) => {
  let vault: TestVault;
  let shop: TestApplication;
  let db: Database;
  beforeAll(async () => {
    const options = { processorDestinations: ['http://127.0.0.1:1/'], deduplicatedMerchants: [merchantId] };
    vault = await startTestVault({ ...options, databaseUrl: await create() });
    shop = await vault.createApplication(merchantId);
    db = await openDatabase({ url: vault.config.databaseUrl });
  });
  afterAll(async () => {
    await db.close();
    await vault.stop();
  });

  const key = () => ({ 'x-api-key': shop.key });
  const service = (merchant = merchantId) => ({ 'x-service-key': vault.keys.pay, 'x-merchant-id': merchant });
  const tokenize = async (fields: object = {}, card: object = visa): Promise<string> => {
    const session = await vault.mintSession(merchantId, { ...fields });
    return (await vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: card })).body.token;
  };
  const read = async (token: string): Promise<number> => (await vault.call('GET', `/tokens/${token}`, key())).status;
  const hold = (token: string, action: 'hold' | 'release', holder = 'plan:1', merchant = merchantId) =>
    vault.call('POST', `/tokens/${token}/${action}`, service(merchant), { holder });
  const remove = (token: string) => vault.call('DELETE', `/tokens/${token}`, key());
  const records = (object: string) =>
    db.all<{ action: string; actor: string }>(
      sql`SELECT action, actor FROM audit_records WHERE object LIKE ${object} ORDER BY sequence`,
    );
  /** The job, on a clock that is ahead. */
  const purge = async (aheadMs: number, policy: Partial<VaultConfig> = {}): Promise<void> => {
    const base = openContext(vault.config.log);
    const { audit } = await openKeys(db, openLocalRoot(vault.config.rootKeyFile, 'test', base), base);
    const later = { ...db, now: async () => (await db.now()) + aheadMs };
    const context = { db: later, audit, config: { ...vault.config, ...policy } };
    await purgeTokens(context as VaultContext).run(new AbortController().signal);
  };

  it('what may be known of several tokens is what each is known by, and nothing of those of others', async () => {
    const tokens = [await tokenize(), await tokenize({}, { ...visa, cardNumber: '5555555555554444' })];
    const deleted = await tokenize({}, { ...visa, cardNumber: '4000056655665556' });
    await remove(deleted);
    const find = (all: readonly unknown[], headers: Record<string, string> = service()) =>
      vault.call('POST', '/tokens/find', headers, { tokens: all });
    const each = await Promise.all(tokens.map((token) => vault.call('GET', `/tokens/${token}`, service())));
    const found = await find([...tokens, deleted, 'tok_nobody', ...tokens]);
    expect(found.status).toBe(200);
    expect(found.body.data).toHaveLength(2);
    expect(found.body.data).toEqual(expect.arrayContaining(each.map(({ body }) => body.data)));
    expect(each[0]?.body.data).toHaveProperty('fingerprint');
    expect((await find(tokens, service('ozu_other'))).body.data).toEqual([]);
    expect((await find(tokens, key())).status).toBe(401);
    expect((await find(tokens, { ...service(), 'x-service-key': vault.keys.checkout })).status).toBe(403);
    expect((await find([])).body.message).toBe('Invalid value for tokens');
    expect((await find(Array.from({ length: 65 }, () => 'tok_1'))).body.message).toBe('Invalid value for tokens');
    expect((await find([7])).body.message).toBe('Invalid value for tokens[0]');
  });

  it('a token that a plan uses is not deleted until the last plan lets go', async () => {
    const token = await tokenize();
    expect((await hold(token, 'hold')).body.data).toEqual({ held: true });
    expect((await hold(token, 'hold')).status).toBe(200);
    expect((await hold(token, 'hold', 'plan:2')).status).toBe(200);
    expect(await remove(token)).toMatchObject({
      status: 409,
      body: { errorCode: 'TOKEN_IN_USE', message: 'Token is used by an active plan' },
    });
    await hold(token, 'release');
    await hold(token, 'release');
    await hold(token, 'release', 'plan:2', 'ozu_other');
    expect((await remove(token)).status).toBe(409);
    await hold(token, 'release', 'plan:2');
    expect((await remove(token)).body.data).toEqual({ deleted: true });
    expect((await remove(token)).body.data).toEqual({ deleted: true });
    expect((await hold(token, 'hold')).body.errorCode).toBe('TOKEN_NOT_FOUND');
    expect((await hold(await tokenize(), 'hold', 'plan:1', 'ozu_other')).status).toBe(404);
    expect((await vault.call('POST', `/tokens/${token}/hold`, service(), {})).body.message).toBe(
      'Missing required field: holder',
    );
  });

  it('a request to hold that arrives after its release, late or again, holds nothing', async () => {
    const [late, again] = [await tokenize(), await tokenize()];
    expect((await hold(late, 'release')).body.data).toEqual({ released: true });
    await hold(again, 'hold');
    await hold(again, 'release');
    for (const token of [late, again]) {
      expect((await hold(token, 'hold')).body.data).toEqual({ held: false });
      expect((await hold(token, 'hold', 'plan:2')).body.data).toEqual({ held: true });
      expect((await remove(token)).status).toBe(409);
      await hold(token, 'release', 'plan:2');
      expect((await remove(token)).body.data).toEqual({ deleted: true });
      expect(await db.all(sql`SELECT holder FROM token_holds WHERE token = ${token}`)).toEqual([]);
    }
    // Somebody else's release is none.
    const mine = await tokenize();
    await hold(mine, 'release', 'plan:1', 'ozu_other');
    expect((await hold(mine, 'hold')).body.data).toEqual({ held: true });
  });

  it('of a deletion and a hold that come together one is told', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenize()));
    for (const token of tokens) {
      const [deleted, held] = await Promise.all([
        db.transact((tx) => destroyToken(tx, token, merchantId, 5)),
        db.transact((tx) => holdToken(tx, { token, merchantId, holder: 'plan:9' }, 5)),
      ]);
      expect(held).toBe(deleted ? 'gone' : 'held');
    }
    await hold(await tokenize(), 'hold');
    const destroyed = 'deleted_at = 1, sealed_number = NULL, fingerprint = NULL, mask = NULL, customer_id = NULL';
    await expect(db.script(`UPDATE tokens SET ${destroyed} WHERE holds > 0`)).rejects.toThrow(/check|holds/i);
  });

  it('all tokens of one customer go, with a certificate in the audit log', async () => {
    const mine = await Promise.all(Array.from({ length: 3 }, () => tokenize({ customer_id: 'cus_ada@example.com' })));
    const other = await tokenize({ customer_id: 'cus_bob' });
    const used = await tokenize({ customer_id: 'cus_ada@example.com' });
    await hold(used, 'hold');
    const erase = (query: string) => vault.call('DELETE', `/tokens${query}`, key());
    expect((await erase('?customer_id=cus_ada%40example.com')).body).toEqual({
      success: true,
      data: { deleted: 3, inUse: 1 },
    });
    expect(await Promise.all([...mine, other, used].map(read))).toEqual([404, 404, 404, 200, 200]);
    expect((await erase('?customer_id=cus_ada%40example.com')).body.data).toEqual({ deleted: 0, inUse: 1 });
    expect(await records('customer:%deleted:3 in_use:1')).toEqual([
      { action: 'erase_customer', actor: `application:${shop.id}` },
    ]);
    expect(await records(mine[0] ?? '')).toMatchObject([{ action: 'tokenize' }, { action: 'delete_token' }]);
    const [leak] = await db.all(sql`SELECT sequence FROM audit_records WHERE object LIKE '%example.com%'`);
    expect(leak).toBeUndefined();
    expect(await erase('')).toMatchObject({ status: 400, body: { message: 'Missing required field: customer_id' } });
    expect((await vault.call('DELETE', '/tokens?customer_id=cus_bob')).status).toBe(401);
    expect(await read(other)).toBe(200);
  });

  it('tokens of the hosted page go a day after their session, the others stay', async () => {
    const [page, held, own] = [
      await tokenize({ tokens_ttl_seconds: 86_400 }),
      await tokenize({ tokens_ttl_seconds: 86_400 }),
      await tokenize(),
    ];
    await hold(held, 'hold');
    // A merchant cannot say it: his tokens live until he deletes them.
    const minted = await vault.call('POST', '/sessions', key(), { tokens_ttl_seconds: 60 });
    const headers = fromFrame(minted.body.data.session_key ?? '');
    const byMerchant = (await vault.call('POST', '/tokenize', headers, { type: 'card', data: visa })).body.token;
    const all = () => Promise.all([page, held, own, byMerchant].map(read));
    await purge(dayMs - 60_000);
    expect(await all()).toEqual([200, 200, 200, 200]);
    await purge(dayMs + 1000);
    expect(await all()).toEqual([404, 200, 200, 200]);
    expect(await records(page)).toMatchObject([{ action: 'tokenize' }, { action: 'purge_token', actor: 'vault' }]);
    await hold(held, 'release');
    await purge(dayMs + 1000);
    expect(await all()).toEqual([404, 404, 200, 200]);
  });

  it('a token of the hosted page that the merchant is handed for a known card is his, and stays', async () => {
    const card = { ...visa, cardNumber: '4000056655665556' };
    const page = await tokenize({ tokens_ttl_seconds: 86_400 }, card);
    const { body } = await vault.call('POST', '/tokenize', key(), { type: 'card', data: card });
    expect(body).toMatchObject({ token: page, deduplicated: true });
    await purge(2 * dayMs);
    expect(await read(page)).toBe(200);
  });

  it('expired cards and unused tokens go by the policy of the operator, and only by it', async () => {
    const soon = new Date(Date.now() + 40 * dayMs);
    const card = {
      ...visa,
      expirationMonth: String(soon.getUTCMonth() + 1).padStart(2, '0'),
      expirationYear: String(soon.getUTCFullYear()),
    };
    const [expiring, lasting] = [await tokenize({}, card), await tokenize()];
    const both = () => Promise.all([expiring, lasting].map(read));
    await purge(400 * dayMs);
    expect(await both()).toEqual([200, 200]);
    await purge(0, { expiredCardDays: 30 });
    expect(await both()).toEqual([200, 200]);
    // Its month ends within 30 days of the day it was made for; then 30 more pass.
    await purge((40 + 31 + 31) * dayMs, { expiredCardDays: 30 });
    expect(await both()).toEqual([404, 200]);
    await db.run(sql`UPDATE tokens SET last_used_at = 1 WHERE token = ${lasting}`);
    const call = { token: lasting, proxy_url: 'http://127.0.0.1:1/', request_data: { a: `\${cardNumber}` } };
    await vault.call('POST', '/proxy/transaction', service(), call);
    await purge(9 * dayMs, { unusedTokenDays: 10 });
    expect(await both()).toEqual([404, 200]);
    await purge(11 * dayMs, { unusedTokenDays: 10 });
    expect(await both()).toEqual([404, 404]);
  });
});

it('nothing of a destroyed ciphertext is left in the database file', async () => {
  const vault = await startTestVault();
  const { key } = await vault.createApplication(merchantId);
  const session = await vault.mintSession(merchantId);
  const { token } = (await vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: visa })).body;
  const db = await openDatabase({ url: vault.config.databaseUrl });
  const row = await db.one<{ sealed: Uint8Array }>(
    sql`SELECT sealed_number AS sealed FROM tokens WHERE token = ${token}`,
  );
  await db.close();
  const sealed = Buffer.from(row?.sealed ?? []);
  const isOnDisk = () =>
    readdirSync(vault.folder)
      .filter((name) => name.startsWith('vault.db'))
      .some((name) => readFileSync(join(vault.folder, name)).includes(sealed));
  expect(isOnDisk()).toBe(true);
  await vault.call('DELETE', `/tokens/${token}`, { 'x-api-key': key });
  // The log of writes is put into the file when the program ends, at the latest.
  await vault.stop({ keep: true });
  expect(isOnDisk()).toBe(false);
  vault.remove();
});
