// Each program as a process of its own, on the databases and keys of an installation that `ozura start` made: a payment
// works, and the card is in no memory but the Vault's and the processor's (contract 12.7, 13.4).
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { APART, type Apart, type ProgramApart, startApart } from './apart.ts';
import { pay, preparePay } from './browserless.ts';
import { findInMemory } from './memory.ts';
import { createSession, getSession } from './merchant.ts';
import { runCli } from './run-cli.ts';
import { openSearch, readable } from './secret-search.ts';

/** Of no table in the code: wherever it is, it came from a payment. */
const NUMBER = '4539148803436467';

const DUMP_FILTER = '/proc/self/coredump_filter';
const usualDumps = '0x33';

let apart: Apart;

beforeAll(async () => {
  // A Vault that another test ran in this process has set it for itself, and programs inherit it.
  if (existsSync(DUMP_FILTER)) writeFileSync(DUMP_FILTER, usualDumps);
  apart = await startApart((program) => ({
    LOG_LEVEL: 'trace',
    ...(program === 'vault' ? { EXTRA_TEST_CARDS: NUMBER } : {}),
  }));
});

afterAll(() => apart.stop());

const pidOf = (program: ProgramApart): number => apart.running(program).child.pid ?? 0;

test.runIf(existsSync('/proc/self/mem'))('after payments the card is in no memory of Checkout and Pay', async () => {
  const { dev } = apart;
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
  for (const program of ['checkout', 'pay'] as const) {
    // The token is there: the search finds what is to be found.
    expect(findInMemory(pidOf(program), [NUMBER, token]), program).toEqual([token]);
  }
  for (const program of APART) expect(apart.running(program).output(), program).not.toContain(NUMBER);
});

test.runIf(existsSync(DUMP_FILTER))('a core dump of the Vault would hold none of its memory', () => {
  const filterOf = (program: ProgramApart): number =>
    Number.parseInt(readFileSync(`/proc/${pidOf(program)}/coredump_filter`, 'utf8'), 16);
  expect(filterOf('vault')).toBe(0);
  expect(filterOf('pay')).not.toBe(0);
});

const table = readFileSync(new URL('../docs/pci-scope.md', import.meta.url), 'utf8')
  .split('## Keys and secrets at rest')[1]
  ?.split('\n## ')[0];

test('docs/pci-scope.md lists every key file, and every column of the Vault that holds something sealed, hashed or chained', async () => {
  const files = readdirSync(join(apart.dataDir, 'keys'));
  expect(files.length).toBeGreaterThan(7);
  for (const name of files) {
    expect(table).toContain(`\`keys/${name}\``);
    expect(statSync(join(apart.dataDir, 'keys', name)).mode & 0o077).toBe(0);
  }
  const db = await openDatabase({ url: join(apart.dataDir, 'vault.db') });
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
  const keys = readdirSync(join(apart.dataDir, 'keys')).map((name) => [
    name,
    readFileSync(join(apart.dataDir, 'keys', name), 'utf8').trim(),
  ]);
  const { merchantKey, vaultKey, adminToken } = apart.dev;
  const secrets = new Map<string, string>();
  for (const [name = '', value = ''] of [
    ...keys,
    ['merchant key', merchantKey],
    ['vault key', vaultKey],
    ['admin', adminToken],
  ]) {
    secrets.set(value, name);
    if (/root-key$/.test(name)) secrets.set(Buffer.from(value, 'hex').toString('latin1'), `${name}, as bytes`);
  }
  expect([...secrets.keys()].every(({ length }) => length >= 32)).toBe(true);
  const stolen = readdirSync(apart.dataDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(db|db-wal|db-shm|log)$/.test(path),
  );
  expect(stolen.length).toBeGreaterThan(7);
  const search = openSearch({ cardNumbers: [NUMBER], secrets });
  for (const path of stolen) expect([path, search.plain(readable(join(apart.dataDir, path)))]).toEqual([path, []]);
});

test.each([
  ['--inspect=127.0.0.1:0', 'the inspector is open'],
  ['--heapsnapshot-signal=SIGUSR2', 'Node was started with --heapsnapshot-signal=SIGUSR2'],
  ['--tls-keylog=keys', 'Node was started with --tls-keylog=keys'],
  ['--report_on_fatalerror', 'Node was started with --report-on-fatalerror'],
])('a Vault with real cards does not start with %s', async (flag, told) => {
  const ofTests = { PROCESSOR_DESTINATIONS: '', EXTRA_TEST_CARDS: '' };
  const environment = { ...apart.environmentOf('vault'), ...ofTests, MODE: 'live', NODE_OPTIONS: flag };
  const { code, stderr } = await runCli(['serve', 'vault'], environment).ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`ozura: ${told}, which shows every card number`);
});
