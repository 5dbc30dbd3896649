// What one finds who gets at the Vault's disk, its log or its database (PCI DSS 3.3, 3.5, 10.5; contract 13).
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fromFrame, startTestVault, type TestVault, visa } from '@ozura/e2e/vault';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { openMetrics } from '@ozura/kit/metrics';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openAudit } from './audit.ts';
import { installation } from './keys/key-rules.ts';
import { openKeyring } from './keys/keyring.ts';
import { openLocalRoot } from './keys/local.ts';
import { startVault } from './main.ts';

const merchantId = 'ozu_bluekettle';
const account = '98765432101234567';
const destination = 'http://127.0.0.1:1/';
let vault: TestVault;
let service: Record<string, string>;

beforeEach(async () => {
  vault = await startTestVault({ processorDestinations: [destination] });
  service = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId };
});
afterEach(() => vault.stop());

const tokenize = async (card: object = visa, merchant = merchantId) => {
  const session = await vault.mintSession(merchant);
  const { body } = await vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: card });
  return { ...body, session };
};
/** Every way in which the number could be decrypted and leave: 502 says that it was, and only the network failed. */
const use = async (token: string, merchant = merchantId) =>
  (
    await vault.call(
      'POST',
      '/proxy/transaction',
      { ...service, 'x-merchant-id': merchant },
      {
        token,
        proxy_url: destination,
        request_data: { number: '0' },
      },
    )
  ).status;

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesOf(join(folder, entry.name)) : [join(folder, entry.name)],
  );

it('neither database nor log holds a card number, a code, an account, a key or a handle', async () => {
  const { key } = await vault.createApplication(merchantId);
  const made = await tokenize();
  await tokenize({ ...visa, cardNumber: '4242424242424241' });
  const data = {
    accountNumber: account,
    routingNumber: '110000000',
    firstName: 'Adalbertina',
    lastName: 'L',
    accountType: 'savings',
  };
  await vault.call('POST', '/tokenize', { 'x-api-key': key }, { type: 'bank', data });
  await vault.call('POST', '/proxy/transaction', service, {
    token: made.token,
    cvc_session_id: made.cvc_session_id,
    proxy_url: destination,
    request_data: { a: `\${cardNumber}`, b: `\${cvv}` },
  });
  await vault.call(
    'POST',
    '/tokenize',
    { 'x-api-key': key },
    '{"type":"card","data":{"cardNumber":"4242424242424242",',
  );
  await vault.call('GET', '/tokens?card=4242424242424242', { 'x-api-key': key });
  // Logs are in order, and the last line is written after its answer: with it all are there.
  await vi.waitFor(async () => expect(await vault.logText()).toContain('"route":"/tokens"'), 30_000);
  const log = await vault.logText();
  expect(log).toContain('/proxy/transaction');
  const secrets = [
    ...['4242424242424242', '4242424242424241', account, 'Adalbertina', key, made.session, made.cvc_session_id],
    ...[vault.keys.pay, vault.keys.checkout, vault.keys.admin],
    Buffer.from('4242424242424242').toString('base64'),
  ];
  const files = filesOf(vault.folder).filter((file) => !file.endsWith('root.key'));
  expect(files.length).toBeGreaterThanOrEqual(2);
  for (const file of files) {
    const text = readFileSync(file, 'latin1');
    for (const secret of secrets) expect(text.includes(secret), `${file} holds ${secret}`).toBe(false);
  }
  expect(log.replaceAll(/"(pid|tookMs)":\d+/g, '')).not.toMatch(/"739"|: ?739\b/);
});

it('no key is stored but wrapped, and the root key file is its owner’s to read', async () => {
  await tokenize();
  const root = readFileSync(vault.config.rootKeyFile, 'utf8').trim();
  expect(statSync(vault.config.rootKeyFile).mode & 0o777).toBe(0o400);
  await vi.waitFor(async () => expect(await vault.logText()).toContain('created a root key file'), 30_000);
  const db = await openDatabase({ url: vault.config.databaseUrl });
  const rows = await db.all<{ purpose: string; merchantId: string; wrapped: Uint8Array }>(
    sql`SELECT purpose, merchant_id AS "merchantId", wrapped FROM wrapped_keys ORDER BY purpose`,
  );
  await db.close();
  expect(rows.map((row) => [row.purpose, row.merchantId])).toEqual([
    ['audit', ''],
    ['card-data', merchantId],
    ['fingerprint', merchantId],
    ['key-encryption', ''],
  ]);
  for (const { wrapped } of rows) {
    expect(wrapped.length).toBe(1 + 4 + 12 + 32 + 16);
    expect(Buffer.from(wrapped).toString('hex')).not.toContain(root);
  }
});

it('a ciphertext moved to another row or merchant does not decrypt', async () => {
  const [mine, mine2, theirs] = [await tokenize(), await tokenize(), await tokenize(visa, 'ozu_other')];
  expect(await use(mine.token)).toBe(502);
  const move = (from: string, to: string) =>
    vault.tamper(
      `UPDATE tokens SET sealed_number = (SELECT sealed_number FROM tokens WHERE token = '${from}') WHERE token = '${to}'`,
    );
  await move(mine.token, mine2.token);
  expect(await use(mine2.token)).toBe(500);
  await move(mine.token, theirs.token);
  expect(await use(theirs.token, 'ozu_other')).toBe(500);
  await vault.tamper(`UPDATE tokens SET merchant_id = 'ozu_other' WHERE token = '${mine.token}'`);
  expect(await use(mine.token, 'ozu_other')).toBe(500);
});

it('a wrapped key moved to another merchant, purpose or version does not open', async () => {
  await tokenize();
  await vault.tamper("UPDATE wrapped_keys SET merchant_id = 'ozu_new' WHERE purpose = 'card-data'");
  await vault.tamper(
    "UPDATE wrapped_keys SET purpose = 'card-data', merchant_id = 'ozu_third' WHERE purpose = 'fingerprint'",
  );
  for (const merchant of ['ozu_new', 'ozu_third']) {
    const session = await vault.mintSession(merchant);
    expect((await vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: visa })).status).toBe(500);
  }
});

it('without the root key nothing opens, and live mode does not make one', async () => {
  await tokenize();
  const rootKeyFile = join(vault.folder, 'other.key');
  const config = { ...vault.config, rootKeyFile };
  await expect(startVault({ ...config, mode: 'live' })).rejects.toThrow(/root key/);
  expect(existsSync(rootKeyFile)).toBe(false);
  await expect(startVault(config)).rejects.toThrow();
});

it('every use leaves a record, and the chain shows what was done to it', async () => {
  const { token } = await tokenize();
  await use(token);
  await vault.call('POST', '/proxy/transaction', service, { token, proxy_url: 'https://evil.test/', request_data: {} });
  const { key } = await vault.createApplication(merchantId);
  await vault.call('DELETE', `/tokens/${token}`, { 'x-api-key': key });
  const db = await openDatabase({ url: vault.config.databaseUrl });
  const records = await db.all<{ action: string; actor: string; object: string; outcome: string; address: string }>(
    sql`SELECT action, actor, object, outcome, address FROM audit_records ORDER BY sequence`,
  );
  expect(records.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'start allowed',
    'create_key allowed',
    'create_key allowed',
    'tokenize allowed',
    'proxy allowed',
    'proxy refused',
    'create_application allowed',
    'delete_token allowed',
  ]);
  expect(records[3]).toMatchObject({
    actor: expect.stringMatching(/^session:[0-9a-f]{16}$/),
    object: token,
    address: '127.0.0.1',
  });
  expect(records[4]?.actor).toBe('service:pay');

  const { random, now, log } = { random: () => new Uint8Array(32), now: () => 0, log: vault.config.log };
  const root = openLocalRoot(vault.config.rootKeyFile, 'test', { random, now, log, metrics: openMetrics() });
  const keys = await openKeyring({ db, root, now, random, keyMade: async () => undefined });
  const audit = openAudit((await keys.current('audit', installation)).key, db);
  expect((await audit.verify(db)).damage).toBeUndefined();
  await expect(db.script("UPDATE audit_records SET object = 'x'")).rejects.toThrow(/never change/);
  await expect(db.script('DELETE FROM audit_records')).rejects.toThrow(/never go/);
  await db.script('DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks');
  for (const [change, undo, at, kind] of [
    [
      "UPDATE audit_records SET actor = 'nobody' WHERE sequence = 5",
      "UPDATE audit_records SET actor = 'service:pay' WHERE sequence = 5",
      5,
      'altered',
    ],
    [
      'UPDATE audit_records SET sequence = 80 WHERE sequence = 8',
      'UPDATE audit_records SET sequence = 8 WHERE sequence = 80',
      8,
      'removed',
    ],
    ['DELETE FROM audit_records WHERE sequence = 8', '', 8, 'truncated'],
  ] as const) {
    await db.script(change);
    expect((await audit.verify(db)).damage).toEqual({ sequence: at, kind });
    await db.script(undo);
  }
  await db.close();
});

it('what cannot be recorded does not happen', async () => {
  const { token, cvc_session_id } = await tokenize();
  await vault.tamper('ALTER TABLE audit_records RENAME TO elsewhere');
  const session = await vault.mintSession(merchantId);
  const refused = await vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: visa });
  const called = { token, cvc_session_id, proxy_url: destination, request_data: { c: `\${cvc}` } };
  const proxied = await vault.call('POST', '/proxy/transaction', service, called);
  expect([refused.status, proxied.status, proxied.body.sent]).toEqual([500, 500, 'no']);
  await vault.tamper('ALTER TABLE elsewhere RENAME TO audit_records');
  // Neither the use of the session nor the code was spent.
  for (let i = 0; i < 3; i += 1) {
    expect((await vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: visa })).status).toBe(201);
  }
  expect((await vault.call('POST', '/proxy/transaction', service, called)).body.errorCode).toBe('PROXY_NOT_SENT');
});

it('everything is there after a restart', async () => {
  const { token } = await tokenize();
  const again = await startVault(vault.config);
  const headers = { ...service, 'content-type': 'application/json' };
  const body = JSON.stringify({ token, proxy_url: destination, request_data: { n: `\${cardNumber}` } });
  const answer = await fetch(`${again.url}/proxy/transaction`, { method: 'POST', headers, body });
  expect((await answer.json()).errorCode).toBe('PROXY_NOT_SENT');
  await again.stop();
});
