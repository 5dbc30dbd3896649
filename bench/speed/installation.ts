// An installation as it runs in production: `ozura serve`, each program a process of its own. A column is one process of
// each program, calling those of its column; columns share the databases.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '@ozura/e2e/ports';
import { type Program, residentMegabytes, root, startProgram } from '../program.ts';
import type { DatabaseOf, EngineHome } from './engines.ts';

const NAMES = ['checkout', 'pay', 'vault'] as const satisfies readonly DatabaseOf[];

export interface Installation {
  readonly home: EngineHome;
  readonly databases: Readonly<Record<DatabaseOf, string>>;
  /** Addresses of a program, one a column. */
  urls(of: DatabaseOf): string[];
  /** The first column's. */
  readonly first: Readonly<Record<`${DatabaseOf | 'elements'}Url`, string>> & BenchMerchant;
  addColumn(): Promise<void>;
  /** Of the programs, without the database server and the processor. */
  pids(): number[];
  /** Of the first column: how long until it is ready, and its memory now. */
  starts(): readonly Started[];
  stop(): Promise<void>;
}

interface BenchMerchant {
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
  readonly pubKey: string;
}

interface Started {
  readonly name: string;
  readonly startMs: number;
  readonly residentMb: number;
}

type Column = Readonly<Record<DatabaseOf, Running>> & { readonly elementsUrl: string };

interface Running {
  readonly url: string;
  readonly program: Program;
  readonly startMs: number;
}

const secret = (): string => `svc_${randomBytes(32).toString('hex').slice(0, 43)}`;
let made = 0;

export async function startInstallation(home: EngineHome): Promise<Installation> {
  made += 1;
  const number = made;
  const databases = {
    checkout: await home.create(`checkout_${number}`),
    pay: await home.create(`pay_${number}`),
    vault: await home.create(`vault_${number}`),
  };
  const adminToken = secret();
  const sandboxPort = await freePort();
  const common = {
    LOG_LEVEL: 'warn',
    RATE_LIMITS: 'off',
    PEPPER: secret(),
    ADMIN_TOKEN: adminToken,
    CHECKOUT_SERVICE_KEY: secret(),
    PAY_SERVICE_KEY: secret(),
    ROOT_KEY_FILE: join(home.folder, `root-${number}.key`),
    PAY_ROOT_KEY_FILE: join(home.folder, `pay-root-${number}.key`),
    CVC_SECONDS: '600',
    DRAIN_SECONDS: '2',
    SANDBOX_URL: at(sandboxPort),
    PROCESSOR_DESTINATIONS: at(sandboxPort),
    CHECKOUT_DATABASE_URL: databases.checkout,
    PAY_DATABASE_URL: databases.pay,
    VAULT_DATABASE_URL: databases.vault,
  };
  // The processor is somebody else's: it is the same whatever our databases are.
  const ofSandbox = {
    ...common,
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_DATABASE_URL: join(home.folder, `sandbox-${number}.db`),
  };
  const sandbox = await serve('sandbox', ofSandbox, at(sandboxPort));
  const { checkout, pay, vault, elementsUrl } = await startColumn(common);
  const columns: Column[] = [{ checkout, pay, vault, elementsUrl }];
  const origins = { checkoutUrl: checkout.url, payUrl: pay.url, vaultUrl: vault.url, elementsUrl };
  return {
    home,
    databases,
    first: { ...origins, ...(await createMerchant({ ...origins, adminToken })) },
    urls: (of) => columns.map((column) => column[of].url),
    addColumn: async () => void columns.push(await startColumn(common)),
    pids: () => columns.flatMap((column) => NAMES.map((name) => pidOf(column[name]))),
    starts: () =>
      Object.entries({ checkout, pay, vault }).map(([name, running]) => ({
        name,
        startMs: running.startMs,
        residentMb: residentMegabytes(pidOf(running)),
      })),
    async stop() {
      for (const column of columns) for (const name of NAMES) await column[name].program.stop();
      await sandbox.program.stop();
    },
  };
}

const pidOf = ({ program }: Running): number => program.child.pid ?? 0;
const at = (port: number): string => `http://127.0.0.1:${port}`;

async function startColumn(common: Record<string, string>): Promise<Column> {
  const [checkout, pay, vault, elements] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const env = {
    ...common,
    CHECKOUT_PORT: String(checkout),
    PAY_PORT: String(pay),
    VAULT_PORT: String(vault),
    ELEMENTS_PORT: String(elements),
    CHECKOUT_URL: at(checkout),
    PAY_URL: at(pay),
    VAULT_URL: at(vault),
    ELEMENTS_URL: at(elements),
  };
  // One after the other: how long each takes is measured.
  return {
    vault: await serve('vault', env, at(vault)),
    pay: await serve('pay', env, at(pay)),
    checkout: await serve('checkout', env, at(checkout)),
    elementsUrl: at(elements),
  };
}

async function serve(name: string, env: Record<string, string>, url: string): Promise<Running> {
  const startedAtMs = performance.now();
  const program = await startProgram([join(root, 'apps/cli/src/main.ts'), 'serve', name], () => true, env);
  return { url, program, startMs: performance.now() - startedAtMs };
}

interface Administered {
  readonly payUrl: string;
  readonly vaultUrl: string;
  readonly adminToken: string;
}

async function createMerchant({ payUrl, vaultUrl, adminToken }: Administered): Promise<BenchMerchant> {
  const merchantId = 'ozu_bench';
  const post = async (url: string, body: object): Promise<Record<string, string>> => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${adminToken}`,
      'x-merchant-id': merchantId,
    };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { data: Record<string, string> }).data;
  };
  const { merchantKey = '' } = await post(`${payUrl}/admin/merchants`, {
    merchantId,
    name: 'Blue Kettle',
    by: 'bench',
  });
  const application = { name: 'Blue Kettle', permissions: { tokenization: { allowed: true } } };
  const { api_key: vaultKey = '', pub_key: pubKey = '' } = await post(`${vaultUrl}/api/applications`, application);
  return { merchantId, merchantKey, vaultKey, pubKey };
}
