// `ozura start`: the whole system in one process, with a sandbox merchant and a store, ready to be paid in.
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import type { RunningStore } from '@ozura/example-store/main';
import { openContext } from '@ozura/kit/context';
import { createSchemas } from '@ozura/kit/db/schemas';
import { readEnv } from '@ozura/kit/env';
import { openOutbound } from '@ozura/kit/fetch';
import { makeFolder } from '@ozura/kit/folder';
import { openLog } from '@ozura/kit/log';
import { refuseLostKeys, refuseUnfinished } from './backup/installation-files.ts';
import { CannotStart } from './cannot-start.ts';
import { placeOf } from './database-url.ts';
import { readLastKeys, refuseRunning, refuseWithoutDatabase, writeDevFile } from './dev-file.ts';
import { help } from './help.ts';
import { withFile } from './input-file.ts';
import { type InstallationKeys, openInstallationKeys } from './installation-keys.ts';
import { openInstallation } from './operator.ts';
import { openPaint } from './paint.ts';
import { refusePortsInUse } from './ports.ts';
import { startPrograms } from './programs.ts';
import { createSandboxLink } from './sandbox-link.ts';
import { type MerchantKeys, openSandboxMerchant } from './sandbox-merchant.ts';
import { leaveOnSignal, stopOnSignal } from './shutdown.ts';
import { hostsWith, payThrough, readSimulated, type Simulated, startSimulated } from './simulated-processors.ts';
import { readStartSettings, type StartSettings } from './start-settings.ts';
import { summary } from './summary.ts';
import { asksForHelp } from './words.ts';
import { letYoungGenerationGrow } from './young-generation.ts';

export async function start(words: readonly string[]): Promise<void> {
  if (asksForHelp(words)) return console.log(help);
  const env = readEnv();
  const paint = openPaint(env);
  leaveOnSignal();
  const read = readStartSettings(env);
  const { dataDir, urls, storeUrl } = read;
  const wanted = await readSimulated(words);
  withFile(`DATA_DIR: ${dataDir}`, () => makeFolder(dataDir));
  await refusePortsInUse(Object.values(read.ports));
  await refuseRunning(dataDir);
  refuseUnfinished(dataDir);
  await refuseLostKeys(dataDir, read.databases.of);
  refuseWithoutDatabase(dataDir, read.databases);
  const { random } = openContext(openLog({ program: 'ozura', level: 'silent' }));
  const keys = openInstallationKeys(dataDir, random);
  const simulated = await startSimulated(wanted, dataDir);
  const settings = { ...read, processorHosts: hostsWith(read.processorHosts, simulated) };
  const { common } = read.databases;
  if (common !== undefined) await createSchemas(common.url, common.schemas);
  const programs = await startPrograms(settings, keys);
  const merchant = await openMerchant(settings, keys, simulated);
  const store = await openStore(settings, merchant);
  stopOnSignal(async () => {
    console.log(paint.dim('Stopping …'));
    await store.stop();
    await programs.stop();
    await Promise.all(simulated.map((one) => one.stop()));
  });
  const database = common === undefined ? {} : { database: placeOf(common.url) };
  const adminToken = keys.adminToken.open();
  const dev = { ...urls, storeUrl, ...merchant, adminToken, ...namesOf(simulated), ...database };
  writeDevFile(dataDir, dev);
  const [payableUrl, paymentLinkUrl] = await Promise.all([buyKettle(store), createSandboxLink(dev)]);
  console.log(summary({ dev, dataDir, payableUrl, paymentLinkUrl, readyMs: performance.now() }, paint));
  letYoungGenerationGrow();
  flushCompileCache();
}

async function openMerchant(
  { dataDir, urls, storeUrl }: StartSettings,
  { adminToken }: InstallationKeys,
  simulated: readonly Simulated[],
): Promise<MerchantKeys> {
  const outbound = openOutbound();
  try {
    const merchant = await openSandboxMerchant(
      { urls, storeUrl, adminToken, send: outbound.send },
      readLastKeys(dataDir),
    );
    const operator = 'ozura start';
    const installation = openInstallation({ ...urls, adminToken: adminToken.open() }, outbound.send, operator);
    await payThrough({ installation, merchantId: merchant.merchantId, dataDir, operator }, simulated);
    return merchant;
  } finally {
    await outbound.close();
  }
}

const namesOf = (simulated: readonly Simulated[]) =>
  simulated.length === 0 ? {} : { processors: Object.fromEntries(simulated.map(({ name, url }) => [name, url])) };

async function openStore(settings: StartSettings, keys: MerchantKeys): Promise<RunningStore> {
  const { startStore } = await import('@ozura/example-store/main');
  const log = openLog({ program: 'store', level: 'info', file: join(settings.dataDir, 'log', 'store.log') });
  return startStore({
    host: settings.host,
    port: settings.ports.store,
    storeUrl: settings.storeUrl,
    checkoutUrl: settings.urls.checkoutUrl,
    ...keys,
    report: (problem) => log.error(problem),
  });
}

/** Presses the button of the store, as a customer would: where that leads is a page to pay on. */
async function buyKettle({ url }: RunningStore): Promise<string> {
  const answer = await fetch(`${url}/buy`, { method: 'POST', redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new CannotStart(`the store could not create a session (${answer.status}); see its log`);
  return location;
}
