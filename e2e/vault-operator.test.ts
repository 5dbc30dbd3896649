// The Vault's operator at the command line: keys, audit log, and tokens that move to another installation.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { compactDecrypt, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';
import { fromFrame, startTestVault, type TestVault, visa } from './vault.ts';

const merchantId = 'ozu_bluekettle';
const destination = 'http://127.0.0.1:1/';
const debit = { ...visa, cardNumber: '4000056655665556', cvv: undefined };
const account = {
  accountNumber: '98765432101234567',
  routingNumber: '110000000',
  firstName: 'Adalbertina',
  lastName: 'Lovelace',
  accountType: 'savings',
};
let here: TestVault;
let there: TestVault;
let tokens: string[];

beforeAll(async () => {
  const options = { processorDestinations: [destination], keyIdleSeconds: 1 };
  [here, there] = await Promise.all([startTestVault(options), startTestVault(options)]);
  // More than two parts of an export.
  tokens = await Promise.all(Array.from({ length: 110 }, (_none, i) => tokenize(i % 2 === 0 ? visa : debit)));
  const { key } = await here.createApplication(merchantId);
  const bank = { type: 'bank', data: account };
  tokens.push((await here.call('POST', '/tokenize', { 'x-api-key': key }, bank)).body.token);
});

afterAll(async () => {
  await here?.stop();
  await there?.stop();
});

async function tokenize(card: object): Promise<string> {
  const session = await here.mintSession(merchantId, { customer_id: 'cus_1', order_id: 'order 1' });
  return (await here.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: card })).body.token;
}

const ozura = async (vault: TestVault, ...args: string[]) => {
  const { ended } = runCli(args, { VAULT_URL: vault.url, ADMIN_TOKEN: vault.keys.admin });
  const { code, stdout, stderr } = await ended;
  return { code, stdout, stderr };
};
const done = (stdout: unknown) => ({ code: 0, stdout, stderr: '' });
const refused = (reason: string) => ({ code: 1, stderr: expect.stringContaining(`ozura: ${reason}`) });

/** 502: the number was decrypted, and only the network failed. */
const use = async (vault: TestVault, token: string): Promise<number> => {
  const headers = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId };
  const placeholder = token === tokens.at(-1) ? 'accountNumber' : 'cardNumber';
  const request = { token, proxy_url: destination, request_data: { number: `\${${placeholder}}` } };
  return (await vault.call('POST', '/proxy/transaction', headers, request)).status;
};

test('keys are rotated after a look at what that would do', async () => {
  expect(await ozura(here, 'vault', 'rotate', '--dry-run')).toEqual(
    done(expect.stringMatching(/replace or wrap anew \d keys, encrypt 111 values again/)),
  );
  expect(await ozura(here, 'vault', 'status')).toEqual(
    done('key-encryption key: version 1\nall values are on the newest keys\n'),
  );
  const { code, stdout } = await ozura(here, 'vault', 'rotate');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^rotation started\n[\s\S]*\ndone: key-encryption key 2, all values on the newest keys\n$/);
  expect((await ozura(here, 'vault', 'status', '--json')).stdout).toContain('"kek_version": 2');
  expect(await use(here, tokens[0] ?? '')).toBe(502);
});

test('tokens move to another installation, and only ciphertext is on the way', async () => {
  const keyFile = join(here.folder, 'recipient.json');
  const file = join(here.folder, 'tokens.jwe');
  writeFileSync(keyFile, (await ozura(there, 'vault', 'import-key')).stdout);
  const exported = await ozura(here, 'vault', 'export', '--to', keyFile, '--out', file, '--by', 'ines');
  expect(exported).toEqual(done(expect.stringMatching(/^111 tokens in 3 parts/)));
  const text = readFileSync(file, 'utf8');
  for (const secret of [visa.cardNumber, account.accountNumber, account.lastName, merchantId, tokens[0] ?? '']) {
    expect(text).not.toContain(secret);
  }
  expect(await ozura(here, 'vault', 'export', '--to', keyFile, '--out', file)).toEqual({
    ...refused(`${file}: is there already`),
    stdout: '',
  });

  expect(await ozura(there, 'vault', 'import', file)).toEqual(done('111 tokens imported, 0 were here before\n'));
  expect(await ozura(there, 'vault', 'import', file)).toEqual(done('0 tokens imported, 111 were here before\n'));
  expect(new Set(await Promise.all(tokens.map((token) => use(there, token))))).toEqual(new Set([502]));
  const { key } = await there.createApplication(merchantId, {
    permissions: { tokenization: { allowed: true }, detokenization: { allowed: true } },
  });
  const clear = (token = '') => there.call('POST', '/detokenize', { 'x-api-key': key }, { token });
  expect((await clear(tokens[1])).body.data).toMatchObject({ number: debit.cardNumber, expiration_year: '2035' });
  expect((await clear(tokens[110])).body.data).toMatchObject({
    account_number: account.accountNumber,
    last_name: account.lastName,
    account_type: 'savings',
  });
  const facts = async (vault: TestVault, token = '') => {
    const headers = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId };
    // The fingerprint is under a key of the installation.
    const { fingerprint: _own, ...more } = (await vault.call('GET', `/tokens/${token}`, headers)).body.data;
    return more;
  };
  expect(await facts(there, tokens[0])).toEqual(await facts(here, tokens[0]));

  const records = async (vault: TestVault, action: string) => {
    const db = await openDatabase({ url: vault.config.databaseUrl });
    const found = await db.all<{ object: string; actor: string }>(
      sql`SELECT object, actor FROM audit_records WHERE action = ${action}`,
    );
    await db.close();
    return found;
  };
  const { kid } = JSON.parse(readFileSync(keyFile, 'utf8'));
  expect(await records(here, 'export_token')).toContainEqual({ object: `${tokens[7]} to ${kid}`, actor: 'admin:ines' });
  expect((await records(there, 'import_token')).map(({ object }) => object).sort()).toEqual([...tokens].sort());
});

test('an export that was damaged on the way is not taken for whole', async () => {
  const lines = readFileSync(join(here.folder, 'tokens.jwe'), 'utf8').trimEnd().split('\n');
  const [first = '', second = '', third = ''] = lines;
  const imported = async (name: string, ...parts: string[]) => {
    const file = join(here.folder, name);
    writeFileSync(file, `${parts.join('\n')}\n`);
    return (await ozura(there, 'vault', 'import', file)).stderr;
  };
  const altered = `${second.slice(0, -20)}${second.at(-20) === 'A' ? 'B' : 'A'}${second.slice(-19)}`;
  writeFileSync(join(here.folder, 'foreign.jwe'), `${first}\n`);
  expect(
    await Promise.all([
      imported('short.jwe', first, second),
      imported('gap.jwe', first, third),
      imported('long.jwe', first, second, third, first),
      imported('altered.jwe', first, altered, third),
      // Encrypted to the other Vault's key.
      ozura(here, 'vault', 'import', join(here.folder, 'foreign.jwe')).then(({ stderr }) => stderr),
    ]),
  ).toEqual([
    expect.stringMatching(/short.jwe: the end is missing/),
    expect.stringMatching(/gap.jwe: part 3 stands where 2 belongs/),
    expect.stringMatching(/long.jwe: something follows the last part/),
    expect.stringMatching(/altered.jwe: part 2: Invalid value for jwe/),
    expect.stringMatching(/foreign.jwe: part 1: Invalid value for jwe/),
  ]);
});

test('any strong public key is a recipient, and nothing else', async () => {
  const admin = { authorization: `Bearer ${here.keys.admin}` };
  const ask = (recipient: unknown) => here.call('POST', '/exports', admin, { recipient, part: 1 });
  for (const alg of ['RSA-OAEP-256', 'ECDH-ES'] as const) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const recipient = await crypto.subtle.exportKey('jwk', publicKey);
    const { key_ops: _operations, ext: _extractable, ...jwk } = recipient;
    const { body } = await ask(jwk);
    const { plaintext, protectedHeader } = await compactDecrypt(body.data.jwe ?? '', privateKey);
    expect(protectedHeader).toMatchObject({ alg, enc: 'A256GCM' });
    const part = JSON.parse(Buffer.from(plaintext).toString());
    expect(part).toMatchObject({ format: 'ozura-tokens-1', part: 1, last: false });
    expect(part.tokens).toHaveLength(50);
    expect(part.tokens[0]).toMatchObject({ merchantId, values: { expirationMonth: '11' }, customerId: 'cus_1' });
  }
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const secret = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const zero = { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) };
  for (const recipient of [
    weak,
    secret,
    zero,
    { kty: 'oct', k: 'AAAA' },
    { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' },
    {},
  ]) {
    expect(await ask(recipient)).toMatchObject({ status: 400, body: { message: 'Invalid value for recipient' } });
  }
  expect((await here.call('POST', '/exports', {}, { recipient: {}, part: 1 })).status).toBe(401);
});

test('a card that would be refused is refused on import, and nothing of its part is written', async () => {
  const live = '4929000000006';
  const { data } = (await there.call('GET', '/imports/key', { authorization: `Bearer ${there.keys.admin}` })).body;
  const { CompactEncrypt, importJWK } = await import('jose');
  const token = (name: string, cardNumber: string) => ({
    token: `tok_${name.padEnd(30, '0')}`,
    merchantId,
    type: 'card',
    values: { cardNumber, expirationMonth: '11', expirationYear: '2035' },
    ...{ sessionId: null, orderId: null, customerId: null, cartId: null, createdAt: Date.now(), purgeAt: null },
  });
  const part = { format: 'ozura-tokens-1', exportId: 'exp_1', part: 1, last: true };
  const tokensOfPart = [token('good', visa.cardNumber), token('real', live)];
  const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify({ ...part, tokens: tokensOfPart })))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(await importJWK({ ...data }, 'ECDH-ES'));
  const admin = { authorization: `Bearer ${there.keys.admin}` };
  expect(await there.call('POST', '/imports', admin, { jwe })).toMatchObject({
    status: 400,
    body: { errorCode: 'TEST_CARD_REQUIRED', message: 'tokens[1]: Test mode accepts test cards only' },
  });
  expect(await use(there, `tok_${'good'.padEnd(30, '0')}`)).toBe(404);
});

test('the audit log is whole until somebody works on it, and then the command says where', async () => {
  const { code, stdout } = await ozura(here, 'audit', 'verify');
  expect(code).toBe(0);
  const anchor = /anchor: (\d+:[0-9a-f]{64})\n$/.exec(stdout)?.[1] ?? '';
  expect((await ozura(here, 'audit', 'verify', '--anchor', anchor)).code).toBe(0);
  expect(await ozura(here, 'audit', 'verify', '--anchor', 'x')).toMatchObject(refused('--anchor: must be'));
  await here.tamper(`DROP TRIGGER audit_never_changes; UPDATE audit_records SET actor = 'x' WHERE sequence = 20`);
  expect(await ozura(here, 'audit', 'verify')).toMatchObject({
    ...refused('the log is damaged: record 20 was altered'),
    stdout: 'sound: 19 records, as they were written\n',
  });
});
