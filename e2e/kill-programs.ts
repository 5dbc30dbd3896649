// Checkout and Pay of two installations, one on SQLite and one on PostgreSQL, each a process of its own that dies again and
// again, around one Vault and one processor that live on.
import type { ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertPageCredential } from '@ozura/checkout/store/page-credentials';
import { insertSession } from '@ozura/checkout/store/sessions';
import { newPageCredential, newSessionId } from '@ozura/core/ids';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { Secret } from '@ozura/core/secret';
import { hashKey } from '@ozura/kit/auth';
import type { Database } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { openLog } from '@ozura/kit/log';
import { insertMerchant } from '@ozura/pay/store/merchants';
import { type RunningSandbox, startSandbox } from '@ozura/sandbox/main';
import { type RunningVault, startVault } from '@ozura/vault/main';
import type { Origins, PagePay } from './browserless.ts';
import { createOnServer } from './databases.ts';
import { freePort } from './ports.ts';
import { spawnProgram } from './program-process.ts';
import { bookedSince } from './sandbox-books.ts';
import { requestOver } from './simulation/customers.ts';

export type KilledProgram = 'checkout' | 'pay';

export interface KillInstance {
  readonly port: number;
  readonly urls: Readonly<Record<'checkoutUrl' | 'vaultUrl' | 'payUrl' | 'elementsUrl', string>>;
  readonly databaseUrl: string;
  readonly pepper: string;
  readonly serviceKeys: Readonly<Record<KilledProgram, string>>;
  readonly sandbox: { readonly url: string; readonly unreachableUrl: string };
  readonly rootKeyFile: string;
}

/** What a process is started with. */
export interface KillProcess {
  readonly program: KilledProgram;
  readonly instance: KillInstance;
  readonly crashAt?: string;
}

/** One installation on one engine. */
export interface Installation {
  readonly engine: Database['engine'];
  readonly checkout: Database;
  readonly pay: Database;
  /** A session with its page open and a card typed: everything up to the press of the button. */
  prepare(cardNumber: string): Promise<PagePay>;
  readonly origins: Origins;
}

export interface KillPrograms {
  readonly installations: readonly Installation[];
  /** Starts the program again in every installation, killed first where it lives; it then dies at `crashAt`. */
  restart(program: KilledProgram, crashAt?: string): Promise<void>;
  /** How many processes of the program die within `ms`. */
  died(program: KilledProgram, ms: number): Promise<number>;
  /** References of the approvals that stand in the processor's books. */
  standing(): Promise<string[]>;
  stop(): Promise<void>;
}

const log = openLog({ program: 'test', level: 'silent' });
const newKey = (prefix: string): string => `${prefix}_${randomBytes(32).toString('hex').slice(0, 43)}`;
const at = (port: number): string => `http://127.0.0.1:${port}`;
const merchantId = 'ozu_bluekettle';

export async function startKillPrograms(): Promise<KillPrograms> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-kill-'));
  const pepper = randomBytes(32).toString('hex');
  const serviceKeys = { checkout: newKey('svc'), pay: newKey('svc') };
  const adminToken = newKey('adm');
  const deadUrl = at(await freePort());
  const vaultPort = await freePort();
  const elementsUrl = at(await freePort());
  const sandbox = await startSandbox({ host: '127.0.0.1', port: 0, databaseUrl: join(folder, 'sandbox.db'), log });
  const vault = await startVault({
    mode: 'test',
    host: '127.0.0.1',
    port: vaultPort,
    elementsPort: 0,
    urls: { checkoutUrl: deadUrl, vaultUrl: at(vaultPort), payUrl: deadUrl, elementsUrl },
    databaseUrl: join(folder, 'vault.db'),
    log,
    trustedProxies: [],
    pepper: new Secret<Uint8Array>(Buffer.from(pepper, 'hex')),
    rootKeyFile: join(folder, 'root.key'),
    serviceKeys: { checkout: new Secret(serviceKeys.checkout), pay: new Secret(serviceKeys.pay) },
    adminToken: new Secret(adminToken),
    processorDestinations: [sandbox.url, deadUrl],
    cvcSeconds: 600,
    rateLimits: { tokenizePerKey: 100_000, tokenizePerAddress: 100_000, failedAuthentications: 100_000 },
  });
  const vaultKey = await createApplication(vault.url, adminToken);
  const removals: (() => Promise<void>)[] = [];
  const databaseOf = async (engine: Database['engine'], program: KilledProgram): Promise<string> => {
    if (engine === 'sqlite') return join(folder, `${program}-${randomUUID()}.db`);
    const { url, remove } = await createOnServer();
    removals.push(remove);
    return url;
  };
  const installed = async (engine: Database['engine']) => {
    const [checkoutPort, payPort] = [await freePort(), await freePort()];
    const urls = { checkoutUrl: at(checkoutPort), vaultUrl: vault.url, payUrl: at(payPort), elementsUrl };
    const sandboxOf = { url: sandbox.url, unreachableUrl: deadUrl };
    const rootKeyFile = join(folder, `${payPort}.key`);
    const common = { urls, pepper, serviceKeys, sandbox: sandboxOf, rootKeyFile };
    return {
      engine,
      checkout: { ...common, port: checkoutPort, databaseUrl: await databaseOf(engine, 'checkout') },
      pay: { ...common, port: payPort, databaseUrl: await databaseOf(engine, 'pay') },
    };
  };
  const instances = [];
  for (const engine of ['sqlite', 'postgres'] as const) instances.push(await installed(engine));
  return openPrograms({ folder, instances, sandbox, vault, vaultKey, removals });
}

interface Parts {
  readonly folder: string;
  readonly instances: readonly (Readonly<Record<KilledProgram, KillInstance>> & { engine: Database['engine'] })[];
  readonly sandbox: RunningSandbox;
  readonly vault: RunningVault;
  readonly vaultKey: string;
  readonly removals: readonly (() => Promise<void>)[];
}

async function openPrograms({ folder, instances, sandbox, vault, vaultKey, removals }: Parts): Promise<KillPrograms> {
  const startedAtMs = Date.now();
  const running = new Map<KilledProgram, readonly Launched[]>();
  const kill = async (program: KilledProgram): Promise<void> => {
    for (const { child, ended } of running.get(program) ?? []) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    }
  };
  const restart = async (program: KilledProgram, crashAt?: string): Promise<void> => {
    await kill(program);
    const crash = crashAt === undefined ? {} : { crashAt };
    const launched = instances.map((one) => launch({ program, instance: one[program], ...crash }));
    running.set(program, await Promise.all(launched));
  };
  await restart('pay');
  await restart('checkout');
  const opened = await Promise.all(
    instances.map(async ({ engine, checkout, pay }): Promise<Installation> => {
      const ledger = await openDatabase({ url: pay.databaseUrl, poolMax: 2 });
      const merchant = { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings };
      await insertMerchant(ledger, merchant);
      const sessions = await openDatabase({ url: checkout.databaseUrl, poolMax: 2 });
      const prepare = (number: string) => preparePayment({ db: sessions, instance: checkout, vaultKey, number });
      return { engine, checkout: sessions, pay: ledger, prepare, origins: checkout.urls };
    }),
  );
  return {
    installations: opened,
    restart,
    died: async (program, ms) => {
      const time = pause(ms).then(() => false);
      const ends = (running.get(program) ?? []).map(({ ended }) => Promise.race([ended.then(() => true), time]));
      return (await Promise.all(ends)).filter((isDead) => isDead).length;
    },
    standing: () => standingAt(sandbox.url, startedAtMs),
    async stop() {
      await Promise.all([kill('checkout'), kill('pay')]);
      for (const { checkout, pay } of opened) await Promise.all([checkout.close(), pay.close()]);
      await Promise.all([vault.stop(), sandbox.stop()]);
      for (const remove of removals) await remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

export interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

export async function launch(options: KillProcess): Promise<Launched> {
  const { child, ended, said } = await spawnProgram('kill-process.ts', options);
  const isReady = await Promise.race([said.then(() => true), ended.then(() => false)]);
  // A label that the start itself comes to: then it is dead already, as it should be.
  if (!isReady && child.signalCode !== 'SIGKILL') throw new Error(`${options.program} does not start`);
  return { child, ended };
}

interface Preparing {
  readonly db: Database;
  readonly instance: KillInstance;
  readonly vaultKey: string;
  readonly number: string;
}

async function preparePayment({ db, instance, vaultKey, number }: Preparing): Promise<PagePay> {
  const { urls, pepper } = instance;
  const nowMs = await db.now();
  const sessionId = newSessionId(nowMs, randomBytes);
  const request = requestOver(1_840n);
  await insertSession(db, {
    id: sessionId,
    request,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 1e9,
  });
  const credential = newPageCredential(randomBytes);
  await insertPageCredential(db, {
    hash: hashKey(new Secret<Uint8Array>(Buffer.from(pepper, 'hex')), credential),
    sessionId,
    merchantId: request.merchantId,
    createdAtMs: nowMs,
  });
  const minted = await post(`${urls.vaultUrl}/sessions`, { order_id: sessionId }, { 'x-api-key': vaultKey });
  const data = { cardNumber: number, expirationMonth: '11', expirationYear: '2039', cvv: '123' };
  const { session_key: key } = (minted as { data: { session_key: string } }).data;
  const headers = { 'x-session-key': key, origin: urls.elementsUrl };
  const tokenized = await post(`${urls.vaultUrl}/tokenize`, { type: 'card', data }, headers);
  const { token, cvc_session_id: cvcSession } = tokenized as { token: string; cvc_session_id: string };
  const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
  const billing = { firstName: 'Ines', lastName: 'Duarte', email: 'i@example.com', phone: '+14155550134', address };
  return {
    sessionId,
    credential,
    body: { token, cvcSession, billing, expectedTotal: '18.40', attemptKey: randomUUID() },
  };
}

async function createApplication(vaultUrl: string, adminToken: string): Promise<string> {
  const body = { name: 'Blue Kettle', permissions: { tokenization: { allowed: true } } };
  const headers = { authorization: `Bearer ${adminToken}`, 'x-merchant-id': merchantId };
  const { data } = (await post(`${vaultUrl}/api/applications`, body, headers)) as { data: { api_key: string } };
  return data.api_key;
}

async function post(url: string, body: object, headers: Record<string, string>): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const told: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(told)}`);
  return told;
}

async function standingAt(sandboxUrl: string, sinceMs: number): Promise<string[]> {
  type Booking = { readonly reference: string; readonly status: string; readonly voided: boolean };
  const booked = await bookedSince<Booking>(sandboxUrl, sinceMs);
  return booked.filter(({ status, voided }) => status === 'approved' && !voided).map(({ reference }) => reference);
}
