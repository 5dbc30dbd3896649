// All programs of a development installation, in this process. They still meet over HTTP only.
import { join } from 'node:path';
import { type Log, openLog } from '@ozura/kit/log';
import type { BaseConfig } from '@ozura/kit/settings';
import type { RunningSandbox } from '@ozura/sandbox/main';
import type { InstallationKeys } from './installation-keys.ts';
import type { StartSettings } from './start-settings.ts';
import { unreachableUrl } from './unreachable.ts';

export interface Programs {
  /** Whoever calls another one stops before it. */
  stop(): Promise<void>;
}

type Base = (program: 'checkout' | 'vault' | 'pay') => BaseConfig;

export async function startPrograms(settings: StartSettings, keys: InstallationKeys): Promise<Programs> {
  const logs: Log[] = [];
  const log = (program: string): Log => {
    const file = join(settings.dataDir, 'log', `${program}.log`);
    const opened = openLog({ program, level: settings.logLevel, file });
    logs.push(opened);
    return opened;
  };
  const base: Base = (program) => ({
    mode: 'test',
    host: settings.host,
    port: settings.ports[program],
    urls: settings.urls,
    databaseUrl: settings.databases.of[program],
    poolMax: settings.poolMax,
    log: log(program),
    pepper: keys.peppers[program],
    ...settings.tuning.traffic,
  });
  // Loading a program takes longer than starting it: all of them load while the sandbox starts.
  const loading = Promise.all([import('@ozura/vault/main'), import('@ozura/pay/main'), import('@ozura/checkout/main')]);
  const sandbox = await startSandboxOf(settings, log('sandbox'));
  const [{ startVault }, { startPay }, { startCheckout }] = await loading;
  const [vault, pay, checkout] = await Promise.all([
    startVault(vaultConfig({ settings, keys, sandbox }, base)),
    startPay({
      ...base('pay'),
      serviceKey: keys.serviceKeys.pay,
      acceptedServiceKeys: { checkout: keys.serviceKeys.checkout },
      sandbox: { url: sandbox.url, unreachableUrl },
      processorHosts: settings.processorHosts,
      ...settings.pricing,
      rootKeyFile: keys.payRootKeyFile,
      adminToken: keys.adminToken,
      ...crashAtOf(settings),
    }),
    startCheckout({
      ...base('checkout'),
      serviceKey: keys.serviceKeys.checkout,
      adminToken: keys.adminToken,
      sessionLifetimeSeconds: settings.tuning.sessionLifetimeSeconds,
      maxFailedAttempts: settings.tuning.maxFailedAttempts,
      ...toldMaxOf(settings),
      publicSessionBilling: settings.tuning.publicSessionBilling,
      ...settings.tuning.ofCheckout,
      ...crashAtOf(settings),
    }),
  ]);
  return {
    async stop() {
      for (const program of [checkout, pay, vault, sandbox]) await program.stop();
      await Promise.all(logs.map(flush));
    },
  };
}

async function startSandboxOf({ host, databases }: StartSettings, log: Log): Promise<RunningSandbox> {
  const { startSandbox } = await import('@ozura/sandbox/main');
  return startSandbox({ host, port: 0, databaseUrl: databases.of.sandbox, log });
}

const vaultConfig = (
  { settings, keys, sandbox }: { settings: StartSettings; keys: InstallationKeys; sandbox: RunningSandbox },
  base: Base,
) => ({
  ...base('vault'),
  elementsPort: settings.ports.elements,
  rootKeyFile: keys.rootKeyFile,
  serviceKeys: keys.serviceKeys,
  adminToken: keys.adminToken,
  processorDestinations: [sandbox.url, unreachableUrl, ...Object.values(settings.processorHosts)],
  cvcSeconds: settings.tuning.cvcSeconds,
});

const toldMaxOf = ({ tuning: { declinesToldMax } }: StartSettings) =>
  declinesToldMax === undefined ? {} : { declinesToldMax };
const crashAtOf = ({ tuning: { crashAt } }: StartSettings) => (crashAt === undefined ? {} : { crashAt });

const flush = (log: Log): Promise<void> => new Promise((resolve) => log.flush(() => resolve()));
