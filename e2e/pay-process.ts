// Pay alone, as a process that a test may kill. Prints the keys of new merchants when it listens.
import { Secret } from '@ozura/core/secret';
import { openLog } from '@ozura/kit/log';
import { startPay } from '@ozura/pay/main';
import type { PayProcessOptions } from './pay-launch.ts';
import { endWithStarter, sayReady } from './started-program.ts';

endWithStarter();
const options = JSON.parse(process.argv[2] ?? '') as PayProcessOptions;

const pay = await startPay({
  mode: 'test',
  host: '127.0.0.1',
  port: options.port,
  urls: options.urls,
  databaseUrl: options.databaseUrl,
  log: openLog({ program: 'pay', level: 'silent' }),
  trustedProxies: [],
  pepper: new Secret(Buffer.from(options.pepper, 'hex')),
  serviceKey: new Secret(options.serviceKey),
  acceptedServiceKeys: { checkout: new Secret(options.checkoutServiceKey) },
  sandbox: options.sandbox,
  processorHosts: options.processorHosts,
  rootKeyFile: options.rootKeyFile,
  adminToken: new Secret(options.adminToken),
  ...(options.crashAt === undefined ? {} : { crashAt: options.crashAt }),
  ...(options.taxProviderUrl === undefined ? {} : { taxProviderUrl: options.taxProviderUrl }),
});
const keys: Record<string, string> = {};
for (const merchantId of options.merchantIds) {
  const made = await fetch(`${pay.url}/admin/merchants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${options.adminToken}` },
    body: JSON.stringify({ merchantId, name: 'Blue Kettle', by: 'test' }),
  });
  // After a restart it is there already, with the key of the first start.
  if (made.status === 201) {
    const { data } = (await made.json()) as { data: { merchantKey: string } };
    keys[merchantId] = data.merchantKey;
  }
}
sayReady(JSON.stringify(keys));
