// The `ozura` command as somebody types it: each test runs it in a process of its own.
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortBase } from '@ozura/e2e/ports';
import { runCli } from '@ozura/e2e/run-cli';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ozura-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('help lists the commands', async () => {
  for (const args of [[], ['help'], ['--help']]) {
    const { code, stdout } = await runCli(args).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: ozura <command>/);
  }
});

test('a command that is asked what it takes does nothing else', async () => {
  for (const command of ['start', 'serve', 'migrate', 'bundle', 'backup', 'restore', 'doctor', 'trigger', 'listen']) {
    const { code, stdout } = await runCli([command, '--help'], { DATA_DIR: folder }).ended;
    expect([command, code, stdout]).toEqual([command, 0, expect.stringMatching(/^Usage:/)]);
  }
});

test('what cannot be done without a word is not done, and the exit code says so', async () => {
  const ftp = ['listen', '--forward-to', 'ftp://localhost/hook'];
  const cases: [string[], string][] = [
    [['backup'], 'FOLDER is missing'],
    [['restore'], 'FOLDER is missing'],
    [['doctor'], '--processor is missing'],
    [['serve'], 'PROGRAM is missing'],
    [['migrate'], 'PROGRAM is missing'],
    [['trigger'], 'TYPE is missing'],
    [['listen'], '--forward-to is missing'],
    [ftp, '--forward-to: must be an http or https URL'],
    [['bundle', folder], `"${folder}" is too much`],
  ];
  for (const [args, why] of cases) {
    const { code, stdout, stderr } = await runCli(args, { DATA_DIR: folder }).ended;
    expect([args, code, stdout, stderr.split('\n')[0]]).toEqual([args, 1, '', `ozura: ${why}`]);
  }
});

test('an unknown command is answered with the help and exit code 2', async () => {
  const { code, stdout, stderr } = await runCli(['strat']).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('there is no command "strat"');
  expect(stderr).toContain('Usage: ozura');
});

test('serve says what is missing from its environment, all of it, without a stack', async () => {
  const { code, stderr } = await runCli(['serve', 'vault']).ended;
  expect(code).toBe(1);
  for (const name of ['PEPPER', 'CHECKOUT_SERVICE_KEY', 'PAY_SERVICE_KEY', 'ADMIN_TOKEN']) {
    expect(stderr).toContain(`  - ${name}: is required, or ${name}_FILE`);
  }
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('a file that cannot be used is named in a line, and nothing is left behind', async () => {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('empty'), '');
  writeFileSync(at('text'), 'no JSON, no database, and long enough to be one by its size alone');
  writeFileSync(at('key.json'), '{"kty":"OKP"}');
  const said = async (env: Record<string, string>, ...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, {
      ADMIN_TOKEN: 'adm_x',
      VAULT_URL: 'http://127.0.0.1:1',
      ...env,
    }).ended;
    return [code, stdout, stderr.replace(folder, '')];
  };
  const cases: [string[], string, Record<string, string>?][] = [
    [['vault', 'import', at('none')], '/none: there is no such file'],
    [['vault', 'import', folder], ': is a directory'],
    [['vault', 'import', at('empty')], '/empty: is empty'],
    [['vault', 'export', '--to', at('text'), '--out', at('out')], '/text: is not JSON'],
    [
      ['vault', 'export', '--to', at('key.json'), '--out', at('out')],
      'nothing answers at http://127.0.0.1:1: is the installation running?',
    ],
    [['tax', 'load', 'ozu_shop', folder], ': is a directory'],
    [['merchant', 'processor', 'set', 'ozu_shop', 'elavon', '--from', at('none')], '/none: there is no such file'],
    [['migrate', 'sandbox'], 'DATABASE_URL: file is not a database', { DATABASE_URL: at('text') }],
    [['migrate', 'sandbox'], 'DATABASE_URL: unable to open database file', { DATABASE_URL: folder }],
  ];
  const answers = await Promise.all(cases.map(([args, , env = {}]) => said(env, ...args)));
  expect(answers).toEqual(cases.map(([, line]) => [1, '', `ozura: ${line}\n`]));
  expect(existsSync(at('out'))).toBe(false);
});

test('serve refuses a program that there is not', async () => {
  const { code, stderr } = await runCli(['serve', 'payments']).ended;
  expect(code).toBe(1);
  expect(stderr).toBe('ozura: there is no program "payments": checkout, pay, vault, sandbox\n');
});

test('a program says where it is ready, and stops when told', async () => {
  const cli = runCli(['serve', 'sandbox'], { PORT: '0', DATABASE_URL: join(folder, 'served.db'), LOG_LEVEL: 'silent' });
  await cli.printed('ready on http://');
  const [, url] = /ready on (http:\S+)\n/.exec(cli.output()) ?? [];
  expect((await fetch(`${url}/health`)).status).toBe(200);
  cli.child.kill('SIGINT');
  expect((await cli.ended).code).toBe(0);
});

test('an address that is not of this machine is named as what it is', async () => {
  for (const HOST of ['192.0.2.1', 'nowhere.invalid']) {
    const env = { PORT: '0', DATABASE_URL: join(folder, 'nowhere.db'), LOG_LEVEL: 'silent', HOST };
    const { code, stderr } = await runCli(['serve', 'sandbox'], env).ended;
    expect([code, stderr]).toEqual([1, `ozura: HOST: ${HOST} is not an address of this machine\n`]);
  }
});

test.each([
  // Its work is done when it has stopped.
  [['start'], 'SIGTERM', 0],
  [['serve', 'sandbox'], 'SIGTERM', 0],
  // And this one's is not: nobody may go on as if it were.
  [['migrate', 'sandbox'], 'SIGTERM', 143],
  [['migrate', 'sandbox'], 'SIGINT', 130],
] as const)('a stop is heard while %s begins, by the first process of a container too', async (words, signal, code) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const cli = runCli(words, {
    DATABASE_URL: `postgres://sandbox:p@127.0.0.1:${port}/sandbox`,
    DATA_DIR: join(folder, 'stopped'),
    PORT_BASE: String(await freePortBase()),
  });
  const [socket] = (await once(silent, 'connection')) as [Socket];
  cli.child.kill(signal);
  // The system would end it by the signal, which is no code; and the first process not at all.
  expect((await cli.ended).code).toBe(code);
  socket.destroy();
  silent.close();
});

test('a stop waits for a request that is running, takes no new one, and loses nothing', async () => {
  const keys = { PEPPER: 'p'.repeat(43), CHECKOUT_SERVICE_KEY: 'svc_checkout', LOG_LEVEL: 'silent' };
  const cli = runCli(['serve', 'checkout'], { PORT: '0', DATABASE_URL: join(folder, 'drained.db'), ...keys });
  await cli.printed('ready on http://');
  const [, url = ''] = /ready on (http:\S+)\n/.exec(cli.output()) ?? [];
  const running = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  let answer = '';
  running.on('data', (chunk: Buffer) => {
    answer += chunk;
  });
  running.write(
    'POST /csp-report HTTP/1.1\r\nhost: x\r\ncontent-type: application/csp-report\r\ncontent-length: 2\r\n\r\n{',
  );
  // It has been read when it is refused or waited for; nothing tells which.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  cli.child.kill('SIGTERM');
  // Longer than a stop of `ozura start` may take.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const isHeard = (): Promise<boolean> =>
    fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
  await expect.poll(isHeard).toBe(false);
  running.write('}');
  expect((await cli.ended).code).toBe(0);
  expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /);
});

test('the sandbox does not run in live mode', async () => {
  const { code, stderr } = await runCli(['serve', 'sandbox'], { MODE: 'live' }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('MODE: the sandbox does not run in live mode');
});

test('migrate brings a database up to date once', async () => {
  const env = { DATABASE_URL: join(folder, 'migrated.db') };
  expect((await runCli(['migrate', 'sandbox'], env).ended).stdout).toMatch(/^sandbox: applied 0001-journal/);
  expect((await runCli(['migrate', 'sandbox'], env).ended).stdout).toBe('sandbox: up to date\n');
});
