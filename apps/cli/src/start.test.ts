// `ozura start` as a person uses it: fresh data, free ports, signals.
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOnServer } from '@ozura/e2e/databases';
import { freePortBase } from '@ozura/e2e/ports';
import { type RunningCli, runCli } from '@ozura/e2e/run-cli';
import { saleOf } from '@ozura/e2e/sale';
import { tokenizeCard } from '@ozura/e2e/tokens';
import { raw, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DevFile } from './dev-file.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'ozura-start-'));
let portBase: number;
let running: RunningCli | undefined;

beforeAll(async () => {
  portBase = await freePortBase();
});

afterEach(() => end('SIGTERM'));

afterAll(() => rmSync(dataDir, { recursive: true }));

async function start(...words: string[]): Promise<DevFile> {
  running = runCli(['start', ...words], { DATA_DIR: dataDir, PORT_BASE: String(portBase) });
  await running.printed('Stop with Ctrl-C');
  return JSON.parse(readFileSync(join(dataDir, 'dev.json'), 'utf8')) as DevFile;
}

/** Exit code and time of the stop. */
async function end(signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }> {
  const stopped = running;
  running = undefined;
  if (stopped === undefined) return { code: null, tookMs: 0 };
  const began = performance.now();
  stopped.child.kill(signal);
  const { code } = await stopped.ended;
  return { code, tookMs: performance.now() - began };
}

const readSession = (dev: DevFile, id: string): Promise<Response> =>
  fetch(`${dev.checkoutUrl}/api/sessions/${id}`, {
    headers: { 'x-api-key': dev.vaultKey, 'x-ozura-api-key': dev.merchantKey },
  });

test('everything that a program needs is in dev.json, which only its owner may read', async () => {
  const dev = await start();
  expect(dev).toEqual({
    checkoutUrl: `http://localhost:${portBase}`,
    vaultUrl: `http://localhost:${portBase + 1}`,
    payUrl: `http://localhost:${portBase + 2}`,
    elementsUrl: `http://localhost:${portBase + 3}`,
    storeUrl: `http://localhost:${portBase + 10}`,
    merchantId: 'ozu_sandbox',
    merchantKey: expect.stringMatching(/^mk_test_/),
    vaultKey: expect.stringMatching(/^key_\w+_test_pvt_/),
    pubKey: expect.stringMatching(/^pk_test_/),
    adminToken: expect.stringMatching(/^adm_/),
    dataDir: realpathSync(dataDir),
  });
  for (const file of ['dev.json', 'keys/admin-token', 'keys/pay-pepper', 'keys/pay-service-key', 'keys/root-key']) {
    expect(statSync(join(dataDir, file)).mode & 0o077, file).toBe(0);
  }
  for (const url of [dev.checkoutUrl, dev.vaultUrl, dev.payUrl, dev.elementsUrl]) {
    expect((await fetch(`${url}/health`)).status, url).toBe(200);
  }
});

test.runIf(process.platform === 'linux')('a place where no folder can be made is named in one line', async () => {
  const { code, stderr } = await runCli(['start'], { DATA_DIR: '/proc/x/data', PORT_BASE: String(portBase) }).ended;
  expect([code, stderr]).toEqual([1, 'ozura: DATA_DIR: /proc/x/data: no folder can be made here\n']);
});

test('the numbers of each program are for the operator', async () => {
  const dev = await start();
  const metrics = (url: string, token: string): Promise<Response> =>
    fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  for (const url of [dev.checkoutUrl, dev.vaultUrl, dev.payUrl]) {
    expect([(await fetch(`${url}/metrics`)).status, (await metrics(url, 'adm_wrong')).status], url).toEqual([401, 401]);
    const told = await metrics(url, dev.adminToken);
    expect(told.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await told.text()).toMatch(
      /^ozura_request_duration_seconds_count\{method="GET",route="[^"]+",status="401"} /m,
    );
  }
});

test('the printed link is a session of the store that can be paid', async () => {
  const dev = await start();
  const [, sessionId = ''] = /\/checkout\/(session_\w+)/.exec(running?.output() ?? '') ?? [];
  const { data } = (await (await readSession(dev, sessionId)).json()) as { data: { session: unknown } };
  expect(data.session).toMatchObject({ status: 'pending', amount: '46.00', merchantId: 'ozu_sandbox' });
});

test('the printed payment link opens a session that can be paid', async () => {
  const dev = await start();
  const [link = ''] = /http\S+\/pay\/pl_\w+/.exec(running?.output() ?? '') ?? [];
  const opened = await fetch(link, { redirect: 'manual' });
  const [, sessionId = ''] = /\/checkout\/(session_\w+)$/.exec(opened.headers.get('location') ?? '') ?? [];
  const { data } = (await (await readSession(dev, sessionId)).json()) as { data: { session: unknown } };
  expect(data.session).toMatchObject({ status: 'pending', amount: '46.00', paymentLinkId: link.split('/').at(-1) });
});

test('with --processors the merchant pays through programs that play them, and without it no more', async () => {
  const dev = await start('--processors', 'elavon');
  const pay = async () => {
    const sale = {
      ...saleOf(await tokenizeCard(dev.vaultUrl, dev.vaultKey, '4242424242424242')),
      merchantId: dev.merchantId,
    };
    const headers = { 'content-type': 'application/json', 'x-api-key': dev.merchantKey, 'vault-api-key': dev.vaultKey };
    const answer = await fetch(`${dev.payUrl}/cardSale`, { method: 'POST', headers, body: JSON.stringify(sale) });
    return ((await answer.json()) as { data: { processor: string; transactionId: string } }).data;
  };
  const { processor, transactionId } = await pay();
  expect(processor).toBe('elavon');
  const journal = await (await fetch(`${dev.processors?.elavon}/control/journal`)).json();
  expect(journal).toMatchObject({ entries: [{ reference: transactionId, status: 'approved', amountMinor: 1840 }] });
  await end('SIGTERM');
  expect(await start()).not.toHaveProperty('processors');
  expect((await pay()).processor).toBe('sandbox');
});

test('a processor that nobody plays is named', async () => {
  const { code, stderr } = await runCli(['start', '--processors', 'acme'], { DATA_DIR: dataDir }).ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^ozura: --processors: "acme" is none of elavon/),
  });
});

test('without a terminal nothing is coloured', async () => {
  await start();
  expect(running?.output()).not.toContain('\u001b');
});

test('keys and sessions survive a restart, also a sudden one', async () => {
  const before = await start();
  const [, sessionId = ''] = /\/checkout\/(session_\w+)/.exec(running?.output() ?? '') ?? [];
  await end('SIGKILL');
  const after = await start();
  expect(after).toEqual(before);
  expect((await readSession(after, sessionId)).status).toBe(200);
});

test('without dev.json there are new keys, and they work', async () => {
  const before = await start();
  await end('SIGTERM');
  rmSync(join(dataDir, 'dev.json'));
  const after = await start();
  for (const name of ['merchantKey', 'vaultKey', 'pubKey'] as const) expect(after[name]).not.toBe(before[name]);
  expect((await readSession(after, 'session_none')).status).toBe(404);
});

test('keys that nobody knows any more are replaced', async () => {
  await start();
  await end('SIGTERM');
  for (const suffix of ['', '-shm', '-wal']) rmSync(join(dataDir, `vault.db${suffix}`), { force: true });
  const dev = await start();
  expect((await readSession(dev, 'session_none')).status).toBe(404);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s stops it within two seconds', async (signal) => {
  await start();
  const { code, tookMs } = await end(signal);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(2_000);
});

test('a port in use is one line, and nothing stays behind', async () => {
  const other = createServer().listen(portBase + 2, '127.0.0.1');
  await once(other, 'listening');
  const cli = runCli(['start'], { DATA_DIR: join(dataDir, 'other'), PORT_BASE: String(portBase) });
  const { code, stdout, stderr } = await cli.ended;
  other.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^ozura: Port ${portBase + 2} is in use\\. .*\\n$`));
});

test('data that a running installation uses is one line, and what that wrote stays', async () => {
  const dev = await start();
  const ports = String(await freePortBase());
  const { code, stdout, stderr } = await runCli(['start'], { DATA_DIR: dataDir, PORT_BASE: ports }).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `ozura: ${dataDir} is in use: its installation runs at ${dev.checkoutUrl}. Choose another with DATA_DIR.\n`,
  );
  expect(JSON.parse(readFileSync(join(dataDir, 'dev.json'), 'utf8'))).toEqual(dev);
});

test('data that was restored from it elsewhere is of another installation', async () => {
  await start();
  const copy = join(dataDir, 'restored');
  mkdirSync(copy);
  copyFileSync(join(dataDir, 'dev.json'), join(copy, 'dev.json'));
  const cli = runCli(['start'], { DATA_DIR: copy, PORT_BASE: String(await freePortBase()) });
  await cli.printed('Stop with Ctrl-C');
  cli.child.kill('SIGTERM');
  expect((await cli.ended).code).toBe(0);
});

test('DATABASE_URL moves all programs to PostgreSQL, each into a schema of its own', async () => {
  const { url, remove } = await createOnServer();
  const folder = join(dataDir, 'without-files');
  running = runCli(['start'], { DATA_DIR: folder, PORT_BASE: String(portBase), DATABASE_URL: url });
  await running.printed('Stop with Ctrl-C');
  const { host, pathname, password } = new URL(url);
  expect(running.output()).toContain(`PostgreSQL at ${host}${pathname}\n`);
  expect(running.output()).not.toContain(password);
  const [, link = ''] = /Pay here\s+(\S+)/.exec(running.output()) ?? [];
  expect((await fetch(link)).status).toBe(200);
  expect(readdirSync(folder).filter((name) => name.includes('.db'))).toEqual([]);
  const kept = await openDatabase({ url, poolMax: 1 });
  const rows = (table: string) => kept.all(sql`SELECT 1 AS found FROM ${raw(table)}`);
  for (const table of ['checkout.sessions', 'pay.merchants', 'vault.projects', 'sandbox.migrations'])
    expect((await rows(table)).length, table).toBeGreaterThan(0);
  await kept.close();
  expect(await end('SIGTERM')).toMatchObject({ code: 0 });
  const { code, stderr } = await runCli(['start'], { DATA_DIR: folder, PORT_BASE: String(portBase) }).ended;
  const why = `this installation has its data in PostgreSQL at ${host}${pathname}: name it, or take another DATA_DIR`;
  expect([code, stderr]).toEqual([1, `ozura: DATABASE_URL: ${why}\n`]);
  await remove();
});

test('a setting that cannot be is named', async () => {
  const wrong = { PORT_BASE: '99999', DATABASE_URL: 'all.db', PAY_DATABASE_URL: 'mysql://db/pay' };
  const { code, stderr } = await runCli(['start'], { DATA_DIR: dataDir, ...wrong }).ended;
  expect(code).toBe(1);
  for (const line of [
    'PORT_BASE: must be between 1 and 65525',
    'DATABASE_URL: must be a postgres:// URL; a file is named by program, as PAY_DATABASE_URL',
    'PAY_DATABASE_URL: must be a postgres:// URL or the path of a file',
  ])
    expect(stderr).toContain(`  - ${line}\n`);
});
