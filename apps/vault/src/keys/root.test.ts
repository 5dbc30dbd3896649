// Where the root key may be: in a key service that speaks the protocol of AWS KMS, and among people (contract 13.1).
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKms, type TestKms } from '@ozura/e2e/kms';
import { runCli } from '@ozura/e2e/run-cli';
import { fromFrame, startTestVault, type TestVault, visa } from '@ozura/e2e/vault';
import { RootKeyUnusable } from '@ozura/kit/root-key';
import { startVault } from '@ozura/vault/main';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRoot, readShare, rootOfShares } from './shares.ts';

const merchantId = 'ozu_bluekettle';
const destination = 'http://127.0.0.1:1/';
const place = { merchantId: '', row: 'key-encryption', field: 'key 1' };

/** 502: the number was decrypted, and only the network failed. */
const useAt = async (url: string, vault: TestVault, token: string): Promise<number> => {
  const headers = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId, 'content-type': 'application/json' };
  const body = JSON.stringify({ token, proxy_url: destination, request_data: { number: `\${cardNumber}` } });
  return (await fetch(`${url}/proxy/transaction`, { method: 'POST', headers, body })).status;
};

async function tokenize(vault: TestVault): Promise<string> {
  const session = await vault.mintSession(merchantId);
  return (await vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: visa })).body.token;
}

/** A share of another Vault's key. By chance, one of 255 lies at the place of ours. */
async function foreignShare(ours: string, where: 'another place' | 'the same place'): Promise<string> {
  const placeOf = (share: string) => readShare(share)?.at(-1);
  for (;;) {
    const [foreign = ''] = (await newRoot(randomBytes)).shares;
    if ((placeOf(foreign) === placeOf(ours)) === (where === 'the same place')) return foreign;
  }
}

describe('in a key service', () => {
  let kms: TestKms;
  let credentialsFile: string;
  let vault: TestVault;
  const settings = (more: object = {}) => ({
    root: {
      ...{
        provider: 'aws-kms' as const,
        keyId: kms.keyId,
        region: kms.region,
        endpoint: kms.endpoint,
        credentialsFile,
      },
      ...more,
    },
    processorDestinations: [destination],
  });
  beforeAll(async () => {
    kms = await startKms();
    credentialsFile = join(tmpdir(), `kms-${randomBytes(6).toString('hex')}`);
    const secret = `aws_secret_access_key = ${kms.secretAccessKey}`;
    writeFileSync(credentialsFile, `[default]\naws_access_key_id = ${kms.accessKeyId}\n${secret}\n`);
    vault = await startTestVault(settings());
  });
  afterAll(async () => {
    await vault?.stop();
    await kms?.stop();
  });

  it('wraps and unwraps there, with the place of the key as encryption context', async () => {
    const token = await tokenize(vault);
    const context = { application: 'ozura-vault', merchant: 'none', purpose: 'key-encryption', field: 'key 1' };
    expect(kms.calls).toEqual([
      { operation: 'Encrypt', context },
      { operation: 'Decrypt', context },
    ]);
    const again = await startVault(vault.config);
    expect(await useAt(again.url, vault, token)).toBe(502);
    expect(kms.calls).toHaveLength(3);
    await again.stop();
    expect(() => statSync(vault.config.rootKeyFile)).toThrow();
  });

  it('says what is wrong and does not start when the service refuses or does not answer', async () => {
    const start = (more: object) => startVault({ ...vault.config, ...settings(more) });
    await expect(start({ region: 'us-east-1' })).rejects.toThrow(
      'the key service refuses to decrypt: UnrecognizedClientException',
    );
    await expect(start({ keyId: 'alias/other' })).rejects.toThrow('refuses to decrypt: NotFoundException');
    await expect(start({ endpoint: 'http://127.0.0.1:1' })).rejects.toThrow('127.0.0.1:1 does not answer');
    await expect(start({ credentialsFile: '/nowhere' })).rejects.toThrow('cannot be read: /nowhere');
    const wrong = `${credentialsFile}-wrong`;
    writeFileSync(wrong, readFileSync(credentialsFile, 'utf8').replace(/key = .*/, 'key = wrong'));
    await expect(start({ credentialsFile: wrong })).rejects.toThrow('InvalidSignatureException');
    // A wrapped key of another place.
    await vault.tamper(`UPDATE wrapped_keys SET wrapped = (SELECT wrapped FROM wrapped_keys WHERE purpose = 'audit')
      WHERE purpose = 'key-encryption'`);
    await expect(start({})).rejects.toThrow('refuses to decrypt: InvalidCiphertextException');
  });
});

describe('among three people', () => {
  it('any two shares make the key, one or a wrong one does not, and a typing error is seen', async () => {
    const { root, shares } = await newRoot(randomBytes);
    const read = shares.map((share) => readShare(share) ?? new Uint8Array());
    const wrapped = await root.wrap(Buffer.from('secret'), place);
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const again = await rootOfShares([read[a] ?? new Uint8Array(), read[b] ?? new Uint8Array()], randomBytes);
      expect(Buffer.from(await again.unwrap(wrapped, place)).toString()).toBe('secret');
    }
    const [share = ''] = shares;
    const ofBoth = async (other: string): Promise<Uint8Array> => {
      const pair = [share, other].map((text) => readShare(text) ?? new Uint8Array());
      return (await rootOfShares(pair, randomBytes)).unwrap(wrapped, place);
    };
    expect(Buffer.from(await ofBoth(shares[1] ?? '')).toString()).toBe('secret');
    await expect(ofBoth(await foreignShare(share, 'another place'))).rejects.toThrow('unable to authenticate');
    await expect(ofBoth(await foreignShare(share, 'the same place'))).rejects.toThrow(RootKeyUnusable);
    const typo = share.slice(0, 10) + (share[10] === 'x' ? 'y' : 'x') + share.slice(11);
    expect([typo, '', 'ozs_', share.slice(1), `${share}A`].map(readShare)).toEqual(Array(5).fill(undefined));
    expect(readShare(` ${share}\n`)).toEqual(read[0]);
  });

  it('starts sealed, is opened by two shares over its socket, and is sealed again after a restart', async () => {
    const vault = await startTestVault({
      root: { provider: 'shamir', socket: join(tmpdir(), `ozura-${randomBytes(6).toString('hex')}.sock`) },
      processorDestinations: [destination],
    });
    const socket = vault.config.root?.provider === 'shamir' ? vault.config.root.socket : '';
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const ozura = (command: string, input = '') => runCli(['vault', command], { UNSEAL_SOCKET: socket }, input).ended;
    const ready = async (url = vault.url) => {
      const answer = await fetch(`${url}/ready`);
      return { status: answer.status, body: await answer.json() };
    };
    const isSealed = { status: 503, body: { status: 'not_ready', checks: { database: 'ok', keys: 'sealed' } } };
    expect(await ready()).toEqual(isSealed);
    expect((await fetch(`${vault.url}/health`)).status).toBe(200);
    const numbers = async (authorization: string) => {
      const answer = await fetch(`${vault.url}/metrics`, { headers: { authorization } });
      return { status: answer.status, sealed: (await answer.text()).match(/^ozura_vault_sealed .*$/m)?.[0] };
    };
    const operator = `Bearer ${vault.keys.admin}`;
    expect(await numbers(operator)).toEqual({ status: 200, sealed: 'ozura_vault_sealed 1' });
    expect(await numbers('Bearer somebody')).toEqual({ status: 401, sealed: undefined });
    expect(await vault.call('GET', '/tokens')).toMatchObject({
      status: 503,
      body: { errorCode: 'OVERLOADED', message: 'The Vault is sealed' },
    });

    expect((await ozura('unseal', `ozs_${'A'.repeat(50)}\n`)).stderr).toContain('this is not a share');
    const made = await ozura('init');
    const shares = [...made.stdout.matchAll(/share \d: (ozs_\S+)/g)].map(([, share]) => share ?? '');
    expect(shares).toHaveLength(3);
    expect((await ozura('init')).stderr).toContain('this Vault has its shares already');
    expect(await ready()).toEqual(isSealed);
    for (const where of ['another place', 'the same place'] as const) {
      const foreign = await foreignShare(shares[0] ?? '', where);
      const refused = await ozura('unseal', `${shares[0]}\n${foreign}\n`);
      expect(refused.stderr, where).toContain('do not make the key of this Vault');
    }
    expect((await ozura('unseal', `${shares[0]}\n${shares[0]}\n`)).stdout).toBe('share 1 of 2\nshare 1 of 2\n');
    // The second person, at another time.
    expect((await ozura('unseal', `${shares[2]}\n`)).stdout).toBe('The Vault is open.\n');
    expect(await ready()).toMatchObject({ status: 200 });
    expect(await numbers(operator)).toEqual({ status: 200, sealed: 'ozura_vault_sealed 0' });
    const token = await tokenize(vault);
    expect(await useAt(vault.url, vault, token)).toBe(502);

    await vault.stop({ keep: true });
    const again = await startVault(vault.config);
    expect(await ready(again.url)).toEqual(isSealed);
    expect(await useAt(again.url, vault, token)).toBe(503);
    expect((await ozura('unseal', `${shares[1]}\n${shares[0]}\n`)).stdout).toBe('share 1 of 2\nThe Vault is open.\n');
    expect(await useAt(again.url, vault, token)).toBe(502);
    const log = await vault.logText();
    for (const share of shares) expect(log).not.toContain(share);
    await again.stop();
    vault.remove();
  });

  it('shares that nobody has seen are not used', async () => {
    const socket = join(tmpdir(), `ozura-${randomBytes(6).toString('hex')}.sock`);
    const vault = await startTestVault({ root: { provider: 'shamir', socket } });
    const say = (line: object | string): Promise<string> =>
      new Promise((resolve) => {
        const text = typeof line === 'string' ? line : JSON.stringify(line);
        const person = connect(socket, () => person.write(`${text}\n`));
        person.once('data', (chunk) => {
          person.destroy();
          resolve(chunk.toString());
        });
      });
    // The connection broke before they were confirmed.
    expect(await say({ command: 'init' })).toContain('ozs_');
    expect(await say({ command: 'confirm' })).toContain('nothing to confirm');
    const made = await say({ command: 'init' });
    // A share that is pasted as it is.
    const [share = ''] = JSON.parse(made).shares;
    expect(await say(share)).toContain('unknown command');
    expect(await vault.logText()).not.toContain(share.slice(0, 5));
    await vault.stop();
  });
});
