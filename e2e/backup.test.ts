// A running installation is backed up, lost, and restored somewhere else: what was answered before the backup is there,
// every token still opens, and what the backup cannot know is not charged a second time.
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { writeClock } from '@ozura/kit/db/test-clock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callPay, chargeStored, cyclesCharged, keepPaying, mine } from './backed-up.ts';
import { createSession, getSession, untilStatus } from './merchant.ts';
import { planOf } from './plan.ts';
import { freePortBase } from './ports.ts';
import { runCli } from './run-cli.ts';
import { type System, startSystem } from './system.ts';
import { type TokenizedCard, tokenizeCard } from './tokens.ts';

const CARDS = ['4242424242424242', '4000056655665556', '5555555555554444', '4242424242424242'];
const weekMs = 7 * 24 * 60 * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'ozura-backup-'));
const at = (...names: string[]): string => join(folder, ...names);
let system: System;
/** Sessions that were answered as completed before the backup began. */
const paidBefore: string[] = [];
let tokens: TokenizedCard[];
let planId: string;
/** Open when the backup was taken, for a year. */
let openSessionId: string;

async function ozura(dataDir: string, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(args, { DATA_DIR: dataDir }).ended;
  return { code, stdout, stderr: stderr.replaceAll(folder, '') };
}
const refusal = (...lines: string[]) => ({ code: 1, stdout: '', stderr: `ozura: ${lines.join('\n')}\n` });

beforeAll(async () => {
  system = await startSystem({ SESSION_LIFETIME_SECONDS: String(365 * 24 * 60 * 60) });
  const { vaultUrl, vaultKey } = system.dev;
  // So that stored cards can be paid with, as by telephone.
  await ozura(system.dataDir, 'merchant', 'update', 'ozu_sandbox', '--moto-without-cvc', 'on');
  tokens = await Promise.all(CARDS.map((number) => tokenizeCard(vaultUrl, vaultKey, number)));
  const card = await tokenizeCard(vaultUrl, vaultKey, '4242424242424242');
  const begun = await callPay(system.dev, ['POST', '/recurring/plans', planOf(card, { ...mine, interval: 'weekly' })]);
  planId = begun.data.planId;
  openSessionId = (await createSession(system.dev)).sessionId;
  let isBackupBegun = false;
  const stopPaying = keepPaying(system.dev, (sessionId) => isBackupBegun || paidBefore.push(sessionId));
  while (paidBefore.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
  isBackupBegun = true;
  const taken = [
    await ozura(system.dataDir, 'backup', at('databases')),
    await ozura(system.dataDir, 'backup', '--keys', at('keys')),
  ];
  await stopPaying();
  expect(taken.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
});

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a backup is one file a database, for its owner only, and has no key in it', async () => {
  expect(readdirSync(at('databases')).sort()).toEqual([
    'checkout.db',
    'manifest.json',
    'pay.db',
    'sandbox.db',
    'vault.db',
  ]);
  for (const name of ['', 'pay.db', 'manifest.json'])
    expect(statSync(at('databases', name)).mode & 0o077, name).toBe(0);
  const secrets = readdirSync(at('keys', 'keys')).map((name) => readFileSync(at('keys', 'keys', name), 'utf8').trim());
  expect(secrets).toHaveLength(8);
  for (const file of readdirSync(at('databases'))) {
    const content = readFileSync(at('databases', file), 'latin1');
    for (const secret of secrets) {
      expect(content.includes(secret), file).toBe(false);
      if (/^[0-9a-f]{64}$/.test(secret))
        expect(content.includes(Buffer.from(secret, 'hex').toString('latin1')), file).toBe(false);
    }
  }
});

test('databases and keys are never in one place, and no backup lies in what it is a backup of', async () => {
  const cases = [
    [['--keys', at('databases')], '/databases: has databases in it; databases and keys are kept apart'],
    [['--keys', at('databases', 'keys')], '/databases/keys: has databases in it; databases and keys are kept apart'],
    [[at('keys')], '/keys: has keys in it; databases and keys are kept apart'],
    [[at()], ': is not empty: databases'],
  ] as const;
  const answers = await Promise.all(cases.map(([args]) => ozura(system.dataDir, 'backup', ...args)));
  expect(answers).toEqual(cases.map(([, line]) => refusal(line)));
  const { stderr } = await ozura(system.dataDir, 'backup', join(system.dataDir, 'backup'));
  expect(stderr).toContain('and would be lost with it');
  expect((await ozura(at('nowhere'), 'backup', at('none'))).stderr).toBe(
    'ozura: no installation: /nowhere has no databases\n',
  );
});

test('a backup that is damaged, not whole, or of other keys is refused, and nothing is written', async () => {
  cpSync(at('databases'), at('damaged'), { recursive: true });
  appendFileSync(at('damaged', 'vault.db'), 'x');
  rmSync(at('damaged', 'pay.db'));
  cpSync(at('databases'), at('altered'), { recursive: true });
  const database = await openDatabase({ url: at('altered', 'pay.db') });
  await writeClock(database, { offsetMs: 1 });
  await database.close();
  cpSync(at('keys'), at('other-keys'), { recursive: true });
  cpSync(at('keys', 'keys', 'vault-pepper'), at('other-keys', 'keys', 'pay-pepper'));
  cpSync(at('databases'), at('unfinished'), { recursive: true });
  rmSync(at('unfinished', 'manifest.json'));
  const size = statSync(at('databases', 'vault.db')).size;
  const cases = [
    [[at('damaged')], ['/damaged/pay.db: is missing', `/damaged/vault.db: has ${size + 1} bytes, not ${size}`]],
    [[at('altered')], ['/altered/pay.db: is not what was backed up (SHA-256 differs)']],
    [[at('unfinished')], ['/unfinished: is not a whole backup: manifest.json is not there']],
    [[at('keys')], ['/keys: holds keys, not databases']],
    [['--keys', at('other-keys')], ['/other-keys/keys/pay-pepper: is not what was backed up (SHA-256 differs)']],
    [[at('databases'), '--keys', at('other-keys')], ['/other-keys/keys/pay-pepper: is not the key of this backup']],
  ] as const;
  const answers = await Promise.all(cases.map(([args]) => ozura(at('refused'), 'restore', ...args)));
  expect(answers).toEqual(cases.map(([, lines]) => refusal(...lines)));
  expect(existsSync(at('refused'))).toBe(false);
});

test('without its keys a restored installation does not start, and with wrong ones neither', async () => {
  expect((await ozura(at('keyless'), 'restore', at('databases'))).code).toBe(0);
  const portBase = String(await freePortBase());
  const start = (dataDir: string) => runCli(['start'], { DATA_DIR: dataDir, PORT_BASE: portBase }).ended;
  const without = await start(at('keyless'));
  expect([without.code, without.stderr.replace(folder, '')]).toEqual([
    1,
    'ozura: /keyless/keys: the databases are here and their keys are not: ozura restore --keys DIR brings them back\n',
  ]);
  cpSync(at('keys', 'keys'), at('keyless', 'keys'), { recursive: true });
  rmSync(at('keyless', 'keys', 'root-key'));
  cpSync(at('keys', 'keys', 'pay-root-key'), at('keyless', 'keys', 'root-key'));
  const wrong = await start(at('keyless'));
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(
    /^ozura: the root key does not open key-encryption\S*: it is not the one of this database\n$/,
  );
});

test('restored somewhere else it has every payment from before, every token opens, and the audit log is whole', async () => {
  // As if Pay had been copied long after Checkout.
  const manifest = JSON.parse(readFileSync(at('databases', 'manifest.json'), 'utf8'));
  for (const file of manifest.files) if (file.program === 'checkout') file.takenAt = '2026-01-01T00:00:00.000Z';
  writeFileSync(at('databases', 'manifest.json'), JSON.stringify(manifest));
  expect(await ozura(at('restored'), 'restore', at('databases'), '--keys', at('keys'))).toMatchObject({ code: 0 });
  const ledger = await openDatabase({ url: at('restored', 'pay.db') });
  const outbox = await ledger.all<{ collected_at: number | null }>(sql`SELECT collected_at FROM outbox`);
  expect(outbox.length).toBeGreaterThan(0);
  expect(outbox.filter(({ collected_at }) => collected_at !== null)).toEqual([]);
  await ledger.close();
  expect(await ozura(at('restored'), 'restore', at('databases'))).toEqual(
    refusal(
      ...['checkout', 'pay', 'vault', 'sandbox'].map(
        (program) => `/restored/${program}.db: is there already; nothing is overwritten`,
      ),
    ),
  );
  // A week has passed since the backup, in which the plan fell due: whether it was charged is not in it.
  for (const program of ['checkout', 'pay', 'vault']) {
    const db = await openDatabase({ url: at('restored', `${program}.db`) });
    await writeClock(db, { offsetMs: weekMs + 60_000 });
    await db.close();
  }
  expect((await ozura(at('restored'), 'restore', '--hold')).stdout).toContain(
    '1 plan that fell due will not be charged before two days have passed.',
  );
  const before = readFileSync(join(system.dataDir, 'dev.json'), 'utf8');
  await system.restart({ DATA_DIR: at('restored') });
  const after = JSON.parse(readFileSync(at('restored', 'dev.json'), 'utf8'));
  expect(after).toEqual({ ...JSON.parse(before), dataDir: at('restored') });

  // It may have been paid since.
  expect(await untilStatus(system.dev, openSessionId, 'expired')).toMatchObject({ paymentState: null });
  for (const sessionId of paidBefore) {
    expect(await getSession(system.dev, sessionId)).toMatchObject({ status: 'completed' });
  }
  for (const { token } of tokens) {
    expect(await chargeStored(system.dev, token)).toMatchObject({ success: true });
  }
  expect(await ozura(at('restored'), 'audit', 'verify')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^whole:/),
  });
});

test('a plan that fell due since the backup is charged when two days have passed, and not before', async () => {
  const cycles = () => cyclesCharged(system.dev, planId);
  await ozura(at('restored'), 'clock', 'advance', '47h');
  expect(await cycles()).toBe(1);
  await ozura(at('restored'), 'clock', 'advance', '61m');
  expect(await cycles()).toBe(2);
});
