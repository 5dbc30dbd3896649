// One program of one installation, as a process that a test may kill.

import { PROCESSOR_HOSTS } from '@ozura/core/processor-hosts';
import { Secret } from '@ozura/core/secret';
import { openLog } from '@ozura/kit/log';
import type { KillInstance, KillProcess } from './kill-programs.ts';
import { endWithStarter, sayReady } from './started-program.ts';

endWithStarter();
const { program, instance, crashAt } = JSON.parse(process.argv[2] ?? '') as KillProcess;
const log = openLog({ program, level: 'silent' });

const baseOf = ({ port, urls, databaseUrl, pepper }: KillInstance) => ({
  mode: 'test' as const,
  host: '127.0.0.1',
  port,
  urls,
  databaseUrl,
  log,
  trustedProxies: [],
  rateLimits: { payPerAddress: 100_000, failedAuthentications: 100_000 },
  pepper: new Secret<Uint8Array>(Buffer.from(pepper, 'hex')),
  ...(crashAt === undefined ? {} : { crashAt }),
});

const { serviceKeys, sandbox, rootKeyFile } = instance;
// Only what is started is loaded: this happens hundreds of times.
if (program === 'pay') {
  const { startPay } = await import('@ozura/pay/main');
  await startPay({
    ...baseOf(instance),
    serviceKey: new Secret(serviceKeys.pay),
    acceptedServiceKeys: { checkout: new Secret(serviceKeys.checkout) },
    sandbox,
    processorHosts: PROCESSOR_HOSTS.test,
    rootKeyFile,
  });
} else {
  const { startCheckout } = await import('@ozura/checkout/main');
  await startCheckout({
    ...baseOf(instance),
    serviceKey: new Secret(serviceKeys.checkout),
    sessionLifetimeSeconds: 1_800,
    maxFailedAttempts: 5,
    publicSessionBilling: false,
  });
}
sayReady('ready');
