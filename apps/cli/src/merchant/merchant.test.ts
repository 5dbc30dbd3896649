// `ozura merchant` and `ozura payments` as an operator types them, beside a system that runs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { pay, preparePay } from '@ozura/e2e/browserless';
import { createSession, getSession } from '@ozura/e2e/merchant';
import { ageAttempts } from '@ozura/e2e/pay-ledger';
import { runCli } from '@ozura/e2e/run-cli';
import { type System, startSystem } from '@ozura/e2e/system';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

let system: System;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-operator-'));
  system = await startSystem();
});

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ozura = (
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
) => runCli(args, { DATA_DIR: system.dataDir, ...env }, input).ended;

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await ozura([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

interface Keys {
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
  readonly pubKey: string;
}

const sessionStatus = async ({ merchantKey, vaultKey }: Keys): Promise<number> => {
  const headers = { 'x-api-key': vaultKey, 'x-ozura-api-key': merchantKey };
  return (await fetch(`${system.dev.checkoutUrl}/api/sessions/session_none`, { headers })).status;
};

describe('ozura merchant', () => {
  test('create prints everything that a merchant needs, and that works', async () => {
    const { code, stdout } = await ozura(['merchant', 'create', '--name', 'Blue Kettle', '--id', 'ozu_kettle']);
    expect(code).toBe(0);
    const read = (label: string): string => new RegExp(`^${label} +(\\S+)$`, 'm').exec(stdout)?.[1] ?? '';
    const keys = {
      merchantId: read('Merchant'),
      merchantKey: read('X-OZURA-API-KEY'),
      vaultKey: read('X-API-KEY'),
      pubKey: read('X-Pub-Key'),
    };
    expect(keys).toEqual({
      merchantId: 'ozu_kettle',
      merchantKey: expect.stringMatching(/^mk_test_/),
      vaultKey: expect.stringMatching(/^key_\w+_test_pvt_/),
      pubKey: expect.stringMatching(/^pk_test_/),
    });
    const dev = { ...system.dev, ...keys };
    const { sessionId } = await createSession(dev);
    expect((await pay(dev, await preparePay(dev, sessionId, '4242424242424242'))).status).toBe(200);
    expect((await getSession(dev, sessionId)).status).toBe('completed');
    expect((await ozura(['merchant', 'list'])).stdout).toMatch(/^ozu_kettle +sandbox +Blue Kettle$/m);
    const again = await ozura(['merchant', 'create', '--name', 'Other', '--id', 'ozu_kettle']);
    expect([again.code, again.stdout, again.stderr]).toEqual([1, '', 'ozura: merchantId: exists already\n']);
  });

  test('keys are rotated with both of a kind working, and the old ones stop', async () => {
    const first = await json<Keys>('merchant', 'create', '--name', 'Rotating');
    const id = first.merchantId;
    const second: Keys = {
      ...first,
      ...(await json<Keys>('merchant', 'key', 'add', id)),
      ...(await json<Keys>('merchant', 'key', 'add', id, '--kind', 'vault')),
    };
    expect([await sessionStatus(first), await sessionStatus(second)]).toEqual([404, 404]);
    const listed = await json<{ id: string; kind: string; hint?: string }[]>('merchant', 'key', 'list', id);
    expect(listed.map(({ kind }) => kind)).toEqual(['merchant', 'merchant', 'vault', 'vault']);
    const old = listed.find(({ hint }) => hint === first.merchantKey.slice(-4));
    expect((await ozura(['merchant', 'key', 'revoke', id, old?.id ?? ''])).code).toBe(0);
    expect((await ozura(['merchant', 'key', 'revoke', id, listed[2]?.id ?? ''])).code).toBe(0);
    const ask = (headers: Record<string, string>, url: string) => fetch(url, { headers }).then(({ status }) => status);
    expect(await ask({ 'x-api-key': first.merchantKey }, `${system.dev.payUrl}/transQuery`)).toBe(401);
    expect(await ask({ 'x-api-key': second.merchantKey }, `${system.dev.payUrl}/transQuery`)).toBe(200);
    expect(await ask({ 'x-api-key': first.vaultKey }, `${system.dev.vaultUrl}/api/applications/key`)).toBe(401);
    expect(await ask({ 'x-api-key': second.vaultKey }, `${system.dev.vaultUrl}/api/applications/key`)).toBe(200);
    const foreign = await ozura(['merchant', 'key', 'revoke', 'ozu_kettle', listed[3]?.id ?? '']);
    expect(foreign.stderr).toContain('has no active key');
  });

  test('credentials come from stdin or a file, and stand nowhere in clear', async () => {
    const { merchantId } = await json<Keys>('merchant', 'create', '--name', 'Processors');
    const pin = 'PIN-4711-OF-ELAVON';
    const typed = await ozura(['merchant', 'processor', 'set', merchantId, 'elavon'], {
      input: `# from the contract\nmerchantId = 12\nuserId = web\npin = ${pin}\n`,
    });
    expect(typed).toEqual({ code: 0, stdout: 'tried in this order: sandbox, elavon\n', stderr: '' });
    const file = join(folder, 'nuvei.json');
    writeFileSync(file, JSON.stringify({ merchantId: '1', merchantSiteId: '2', secretKey: pin }));
    expect((await ozura(['merchant', 'processor', 'set', merchantId, 'nuvei', '--from', file])).code).toBe(0);
    expect((await ozura(['merchant', 'processor', 'order', merchantId, 'nuvei,elavon'])).stdout).toBe(
      'tried in this order: nuvei, elavon\n',
    );
    expect((await ozura(['merchant', 'processor', 'remove', merchantId, 'nuvei'])).stdout).toBe(
      'tried in this order: elavon\n',
    );
    expect((await ozura(['merchant', 'processor', 'set', merchantId, 'elavon'], { input: 'pin' })).stderr).toBe(
      'ozura: line 1 is not name=value\n',
    );
    expect((await ozura(['merchant', 'processor', 'set', merchantId, 'elavon'], { input: '{"pin":' })).stderr).toBe(
      'ozura: the credentials are not a JSON object\n',
    );
    const shown = (await ozura(['merchant', 'show', merchantId])).stdout + (await ozura(['merchant', 'log'])).stdout;
    expect(shown).toContain('set_processor');
    const kept = ['pay.db', 'pay.db-wal', 'log/pay.log'].map((name) =>
      readFileSync(join(system.dataDir, name), 'latin1'),
    );
    for (const text of [shown, ...kept]) expect(text).not.toContain(pin);
  });

  test('settings are changed one by one, and the log says by whom', async () => {
    const { merchantId } = await json<Keys>(
      'merchant',
      'create',
      '--name',
      'Settings',
      '--return-hosts',
      'shop.example',
    );
    const update = ['merchant', 'update', merchantId, '--cvv-policy', 'must-match', '--moto-without-cvc', 'on'];
    expect((await json<{ settings: object }>(...update, '--by', 'ana')).settings).toEqual({
      avsPolicy: 'standard',
      cvvPolicy: 'must-match',
      motoWithoutCvc: true,
      allowedReturnHosts: ['shop.example'],
    });
    expect(
      (await json<{ settings: object }>('merchant', 'update', merchantId, '--return-hosts', '')).settings,
    ).toMatchObject({
      cvvPolicy: 'must-match',
      allowedReturnHosts: [],
    });
    const log = await json<{ by: string; action: string }[]>('merchant', 'log', '--merchant', merchantId);
    expect(log.map(({ by, action }) => [by, action])).toEqual([
      [userInfo().username, 'create_merchant'],
      ['ana', 'update_merchant'],
      [userInfo().username, 'update_merchant'],
    ]);
    const wrong = await ozura(['merchant', 'update', merchantId, '--avs-policy', 'strict']);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/^ozura: avsPolicy: must be standard/)]);
  });

  test('without a word, and with --help, it says what there is', async () => {
    for (const args of [['merchant'], ['payments', 'resolve', '--help']]) {
      const { code, stdout } = await ozura(args);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage:\n {2}ozura (merchant|payments)/)]);
    }
  });

  test('what is typed wrongly is answered in words', async () => {
    const wrong: [string[], string][] = [
      [['merchant', 'delete', 'x'], 'there is no command "delete"'],
      [['merchant', 'create'], '--name is missing'],
      [['merchant', 'create', '--nam', 'x'], "Unknown option '--nam'"],
      [
        ['merchant', 'create', '--name', 'Nobody', '--origin', 'https://shop.example/pay'],
        '--origin: must be an origin',
      ],
      [['merchant', 'show'], 'ID is missing'],
      [['merchant', 'show', 'ozu_nobody'], 'Not found'],
      [['merchant', 'list', 'all'], '"all" is too much'],
      [['payments', 'resolve', 'A1', '--outcome', 'approved'], '--reason is missing'],
    ];
    const answers = await Promise.all(wrong.map(([args]) => ozura(args)));
    expect((await ozura(['merchant', 'list'])).stdout).not.toContain('Nobody');
    for (const [index, { code, stdout, stderr }] of answers.entries()) {
      const [args, text] = wrong[index] ?? [];
      expect([args, code, stdout]).toEqual([args, 1, '']);
      expect(stderr).toContain(text);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });

  test('another installation is reached by the environment, and one that is not there is named', async () => {
    const { payUrl, vaultUrl, adminToken } = system.dev;
    const env = { DATA_DIR: folder, PAY_URL: payUrl, VAULT_URL: vaultUrl, ADMIN_TOKEN: adminToken };
    expect((await ozura(['merchant', 'list'], { env })).stdout).toContain('ozu_sandbox');
    expect((await ozura(['merchant', 'list'], { env: { ...env, ADMIN_TOKEN: 'adm_wrong' } })).stderr).toBe(
      'ozura: Invalid API credentials\n',
    );
    const gone = await ozura(['merchant', 'list'], { env: { ...env, PAY_URL: 'http://127.0.0.1:1' } });
    expect(gone.stderr).toBe('ozura: nothing answers at http://127.0.0.1:1: is the installation running?\n');
    expect((await ozura(['merchant', 'list'], { env: { DATA_DIR: folder } })).stderr).toContain('no installation');
  });
});

describe('ozura payments', () => {
  const inPay = async <T>(work: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>): Promise<T> => {
    const db = await openDatabase({ url: join(system.dataDir, 'pay.db') });
    return work(db).finally(() => db.close());
  };

  test.each([
    ['approved', ['--transaction', 'sbx-of-the-statement'], 'completed'],
    // Not yet told that it is being reviewed, the customer may try again (12.5).
    ['not_processed', [], 'pending'],
  ])('a payment that nobody knows is resolved as %s, and its session follows', async (outcome, more, status) => {
    const { dev } = system;
    const { sessionId } = await createSession(dev);
    expect((await pay(dev, await preparePay(dev, sessionId, '5163613613613613'))).status).toBe(202);
    await inPay((db) => ageAttempts(db, 24 * 3_600_000));
    type Waiting = { attemptId: string; amount: string; reason: string };
    let waiting: Waiting | undefined;
    await vi.waitFor(async () => {
      [waiting] = await json<Waiting[]>('payments', 'review');
      expect(waiting).toMatchObject({ amount: '18.40', reason: 'under review at the processor' });
    }, 30_000);
    expect((await ozura(['payments', 'review'])).stdout).toContain(waiting?.attemptId);
    const words = ['--reason', 'they told us', '--evidence', 'case 4711', '--by', 'ana', ...more];
    const resolve = ['payments', 'resolve', waiting?.attemptId ?? '', '--outcome', outcome, ...words];
    expect(await ozura(resolve)).toEqual({ code: 0, stdout: `${waiting?.attemptId} is ${outcome}\n`, stderr: '' });
    expect((await ozura(resolve)).stderr).toBe('ozura: attemptId: is not in review\n');
    expect((await ozura(['payments', 'review'])).stdout).toBe('nothing waits for a decision\n');
    expect((await ozura(['merchant', 'log'])).stdout).toMatch(/ ana +resolve_review +.*case 4711/);
    const checkout = await openDatabase({ url: join(system.dataDir, 'checkout.db') });
    await checkout.run(sql`UPDATE charges SET next_check_at = 0 WHERE session_id = ${sessionId} AND outcome = 'open'`);
    await checkout.close();
    await vi.waitFor(async () => {
      expect(await getSession(dev, sessionId)).toMatchObject({ status, paymentState: null });
    }, 30_000);
  });
});

describe('ozura tax', () => {
  const tax = (...args: string[]) => ozura(['tax', ...args]);
  const merchantId = 'ozu_sandbox';

  test('keeps the table of a merchant, and every change is in the log', async () => {
    expect((await tax('list', merchantId)).stdout).toBe('no tax is collected\n');
    expect((await tax('set', merchantId, 'US/New York/100', '8.875')).stdout).toMatch(/^US\/NY\/100 +8\.875 %\n$/);
    const file = join(folder, 'rows.json');
    writeFileSync(
      file,
      JSON.stringify([
        { country: 'DE', ratePercent: 19 },
        { country: 'us', state: '*', ratePercent: '1' },
      ]),
    );
    expect((await tax('load', merchantId, file)).stdout).toMatch(/^DE\/\* +19 %\nUS\/\* +1 %\n$/);
    expect((await tax('clear', merchantId)).stdout).toBe('no tax is collected\n');
    const log = (await ozura(['merchant', 'log', '--merchant', merchantId])).stdout;
    expect(log).toMatch(/set_tax_row[\s\S]*replace_tax_rows/);
  });

  test('says what is wrong with a row, a file and a merchant, and changes nothing', async () => {
    expect((await tax('set', merchantId, 'US/XX', '101')).stderr).toBe(
      'ozura: row.state: must be a state of US such as "NY"\nrow.ratePercent: must be between 0 and 100\n',
    );
    expect((await tax('load', merchantId, join(folder, 'none.json'))).stderr).toMatch(
      /none\.json: there is no such file/,
    );
    expect(await tax('list', 'ozu_nobody')).toMatchObject({ code: 1, stderr: 'ozura: Not found\n' });
    expect((await tax('list', merchantId)).stdout).toBe('no tax is collected\n');
  });
});
