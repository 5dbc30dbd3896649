// Each program as a process of its own, on the databases and keys of an installation that `ozura start` made: a payment
// works, and the card is in no memory but the Vault's and the processor's (contract 12.7, 13.4).
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pay, preparePay } from './browserless.ts';
import { findInMemory } from './memory.ts';
import { createSession, getSession } from './merchant.ts';
import { type RunningCli, runCli } from './run-cli.ts';
import { type DevFile, freePortBase } from './system.ts';

/** Of no table in the code: wherever it is, it came from a payment. */
const NUMBER = '4539148803436467';
const PROGRAMS = ['sandbox', 'vault', 'pay', 'checkout'] as const;

const DUMP_FILTER = '/proc/self/coredump_filter';
const usualDumps = '0x33';

let dataDir: string;
let dev: DevFile;
const running = new Map<string, RunningCli>();

beforeAll(async () => {
  // A Vault that another test ran in this process has set it for itself, and programs inherit it.
  if (existsSync(DUMP_FILTER)) writeFileSync(DUMP_FILTER, usualDumps);
  dataDir = mkdtempSync(join(tmpdir(), 'ozura-apart-'));
  const base = await freePortBase();
  const first = runCli(['start'], { PORT_BASE: String(base), DATA_DIR: dataDir, NO_COLOR: '1' });
  await first.printed('/checkout/session_');
  first.child.kill('SIGTERM');
  await first.ended;
  dev = JSON.parse(readFileSync(join(dataDir, 'dev.json'), 'utf8')) as DevFile;
  for (const program of PROGRAMS) {
    const served = runCli(['serve', program], environmentOf(program, base));
    running.set(program, served);
    await served.printed('is ready on');
  }
});

afterAll(async () => {
  for (const { child, ended } of running.values()) {
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(dataDir, { recursive: true, force: true });
});

function environmentOf(program: (typeof PROGRAMS)[number], base: number): Record<string, string> {
  const key = (name: string): string => join(dataDir, 'keys', name);
  const sandboxUrl = `http://127.0.0.1:${base + 4}`;
  const common = {
    DATABASE_URL: join(dataDir, `${program}.db`),
    LOG_LEVEL: 'trace',
    ...{ CHECKOUT_URL: dev.checkoutUrl, VAULT_URL: dev.vaultUrl, PAY_URL: dev.payUrl, ELEMENTS_URL: dev.elementsUrl },
    CHECKOUT_SERVICE_KEY_FILE: key('checkout-service-key'),
  };
  const port = (offset: number) => ({ PORT: String(base + offset) });
  const pepper = { PEPPER_FILE: key(`${program}-pepper`) };
  if (program === 'sandbox') return { DATABASE_URL: common.DATABASE_URL, ...port(4) };
  if (program === 'checkout') return { ...common, ...pepper, ...port(0) };
  const paySide = { PAY_SERVICE_KEY_FILE: key('pay-service-key'), ADMIN_TOKEN_FILE: key('admin-token') };
  if (program === 'pay') {
    const root = { PAY_ROOT_KEY_FILE: key('pay-root-key') };
    return { ...common, ...pepper, ...paySide, ...port(2), ...root, SANDBOX_URL: sandboxUrl };
  }
  const root = { ROOT_KEY_FILE: key('root-key'), ELEMENTS_PORT: String(base + 3) };
  return {
    ...common,
    ...pepper,
    ...paySide,
    ...port(1),
    ...root,
    PROCESSOR_DESTINATIONS: sandboxUrl,
    EXTRA_TEST_CARDS: NUMBER,
  };
}

const pidOf = (program: string): number => running.get(program)?.child.pid ?? 0;

test.runIf(existsSync('/proc/self/mem'))('after payments the card is in no memory of Checkout and Pay', async () => {
  const payOnce = async (number: string) => {
    const { sessionId } = await createSession(dev);
    const prepared = await preparePay(dev, sessionId, number);
    const answer = await pay(dev, prepared);
    return { token: String(prepared.body.token), answer, session: await getSession(dev, sessionId) };
  };
  const paid = await payOnce('4242424242424242');
  expect(paid).toMatchObject({ answer: { status: 200 }, session: { status: 'completed' } });
  // The sandbox does not know it, but has been asked: it went all the way.
  const { token, answer } = await payOnce(NUMBER);
  expect(answer).toMatchObject({ status: 402, body: { errorCode: 'INVALID_CARD_NUMBER' } });
  for (const program of ['checkout', 'pay']) {
    // The token is there: the search finds what is to be found.
    expect(findInMemory(pidOf(program), [NUMBER, token]), program).toEqual([token]);
  }
  for (const program of PROGRAMS) expect(running.get(program)?.output(), program).not.toContain(NUMBER);
});

test.runIf(existsSync(DUMP_FILTER))('a core dump of the Vault would hold none of its memory', () => {
  const filterOf = (program: string): number =>
    Number.parseInt(readFileSync(`/proc/${pidOf(program)}/coredump_filter`, 'utf8'), 16);
  expect(filterOf('vault')).toBe(0);
  expect(filterOf('pay')).not.toBe(0);
});

const table = readFileSync(new URL('../docs/pci-scope.md', import.meta.url), 'utf8')
  .split('## Keys and secrets at rest')[1]
  ?.split('\n## ')[0];

test('docs/pci-scope.md lists every key file, and every column of the Vault that holds something sealed, hashed or chained', async () => {
  const files = readdirSync(join(dataDir, 'keys'));
  expect(files.length).toBeGreaterThan(7);
  for (const name of files) {
    expect(table).toContain(`\`keys/${name}\``);
    expect(statSync(join(dataDir, 'keys', name)).mode & 0o077).toBe(0);
  }
  const db = await openDatabase({ url: join(dataDir, 'vault.db') });
  const columns = await db.all<{ place: string; type: string }>(sql`
    SELECT m.name || '.' || c.name AS place, c.type FROM sqlite_master AS m, pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name <> 'migrations'`);
  await db.close();
  const kept = columns.filter(
    ({ place, type }) => type === 'BYTEA' || /\.(mac|seal|fingerprint|lookup_id|minted_in)$|hash/.test(place),
  );
  expect(kept.length).toBeGreaterThan(10);
  for (const { place } of kept) expect(table).toContain(`\`${place}\``);
});

test('a thief of the databases and logs finds no key that opens anything', async () => {
  const keys = readdirSync(join(dataDir, 'keys')).map((name) => [
    name,
    readFileSync(join(dataDir, 'keys', name), 'utf8').trim(),
  ]);
  const { merchantKey, vaultKey, adminToken } = dev;
  const secrets = new Map<string, Buffer>();
  for (const [name = '', value = ''] of [
    ...keys,
    ['merchant key', merchantKey],
    ['vault key', vaultKey],
    ['admin', adminToken],
  ]) {
    secrets.set(name, Buffer.from(value));
    if (/root-key$/.test(name)) secrets.set(`${name}, as bytes`, Buffer.from(value, 'hex'));
  }
  expect([...secrets.values()].every(({ length }) => length >= 32)).toBe(true);
  const stolen = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(db|db-wal|db-shm|log)$/.test(path),
  );
  expect(stolen.length).toBeGreaterThan(7);
  for (const path of stolen) {
    const bytes = readFileSync(join(dataDir, path));
    for (const [name, secret] of secrets) expect(bytes.includes(secret), `${name} in ${path}`).toBe(false);
    expect(bytes.includes(NUMBER), `a card in ${path}`).toBe(false);
  }
});

test('a Vault with real cards does not start with a debugger', async () => {
  const environment = { ...environmentOf('vault', 1), MODE: 'live', NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  const { code, stderr } = await runCli(['serve', 'vault'], environment).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('ozura: the inspector is open, which shows every card number');
});
