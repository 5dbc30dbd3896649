// The `ozura` command as somebody types it: each test runs it in a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { runCli } from '@ozura/e2e/run-cli';
import { openDatabase } from '@ozura/kit/db/open';
import { insertMerchant } from '@ozura/pay/store/merchants';
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

test('the sandbox does not run in live mode', async () => {
  const { code, stderr } = await runCli(['serve', 'sandbox'], { MODE: 'live' }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('MODE: the sandbox does not run in live mode');
});

test('migrate brings a database up to date once', async () => {
  const env = { DATABASE_URL: join(folder, 'migrated.db') };
  expect((await runCli(['migrate', 'sandbox'], env).ended).stdout).toBe('sandbox: applied 0001-journal\n');
  expect((await runCli(['migrate', 'sandbox'], env).ended).stdout).toBe('sandbox: up to date\n');
});

test('tax keeps the table of a merchant, and says what is wrong with a row', async () => {
  const env = { PAY_DATABASE_URL: join(folder, 'pay.db') };
  const tax = (...args: string[]) => runCli(['tax', ...args], env).ended;
  await runCli(['migrate', 'pay'], { DATABASE_URL: env.PAY_DATABASE_URL }).ended;
  expect((await tax('list', 'ozu_1')).stderr).toBe('ozura: there is no merchant ozu_1\n');
  const db = await openDatabase({ url: env.PAY_DATABASE_URL });
  await insertMerchant(db, { merchantId: 'ozu_1', name: 'Blue Kettle', processors: [], settings: defaultSettings });
  await db.close();
  expect((await tax('set', 'ozu_1', 'US/New York/100', '8.875')).stdout).toMatch(/^US\/NY\/100 +8\.875 %\n$/);
  expect((await tax('set', 'ozu_1', 'US/XX', '101')).stderr).toBe(
    'ozura: row[0].state: must be a state of US such as "NY"\nrow[0].ratePercent: must be between 0 and 100\n',
  );
  const file = join(folder, 'rows.json');
  writeFileSync(file, JSON.stringify([{ country: 'DE', ratePercent: 19 }]));
  expect((await tax('load', 'ozu_1', file)).stdout).toMatch(/^DE\/\* +19 %\n$/);
  expect(await tax('clear', 'ozu_1')).toEqual({ code: 0, stdout: '', stderr: '' });
});
