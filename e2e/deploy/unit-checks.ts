// The systemd units, run by systemd in a container: each check throws what is not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { must, run } from './docker.ts';

type Check = () => Promise<string | undefined> | string | undefined;

const container = 'ozura-test-systemd';
const UNITS = ['ozura-checkout', 'ozura-pay', 'ozura-vault'];
const node = '/opt/ozura/node_modules/.bin/node';
const exposureMax = 1.5;

export const UNIT_CHECKS: Readonly<Record<string, Check>> = {
  'systemd knows every line of them, and finds little exposed': understood,
  'they start with all that holds them in': started,
  'the Vault is opened by two shares': opened,
  'a card is paid': paid,
  'a database that is away for longer than the limit of starts ends nothing for good': recovered,
  'a stop ends well': stopped,
};

const on = (script: string): string => must(['docker', 'exec', '-i', container, 'sh', '-eu'], { input: script }).trim();

/** What systemd needs of an engine: less than `--privileged`. */
const ALLOWED = ['SYS_ADMIN', 'SYS_PTRACE', 'NET_ADMIN', 'DAC_READ_SEARCH', 'SYS_NICE', 'SYSLOG'];

/** Starts the machine that the image `ozura-test-systemd` is. */
export async function startMachine(): Promise<void> {
  removeMachine();
  const allowed = ALLOWED.flatMap((capability) => ['--cap-add', capability]);
  const open = ['seccomp', 'apparmor', 'systempaths'].flatMap((name) => ['--security-opt', `${name}=unconfined`]);
  const rooms = ['--tmpfs', '/run:exec', '--tmpfs', '/tmp:exec', '--cgroupns', 'host'];
  const groups = ['-v', '/sys/fs/cgroup:/sys/fs/cgroup:rw'];
  must(['docker', 'run', '-d', '--name', container, ...allowed, ...open, ...rooms, ...groups, container]);
  await until(() => /running|degraded/.test(on('systemctl is-system-running || true')), 'systemd does not run');
  await until(() => run(['docker', 'exec', container, 'pg_isready']).status === 0, 'PostgreSQL does not run');
  on(readFileSync(new URL('./units.sh', import.meta.url), 'utf8'));
}

export function removeMachine(): void {
  run(['docker', 'rm', '-f', '-v', container]);
}

async function until(isSo: () => boolean, problem: string): Promise<void> {
  for (const untilMs = Date.now() + 60_000; !isSo(); ) {
    if (Date.now() > untilMs) throw new Error(`${problem}: ${on("journalctl -u 'ozura-*' -n 12 -o cat --no-pager")}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function understood(): string {
  assert.equal(on('systemd-analyze verify /etc/systemd/system/ozura-*.service 2>&1'), '');
  const levels = UNITS.map((unit) => Number(/: ([\d.]+) /.exec(on(`systemd-analyze security ${unit} | tail -1`))?.[1]));
  assert.ok(
    levels.every((level) => level <= exposureMax),
    `exposure ${levels}`,
  );
  return `exposure ${levels.join(', ')} of 10`;
}

async function started(): Promise<undefined> {
  on(`systemctl start ${UNITS.join(' ')}`);
  for (const port of [4000, 4002, 4003]) await until(() => answer(port) === 200, `nobody is ready at ${port}`);
  assert.equal(answer(4001), 503);
  for (const unit of UNITS) {
    const status = on(`cat /proc/$(systemctl show ${unit} -p MainPID --value)/status`);
    assert.match(status, /^Uid:\s+[1-9]/m, unit);
    assert.match(status, /^CapBnd:\s+0+$/m, unit);
    assert.match(status, /^NoNewPrivs:\s+1$/m, unit);
    assert.match(status, /^Seccomp:\s+2$/m, unit);
  }
}

const answer = (port: number): number => {
  const ask = `fetch('http://localhost:${port}/ready').then((told) => console.log(told.status), () => console.log(0))`;
  return Number(must(['docker', 'exec', container, node, '-e', ask]));
};

function opened(): undefined {
  const ozura = `UNSEAL_SOCKET=/run/ozura-vault/unseal.sock ${node} /opt/ozura/apps/cli/src/main.ts vault`;
  const shares = on(`${ozura} init`).match(/ozs_\S+/g) ?? [];
  assert.equal(shares.length, 3);
  for (const share of shares.slice(1)) on(`echo ${share} | ${ozura} unseal`);
  assert.equal(answer(4001), 200);
}

const PAY = `
import { openCalls } from '/opt/ozura/e2e/cluster/traffic/calls.ts';
import { payFor } from '/opt/ozura/e2e/cluster/traffic/customer.ts';
const [merchantId, ozuraKey, vaultKey] = process.argv.slice(-3);
const urls = { checkoutUrl: 'http://localhost:4000', vaultUrl: 'http://localhost:4001', elementsUrl: 'http://localhost:4003' };
const body = { merchantId, merchantName: 'Blue Kettle', amount: '18.40' };
for (const name of ['successUrl', 'cancelUrl', 'errorUrl']) body[name] = 'https://shop.example/' + name;
const headers = { 'x-ozura-api-key': ozuraKey, 'x-api-key': vaultKey };
const calls = openCalls();
const made = await calls.send('create', urls.checkoutUrl + '/api/sessions/create', { method: 'POST', headers, body });
const told = { paid: [], problems: [], declines: [] };
const chance = { happens: () => false, pick: ([first]) => first };
await payFor({ urls, calls, told }, { sessionId: made.body.data.sessionId, chance, customer: 1 });
console.log(told.paid[0]?.transactionId ?? JSON.stringify(calls.made));`;

async function paid(): Promise<string> {
  const main = `${node} /opt/ozura/apps/cli/src/main.ts`;
  on(`DATABASE_URL=/tmp/sandbox.db nohup ${main} serve sandbox >/tmp/sandbox.log 2>&1 &`);
  await until(() => on('cat /tmp/sandbox.log').includes('is ready'), 'the sandbox does not run');
  const told = on(`ADMIN_TOKEN_FILE=/etc/ozura/pay/admin-token ${main} merchant create --name 'Blue Kettle'`);
  const of = (name: string): string => new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(told)?.[1] ?? '';
  const keys = [of('Merchant'), of('X-OZURA-API-KEY'), of('X-API-KEY')];
  const said = must(['docker', 'exec', container, node, '--input-type=module', '-e', PAY, ...keys]).trim();
  assert.match(said, /^\d{6}\w{20}$/);
  return said;
}

async function recovered(): Promise<string> {
  on('systemctl stop postgresql@15-main && systemctl restart ozura-checkout');
  const starts = (): number => Number(on('systemctl show ozura-checkout -p NRestarts --value'));
  await until(() => starts() > 6, 'it is not started again');
  on('systemctl start postgresql@15-main');
  await until(() => answer(4000) === 200, 'Checkout does not come back');
  return `${starts()} starts`;
}

function stopped(): undefined {
  on(`systemctl stop ${UNITS.join(' ')}`);
  for (const unit of UNITS) assert.equal(on(`systemctl show ${unit} -p Result --value`), 'success');
}
