// Checkout, Pay and the Vault, two processes each, as `ozura serve` starts them in production, and the sandbox processor.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Target } from './front.ts';
import { type Keys, makeKeys } from './keys.ts';
import type { NextPort } from './ports.ts';
import { openLink, type TcpLink } from './tcp-link.ts';
import { openVictim, type Victim } from './victim.ts';

export type ProgramName = 'checkout' | 'pay' | 'vault';
export const PROGRAMS: readonly ProgramName[] = ['vault', 'pay', 'checkout'];

export interface Urls {
  readonly checkoutUrl: string;
  readonly vaultUrl: string;
  readonly payUrl: string;
  readonly elementsUrl: string;
}

/** One process of a program, with the links that lead to it and from it. */
export interface Instance {
  readonly program: ProgramName;
  readonly process: Victim;
  readonly port: number;
  /** From HAProxy. */
  readonly front: TcpLink;
  /** To the database. */
  readonly database: TcpLink;
  /** Of the Vault: where the card fields are. */
  readonly elementsPort?: number;
}

export interface Programs {
  readonly instances: readonly Instance[];
  readonly sandbox: Victim;
  readonly sandboxFile: string;
  /** From Vault and Pay to the processor. */
  readonly processor: TcpLink;
  /** From all of them to the cache. */
  readonly cache: TcpLink;
  readonly keys: Keys;
  targetsOf(program: ProgramName): readonly Target[];
  readonly elementsTargets: readonly Target[];
  /** Each with its own migrations first, one program after the other. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  readonly folder: string;
  readonly nextPort: NextPort;
  readonly urls: Urls;
  /** Of HAProxy's name for the database, and of the cache. */
  readonly databasePort: number;
  readonly cachePort: number;
}

const readyTimeoutMs = 8_000;
const cli = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));

/** All customers and merchants of the test come from one machine; counting goes on, nobody is turned away. */
const LIMITS = [
  'cardSale',
  'transQuery',
  'cardRefund',
  'createSession',
  'getSessionAnonymous',
  'getSessionKeys',
  'openPaymentLink',
  'openCheckoutPage',
  'payPerAddress',
  'payPerSession',
  'pageRoutes',
  'sessionKey',
  'tokenizePerAddress',
  'tokenizePerKey',
  'detokenize',
  'proxy',
  'events',
];

export async function openPrograms(options: ProgramOptions): Promise<Programs> {
  const { folder, nextPort, cachePort } = options;
  const sandboxPort = await nextPort();
  const processor = await openLink('vault and pay to the processor', await nextPort(), sandboxPort);
  const hear = (asked: Uint8Array): void => appendFileSync(join(folder, 'told-to-cache'), asked);
  const cache = await openLink('programs to the cache', await nextPort(), cachePort, hear);
  const keys = makeKeys(folder);
  const shared = {
    ...surroundings(options.urls),
    PEPPER: keys.pepper,
    CHECKOUT_SERVICE_KEY: keys.checkout,
    PAY_SERVICE_KEY: keys.pay,
    ADMIN_TOKEN: keys.admin,
    REDIS_URL: `redis://127.0.0.1:${cache.port}`,
    SANDBOX_URL: `http://127.0.0.1:${processor.port}`,
    PROCESSOR_DESTINATIONS: `http://127.0.0.1:${processor.port}`,
    ROOT_KEY_FILE: keys.rootKeyFile,
    PAY_ROOT_KEY_FILE: keys.payRootKeyFile,
  };
  const sandboxFile = join(folder, 'sandbox.db');
  const sandbox = serve('sandbox', { folder, port: sandboxPort, env: { DATABASE_URL: sandboxFile } });
  const instances: Instance[] = [];
  for (const program of PROGRAMS)
    for (const number of [1, 2])
      instances.push(
        await openInstance(options, { program, number, shared, password: keys.databasePasswords[program] }),
      );
  const ofProgram = (program: ProgramName) => instances.filter((instance) => instance.program === program);
  return {
    instances,
    sandbox,
    sandboxFile,
    processor,
    cache,
    keys,
    targetsOf: (program) => ofProgram(program).map(({ process, front }) => ({ name: process.name, port: front.port })),
    elementsTargets: ofProgram('vault').map(({ process, elementsPort = 0 }) => ({
      name: process.name,
      port: elementsPort,
    })),
    async start() {
      await sandbox.start();
      for (const program of PROGRAMS) await Promise.all(ofProgram(program).map(({ process }) => process.start()));
    },
    async stop() {
      await Promise.all([sandbox.kill(), ...instances.map(({ process }) => process.kill())]);
      const links = [processor, cache, ...instances.flatMap(({ front, database }) => [front, database])];
      await Promise.all(links.map((link) => link.close()));
    },
  };
}

const surroundings = ({ checkoutUrl, vaultUrl, payUrl, elementsUrl }: Urls): Record<string, string> => ({
  MODE: 'test',
  // The more they say, the more there is to look for secrets in.
  LOG_LEVEL: 'trace',
  CHECKOUT_URL: checkoutUrl,
  VAULT_URL: vaultUrl,
  PAY_URL: payUrl,
  ELEMENTS_URL: elementsUrl,
  TRUSTED_PROXIES: '127.0.0.1',
  RATE_LIMITS: LIMITS.map((name) => `${name}=1000000`).join(','),
});

interface One {
  readonly program: ProgramName;
  readonly number: number;
  readonly shared: Readonly<Record<string, string>>;
  readonly password: string;
}

async function openInstance(
  { folder, nextPort, databasePort }: ProgramOptions,
  { program, number, shared, password }: One,
): Promise<Instance> {
  const name = `${program}-${number}`;
  const port = await nextPort();
  const elementsPort = await nextPort();
  const front = await openLink(`haproxy to ${name}`, await nextPort(), port);
  const database = await openLink(`${name} to the database`, await nextPort(), databasePort);
  const env = {
    ...shared,
    DATABASE_URL: `postgres://${program}:${password}@127.0.0.1:${database.port}/${program}`,
    ELEMENTS_PORT: String(elementsPort),
  };
  const process = serve(program, { name, folder, port, env });
  return { program, process, port, front, database, ...(program === 'vault' ? { elementsPort } : {}) };
}

interface Serving {
  readonly name?: string;
  readonly folder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

const serve = (program: string, { name = program, folder, port, env }: Serving): Victim =>
  openVictim({
    name,
    command: [process.execPath, cli, 'serve', program],
    env: { ...env, PORT: String(port) },
    logFile: join(folder, `${name}.log`),
    cwd: folder,
    isUp: async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok,
  });

/** What a process says about itself, past every link. */
export const readyOf = ({ port }: Pick<Instance, 'port'>) => readyAt(`http://127.0.0.1:${port}`);

export async function readyAt(url: string): Promise<{ readonly isReady: boolean; readonly missing: string }> {
  try {
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(readyTimeoutMs) });
    const { checks = {} } = (await answer.json()) as { checks?: Record<string, string> };
    const missing = Object.entries(checks).filter(([, state]) => state !== 'ok');
    return { isReady: answer.status === 200, missing: missing.map(([name]) => name).join() };
  } catch {
    return { isReady: false, missing: 'an answer' };
  }
}
