// Rotation of keys while the Vault is used, and after it was killed in the middle (contract 13.2).
import { randomBytes } from 'node:crypto';
import { forEachEngine } from '@ozura/e2e/databases';
import { type RunningCli, runCli } from '@ozura/e2e/run-cli';
import { fromFrame, startTestVault, type TestVault, visa } from '@ozura/e2e/vault';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { expect, it } from 'vitest';

const merchants = ['ozu_bluekettle', 'ozu_other'];
const destination = 'http://127.0.0.1:1/';
const timeoutMs = 180_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Progress {
  readonly running: boolean;
  readonly started?: boolean;
  readonly kek_version: number;
  readonly records_left: number;
  readonly records_unreadable: number;
  readonly keys_left: number;
  readonly keys_to_destroy: number;
}

interface Vault {
  rotation(method: 'GET' | 'POST', body?: object): Promise<Progress>;
  tokenize(merchantId: string): Promise<{ readonly status: number; readonly token: string }>;
  /** 502 says that the number was decrypted, and only the network failed. */
  use(token: string, merchantId: string): Promise<number>;
}

const vaultAt = (url: string, keys: TestVault['keys']): Vault => {
  const call = async (method: string, path: string, headers: object, body?: object) => {
    const answer = await fetch(url + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as { token: string; data: Progress & { session_key: string } },
    };
  };
  return {
    rotation: async (method, body) =>
      (await call(method, '/keys/rotation', { authorization: `Bearer ${keys.admin}` }, body)).body.data,
    async tokenize(merchantId) {
      const minted = await call(
        'POST',
        '/sessions',
        { 'x-service-key': keys.checkout, 'x-merchant-id': merchantId },
        {},
      );
      const card = { type: 'card', data: visa };
      const { status, body } = await call('POST', '/tokenize', fromFrame(minted.body.data.session_key), card);
      return { status, token: body.token };
    },
    async use(token, merchantId) {
      const headers = { 'x-service-key': keys.pay, 'x-merchant-id': merchantId };
      const request = { token, proxy_url: destination, request_data: { number: `\${cardNumber}` } };
      return (await call('POST', '/proxy/transaction', headers, request)).status;
    },
  };
};

async function finished(vault: Vault): Promise<Progress> {
  for (;;) {
    const progress = await vault.rotation('GET');
    if (!progress.running) return progress;
    await pause(50);
  }
}

const keysIn = async (db: Database): Promise<string[]> =>
  (await db.all<{ id: string }>(sql`SELECT id FROM wrapped_keys ORDER BY id`)).map(({ id }) => id);

forEachEngine((_engine, _open, create) => {
  it('a rotation under load fails no request, and afterwards the old versions refuse', {
    timeout: timeoutMs,
  }, async () => {
    const running = await startTestVault({
      databaseUrl: await create(),
      processorDestinations: [destination],
      keyIdleSeconds: 1,
    });
    const db = await openDatabase({ url: running.config.databaseUrl });
    const vault = vaultAt(running.url, running.keys);
    const made: { readonly token: string; readonly merchantId: string }[] = [];
    const statuses: number[] = [];
    let isLoaded = true;
    const load = async (index: number): Promise<void> => {
      const merchantId = merchants[index % merchants.length] ?? '';
      while (isLoaded) {
        const { status, token } = await vault.tokenize(merchantId);
        const older = made[Math.floor(Math.random() * made.length)];
        made.push({ token, merchantId });
        statuses.push(status);
        if (older !== undefined) statuses.push(await vault.use(older.token, older.merchantId));
      }
    };
    const loading = Array.from({ length: 4 }, (_none, index) => load(index));
    while (made.length < 40 || new Set(made.map(({ merchantId }) => merchantId)).size < 2) await pause(20);
    const [before] = await db.all<{ token: string; sealed: Uint8Array }>(
      sql`SELECT token, sealed_number AS sealed FROM tokens WHERE merchant_id = ${merchants[0]} LIMIT 1`,
    );
    const dry = await vault.rotation('POST', { dry_run: true });
    // Two merchants' card keys are replaced; their fingerprint keys and the audit key are wrapped anew.
    expect(dry).toMatchObject({ started: false, running: false, kek_version: 1, keys_left: 5, keys_to_destroy: 3 });
    expect(dry.records_left).toBeGreaterThan(0);
    expect(await vault.rotation('POST')).toMatchObject({ started: true, running: true, kek_version: 2 });
    expect(await vault.rotation('POST')).toMatchObject({ started: false, kek_version: 2 });
    // New values are on the new version at once, whatever is left of the old ones.
    const { token: fresh } = await vault.tokenize('ozu_bluekettle');
    const [newest] = await db.all<{ keyId: string }>(sql`SELECT key_id AS "keyId" FROM tokens WHERE token = ${fresh}`);
    expect(newest?.keyId).toBe('card-data:ozu_bluekettle:2');
    await finished(vault);
    await pause(300);
    isLoaded = false;
    await Promise.all(loading);

    expect(new Set(statuses)).toEqual(new Set([201, 502]));
    expect(await keysIn(db)).toEqual([
      'audit::1',
      'card-data:ozu_bluekettle:2',
      'card-data:ozu_other:2',
      'fingerprint:ozu_bluekettle:1',
      'fingerprint:ozu_other:1',
      'key-encryption::2',
    ]);
    const used = await Promise.all(made.map(({ token, merchantId }) => vault.use(token, merchantId)));
    expect(new Set(used)).toEqual(new Set([502]));
    // The old ciphertext, brought back from a copy of the disk.
    const { token = '', sealed = new Uint8Array() } = before ?? {};
    await db.run(sql`UPDATE tokens SET sealed_number = ${sealed} WHERE token = ${token}`);
    expect(await vault.use(token, merchants[0] ?? '')).toBe(500);
    const actions = await db.all<{ line: string }>(
      sql`SELECT action || ' ' || object AS line FROM audit_records WHERE action LIKE '%key%' ORDER BY sequence`,
    );
    expect(actions.map(({ line }) => line)).toEqual(
      expect.arrayContaining([
        'rotate_keys key-encryption::2',
        'create_key card-data:ozu_other:2',
        'rewrap_key fingerprint:ozu_other:1',
        'destroy_key card-data:ozu_other:1',
        'destroy_key key-encryption::1',
      ]),
    );
    await db.close();
    await running.stop();
  });
});

it.concurrent('a value that does not decrypt stays with its key, and is counted', { timeout: timeoutMs }, async () => {
  const running = await startTestVault({ processorDestinations: [destination], keyIdleSeconds: 1 });
  const vault = vaultAt(running.url, running.keys);
  const [good, bad] = [await vault.tokenize('ozu_a'), await vault.tokenize('ozu_a')];
  await running.tamper(
    `UPDATE tokens SET sealed_number = (SELECT sealed_number FROM tokens WHERE token = '${good.token}') WHERE token = '${bad.token}'`,
  );
  await vault.rotation('POST');
  await expect
    .poll(() => vault.rotation('GET'))
    .toMatchObject({ running: true, records_left: 1, records_unreadable: 1, keys_left: 0, keys_to_destroy: 2 });
  expect(await vault.use(good.token, 'ozu_a')).toBe(502);
  // Deleting it lets the rotation end.
  const { key } = await running.createApplication('ozu_a');
  await running.call('DELETE', `/tokens/${bad.token}`, { 'x-api-key': key });
  expect(await finished(vault)).toMatchObject({ records_left: 0, records_unreadable: 0, keys_to_destroy: 0 });
  await running.stop();
});

it.concurrent('while another process rotates nothing is done twice, and when that one is gone it is done here', {
  timeout: timeoutMs,
}, async () => {
  const running = await startTestVault({ processorDestinations: [destination], keyIdleSeconds: 1 });
  const vault = vaultAt(running.url, running.keys);
  const { token } = await vault.tokenize('ozu_a');
  const db = await openDatabase({ url: running.config.databaseUrl });
  await db.run(sql`INSERT INTO job_leases (job, leased_until) VALUES ('rotate-keys', ${Date.now() + 300_000})`);
  expect(await vault.rotation('POST')).toMatchObject({ started: true, running: true, records_left: 1 });
  // Several times as long as it takes else.
  await pause(2_000);
  expect(await vault.rotation('GET')).toMatchObject({ records_left: 1, keys_left: 3, keys_to_destroy: 1 });
  await db.run(sql`UPDATE job_leases SET leased_until = ${Date.now()}`);
  expect(await finished(vault)).toMatchObject({ records_left: 0, keys_left: 0, keys_to_destroy: 0 });
  expect(await vault.use(token, 'ozu_a')).toBe(502);
  expect(await db.all(sql`SELECT leased_until AS at FROM job_leases`)).toEqual([{ at: 0 }]);
  await db.close();
  await running.stop();
});

it.concurrent('killed at every step, a rotation ends, and every number is there', { timeout: timeoutMs }, async () => {
  const first = await startTestVault();
  const filled = vaultAt(first.url, first.keys);
  const tokens = await Promise.all(Array.from({ length: 200 }, async () => (await filled.tokenize('ozu_a')).token));
  await first.stop({ keep: true });
  const launch = async (crashAt?: string): Promise<{ vault: Vault; program: RunningCli }> => {
    const program = runCli(['serve', 'vault'], { ...environmentOf(first), ...(crashAt && { CRASH_AT: crashAt }) });
    await program.printed('is ready on ');
    return { program, vault: vaultAt(/is ready on (\S+)/.exec(program.output())?.[1] ?? '', first.keys) };
  };
  const left: number[] = [];
  for (const label of [
    'rotation-wrapper',
    'rotation-key',
    'rotation-records',
    'rotation-records',
    'rotation-destroy',
  ]) {
    const { vault, program } = await launch(label);
    // The first start begins the rotation; the others find it where the one before was killed.
    if (label === 'rotation-wrapper') await vault.rotation('POST').catch(() => undefined);
    await program.ended;
    expect(program.child.signalCode).toBe('SIGKILL');
    const db = await openDatabase({ url: first.config.databaseUrl });
    const [row] = await db.all<{ old: number }>(
      sql`SELECT COUNT(*) AS old FROM tokens WHERE key_id = 'card-data:ozu_a:1'`,
    );
    left.push(row?.old ?? 0);
    await db.close();
  }
  expect(left).toEqual([200, 200, 136, 72, 0]);
  const { vault, program } = await launch();
  expect(await finished(vault)).toMatchObject({ records_left: 0, keys_left: 0, keys_to_destroy: 0, kek_version: 2 });
  const used = await Promise.all(tokens.map((token) => vault.use(token, 'ozu_a')));
  expect(new Set(used)).toEqual(new Set([502]));
  program.child.kill('SIGTERM');
  await program.ended;
  first.remove();
});

const environmentOf = ({ config, keys }: TestVault): Record<string, string> => ({
  PORT: '0',
  ELEMENTS_PORT: '0',
  DATABASE_URL: config.databaseUrl,
  ROOT_KEY_FILE: config.rootKeyFile,
  PEPPER: randomBytes(16).toString('hex'),
  CHECKOUT_SERVICE_KEY: keys.checkout,
  PAY_SERVICE_KEY: keys.pay,
  ADMIN_TOKEN: keys.admin,
  PROCESSOR_DESTINATIONS: destination,
  KEY_IDLE_SECONDS: '1',
  LOG_LEVEL: 'silent',
});

it.concurrent('a key that is too old or was used too often is replaced without being asked', {
  timeout: timeoutMs,
}, async () => {
  const running = await startTestVault({ processorDestinations: [destination], keyIdleSeconds: 1 });
  const vault = vaultAt(running.url, running.keys);
  const db = await openDatabase({ url: running.config.databaseUrl });
  const keyOf = async (token: string) =>
    (await db.one<{ id: string }>(sql`SELECT key_id AS id FROM tokens WHERE token = ${token}`))?.id;
  const { token: first } = await vault.tokenize('ozu_a');
  const [counted] = await db.all<{ uses: number }>(sql`SELECT uses FROM wrapped_keys WHERE purpose = 'card-data'`);
  // A block, taken before its first use.
  expect(counted?.uses).toBe(4_096);
  await db.run(sql`UPDATE wrapped_keys SET uses = ${2 ** 27} WHERE purpose = 'card-data'`);
  // Longer than a process remembers that it is the newest.
  await pause(1_100);
  const { token: second } = await vault.tokenize('ozu_a');
  expect(await keyOf(second)).toBe('card-data:ozu_a:2');
  await db.run(sql`UPDATE wrapped_keys SET created_at = 0 WHERE purpose = 'card-data'`);
  await pause(1_100);
  expect(await keyOf((await vault.tokenize('ozu_a')).token)).toBe('card-data:ozu_a:3');
  expect([await keyOf(first), await vault.use(first, 'ozu_a')]).toEqual(['card-data:ozu_a:1', 502]);
  await db.close();
  await running.stop();
});
