// What has to be true of the compose file while it runs. Each check throws what is not.
import assert from 'node:assert/strict';
import { pathsOf } from '@ozura/tools/deploy/operator-paths';
import { payFor } from '../cluster/traffic/customer.ts';
import type { Paid } from '../cluster/traffic/shop.ts';
import { type Chance, openChance } from '../simulation/world.ts';
import { inside, must, run } from './docker.ts';
import { openEdgeCalls } from './edge.ts';
import type { Stack } from './stack.ts';

type Check = (stack: Stack) => Promise<string | undefined> | string | undefined;

const PROGRAMS = ['checkout', 'pay', 'vault'];
const urls = {
  checkoutUrl: 'http://checkout.localhost',
  vaultUrl: 'http://vault.localhost',
  payUrl: 'http://pay.localhost',
  elementsUrl: 'http://fields.localhost',
};
const cardNumber = '4242424242424242';
const calls = openEdgeCalls();

/** By what each says that it holds, in the order in which they build on one another. */
export const COMPOSE_CHECKS: Readonly<Record<string, Check>> = {
  'no container is root, has a capability, gains one, or writes to its image': fenced,
  'a program has nothing of what it was not given': bare,
  'the compiled code of the image is used': cached,
  'Vault and databases are out of reach of those that have no business there': separate,
  'what is for operators does not pass the edge': hidden,
  'a merchant is made as written in docs/deploy.md': welcomed,
  'a card is paid through the edge': paid,
  'a stop lets a running payment end, and then ends well': drained,
  'a service that starts again keeps its data': kept,
  'logs have neither card nor secret in them': quiet,
};

function fenced({ compose }: Stack): string {
  const ids = compose('ps', '-q').trim().split('\n');
  const told = JSON.parse(must(['docker', 'inspect', ...ids])) as Inspected[];
  for (const { Name, Config, HostConfig } of told) {
    assert.match(Config.User, /^[1-9]\d*:[1-9]\d*$/, Name);
    assert.equal(HostConfig.ReadonlyRootfs, true, Name);
    assert.deepEqual(HostConfig.CapDrop, ['ALL'], Name);
    assert.deepEqual(HostConfig.CapAdd ?? [], [], Name);
    assert.ok(HostConfig.SecurityOpt.includes('no-new-privileges:true'), Name);
    assert.equal(HostConfig.Privileged, false, Name);
  }
  return `${told.length} containers`;
}

interface Inspected {
  readonly Name: string;
  readonly Config: { readonly User: string };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[];
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[];
    readonly Privileged: boolean;
  };
}

const look = `
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
const status = readFileSync('/proc/self/status', 'utf8');
const of = (name) => new RegExp(name + ':\\\\s+(\\\\S+)').exec(status)[1];
const writable = ['/', '/app', '/app/node_modules', '/tmp', '/etc', '/run/secrets'].filter((folder) => {
  try { writeFileSync(folder + '/x', ''); return true; } catch { return false; }
});
const core = /Max core file size\\s+(\\d+)\\s+(\\d+)/.exec(readFileSync('/proc/1/limits', 'utf8')).slice(1).join();
const secrets = readdirSync('/run/secrets').sort();
const unreadable = secrets.filter((name) => { try { readFileSync('/run/secrets/' + name); } catch { return true; } });
console.log(JSON.stringify({ uid: process.getuid(), caps: of('CapEff') + of('CapBnd'), noNew: of('NoNewPrivs'),
  seccomp: of('Seccomp'), bin: readdirSync('/usr/bin').concat(readdirSync('/bin')), core, writable, secrets, unreadable }));
`;

function bare({ containerOf, compose }: Stack): undefined {
  const config = compose('config');
  for (const program of PROGRAMS) {
    const seen = JSON.parse(inside(containerOf(program), look)) as Record<string, unknown> & { secrets: string[] };
    const { secrets, bin, ...rest } = seen;
    const expected = { uid: 65_532, caps: '0'.repeat(32), noNew: '1', seccomp: '2', core: '0,0' };
    assert.deepEqual(rest, { ...expected, writable: [], unreadable: [] }, program);
    assert.ok(!(bin as string[]).some((name) => /^(ba|da|busy)?sh$|^npm|^apt/.test(name)), `${program} has a shell`);
    assert.ok(
      secrets.every((name) => config.includes(name)),
      program,
    );
    for (const other of PROGRAMS.filter((name) => name !== program))
      assert.ok(!secrets.some((name) => name.startsWith(`${other}-`) && !name.endsWith('service-key')), program);
  }
}

/** Node keeps it by version, user and flags, and says nothing when it finds none. */
function cached({ containerOf }: Stack): string {
  const main = ['/usr/local/bin/node', '/app/apps/cli/src/main.ts', 'serve', '--help'];
  const told = run(['docker', 'exec', '-e', 'NODE_DEBUG_NATIVE=COMPILE_CACHE', containerOf('checkout'), ...main]);
  const found = `${told.out}${told.err}`.match(/cache for .*success|was accepted/g)?.length ?? 0;
  assert.ok(found > 5, 'no compiled code was found');
  return `${found} files`;
}

/** Those of `host:port` that a connection is made to from this container. */
function reached(container: string, places: readonly string[]): string[] {
  const script = `
import { connect } from 'node:net';
const isReached = (place) => new Promise((resolve) => {
  const [host, port] = place.split(':');
  const socket = connect({ host, port: Number(port), timeout: 1500 });
  socket.on('connect', () => resolve(true)).on('timeout', () => resolve(false)).on('error', () => resolve(false));
});
const places = ${JSON.stringify(places)};
const found = await Promise.all(places.map(isReached));
console.log(JSON.stringify(places.filter((_, i) => found[i])));
process.exit();`;
  return JSON.parse(inside(container, script)) as string[];
}

function separate({ containerOf }: Stack): string {
  const ipOf = (service: string, network: string): string => {
    const template = `{{(index .NetworkSettings.Networks "ozura-test_${network}").IPAddress}}`;
    return must(['docker', 'inspect', '--format', template, containerOf(service)]).trim();
  };
  const ofVault = [`${ipOf('vault', 'fence')}:8080`, `${ipOf('vault', 'vault-data')}:8080`, 'vault:8080'];
  const besideVault = [`${ipOf('vault-database', 'vault-data')}:5432`, `${ipOf('vault-valkey', 'vault-data')}:6379`];
  const closed = [...ofVault, ...besideVault];
  const open = ['vault.localhost:80'];
  for (const program of ['checkout', 'pay'])
    assert.deepEqual(reached(containerOf(program), [...open, ...closed]), open, program);
  const others = [`${ipOf('checkout-database', 'data')}:5432`, `${ipOf('valkey', 'data')}:6379`];
  const own = ['vault-database:5432', 'vault-valkey:6379'];
  assert.deepEqual(reached(containerOf('vault'), [...own, ...others, `${ipOf('pay', 'front')}:8080`]), own, 'vault');
  return `${closed.length * 2 + others.length + 1} ways`;
}

async function hidden({ secret }: Stack): Promise<undefined> {
  const headers = { authorization: `Bearer ${secret('admin-token')}` };
  const paths = PROGRAMS.flatMap((program) => pathsOf(program).operators);
  const hidden = paths.filter((path) => !path.startsWith('/api/applications'));
  const otherwise = hidden.map((path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`));
  for (const url of [urls.checkoutUrl, urls.payUrl, urls.vaultUrl, urls.elementsUrl])
    for (const path of [...hidden, ...otherwise, '/admin', '/admin/merchants/%zz']) {
      const answer = await calls.send('', `${url}${path}`, { headers });
      assert.equal(answer.status, 404, `${url}${path}`);
      // A program of ours always tells one.
      assert.equal(answer.headers.get('request-id'), null, `${url}${path}`);
    }
}

interface Keys extends Readonly<Record<string, string>> {
  readonly 'x-ozura-api-key': string;
  readonly 'x-api-key': string;
}
const made = { merchantId: '', keys: { 'x-ozura-api-key': '', 'x-api-key': '' } as Keys };

function welcomed({ compose }: Stack): string {
  const main = ['/usr/local/bin/node', '/app/apps/cli/src/main.ts'];
  const create = ['merchant', 'create', '--name', 'Blue Kettle'];
  const told = compose('exec', '-T', '-e', 'PAY_URL=http://127.0.0.1:8080', 'pay', ...main, ...create);
  const of = (name: string): string => new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(told)?.[1] ?? '';
  made.merchantId = of('Merchant');
  made.keys = { 'x-ozura-api-key': of('X-OZURA-API-KEY'), 'x-api-key': of('X-API-KEY') };
  assert.match(made.merchantId, /^ozu_/);
  return made.merchantId;
}

/** The first card of those that are approved. */
const sure: Chance = { ...openChance(1), happens: () => false, pick: <T>(from: readonly T[]): T => from[0] as T };

async function payOnce(): Promise<Paid> {
  const { merchantId, keys } = made;
  const [successUrl, cancelUrl, errorUrl] = ['thanks', 'cart', 'error'].map((path) => `https://shop.example/${path}`);
  const body = { merchantId, merchantName: 'Blue Kettle', amount: '18.40', successUrl, cancelUrl, errorUrl };
  const url = `${urls.checkoutUrl}/api/sessions/create`;
  const answer = await calls.send('create', url, { method: 'POST', headers: keys, body });
  assert.equal(answer.status, 200, answer.text);
  const { sessionId } = answer.body.data as { sessionId: string };
  const told = { sessions: [], paid: [] as Paid[], sales: [], refunds: [], plans: [], declines: [], problems: [] };
  await payFor({ urls, calls, told }, { sessionId, chance: sure, customer: 1 });
  const [payment] = told.paid;
  assert.ok(payment, `${sessionId} was not paid`);
  return payment;
}

async function statusOf({ sessionId }: Paid): Promise<unknown> {
  const answer = await calls.send('get', `${urls.checkoutUrl}/api/sessions/${sessionId}`, { headers: made.keys });
  return (answer.body.data as { session: { status: string } }).session.status;
}

const first: { payment?: Paid } = {};

async function paid(): Promise<string> {
  first.payment = await payOnce();
  assert.equal(await statusOf(first.payment), 'completed');
  return first.payment.transactionId;
}

async function drained({ compose, containerOf }: Stack): Promise<string> {
  const slow = { merchant: made.merchantId, match: { operation: 'sale' }, steps: ['slow:6', 'approve'] };
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(slow) };
  const program = `console.log((await fetch('http://sandbox:4020/programs', ${JSON.stringify(request)})).status)`;
  assert.equal(inside(containerOf('pay'), program), '200');
  const pay = containerOf('pay');
  const begunAtMs = Date.now();
  const running = payOnce();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  must(['docker', 'kill', '--signal', 'TERM', pay]);
  const payment = await running;
  const tookMs = Date.now() - begunAtMs;
  assert.ok(tookMs > 5_000, `it took ${tookMs} ms: the stop was not during the payment`);
  const state = must(['docker', 'wait', pay]).trim();
  assert.equal(state, '0');
  compose('start', 'pay');
  assert.equal(await statusOf(payment), 'completed');
  return `payment of ${tookMs} ms, exit code ${state}`;
}

async function kept({ compose, untilHealthy }: Stack): Promise<undefined> {
  compose('up', '-d', '--no-build', '--force-recreate');
  await untilHealthy();
  assert.ok(first.payment);
  assert.equal(await statusOf(first.payment), 'completed');
  await payOnce();
}

function quiet({ compose, secret }: Stack): string {
  const logs = compose('logs', '--no-color');
  assert.ok(logs.includes('"route":"/api/sessions/:sessionId/pay"'), 'the logs have no payment in them');
  const secrets = ['admin-token', 'pay-root-key', 'vault-root-key', 'pay-service-key', 'vault-pepper'].map(secret);
  const passwords = PROGRAMS.map((name) => secret(`${name}-database-password`));
  for (const word of [cardNumber, ...Object.values(made.keys), ...secrets, ...passwords])
    assert.ok(!logs.includes(word), `the logs have ${word.slice(0, 8)}… in them`);
  return `${logs.split('\n').length} lines`;
}
