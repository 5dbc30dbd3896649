// Starts the Vault: its database, its keys, its API and the origin of the frames.
import { openProgramContext } from '@ozura/kit/context';
import { openCrashPoint } from '@ozura/kit/crash-point';
import type { Database } from '@ozura/kit/db/handle';
import { endJobLeases } from '@ozura/kit/db/job-lease';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { listen } from '@ozura/kit/http/server';

import { type OpenedLimits, openLimits } from '@ozura/kit/http/shared-limits';
import { openJobs } from '@ozura/kit/jobs';

import { openPinnedOutbound } from '@ozura/kit/pinned-fetch';
import { openApp } from './app.ts';
import { binsOf } from './bins.ts';
import type { VaultConfig } from './config.ts';
import type { VaultContext } from './context.ts';
import { openFrames } from './frames/routes.ts';
import { anchorAudit } from './jobs/anchor-audit.ts';
import { purgeExpired } from './jobs/purge-expired.ts';
import { purgeTokens } from './jobs/purge-tokens.ts';
import { rotateKeys } from './jobs/rotate-keys.ts';
import { openSealed } from './keys/open.ts';
import { openRoot } from './keys/root.ts';
import { openRotation } from './keys/rotation.ts';
import { keepMemoryPrivate } from './own-memory.ts';

export interface RunningVault {
  readonly url: string;
  /** Of the Elements origin. */
  readonly elementsUrl: string;
  stop(): Promise<void>;
}

/** A request to a processor that takes longer at the stop of the program is cut off; Pay asks how it ended. */
const drainMs = 1_500;

export async function startVault(config: VaultConfig): Promise<RunningVault> {
  keepMemoryPrivate(config);
  const db = await openDatabase({
    url: config.databaseUrl,
    poolMax: config.poolMax,
    testClock: config.mode === 'test',
  });
  const shared = await openLimits(config, 'vault');
  try {
    return await startOn(db, config, shared);
  } catch (error) {
    shared.close();
    await db.close();
    throw error;
  }
}

async function startOn(db: Database, config: VaultConfig, shared: OpenedLimits): Promise<RunningVault> {
  await migrate(db, readMigrations(new URL('./store/migrations/', import.meta.url)), {
    tell: (what) => config.log.info(what),
  });
  if (db.engine === 'sqlite') await endJobLeases(db);
  const base = await openProgramContext(config, 'vault');
  const keys = openSealed(db, base);
  const root = await openRoot(config, { db, keys, base });
  const context: VaultContext = {
    ...base,
    config,
    db,
    keys: keys.keys,
    audit: keys.audit,
    crash: openCrashPoint(config.mode, config.crashAt),
    bins: binsOf(config),
    proxy: openPinnedOutbound(),
  };
  const rotation = openRotation(context);
  const jobs = openJobs(context, [
    purgeExpired(context),
    purgeTokens(context),
    rotateKeys(rotation),
    anchorAudit(context),
  ]);
  const app = openApp(context, { rotation, jobs, limits: shared.limits, isSealed: keys.isSealed });
  const frames = openFrames(context);
  const url = await listen(app, config.host, config.port);
  const elementsUrl = await listen(frames, config.host, config.elementsPort).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const begin = async (): Promise<void> => {
    await recordOwn(context, 'start');
    jobs.start();
  };
  if (keys.isSealed()) root.unsealed.then(begin).catch((error: unknown) => base.log.fatal({ err: error }));
  else await begin();
  return {
    url,
    elementsUrl,
    async stop() {
      const drained = Promise.all([app.close(), frames.close(), jobs.stop(), root.stop()]);
      await Promise.race([drained.then(() => context.proxy.close()), pause(config.drainMs ?? drainMs)]);
      if (!keys.isSealed()) await recordStop(context);
      shared.close();
      await db.close();
      await base.spans?.close();
    },
  };
}

const recordStop = (context: VaultContext): Promise<void> =>
  recordOwn(context, 'stop').catch((error: unknown) => context.log.error({ err: error }, 'the stop is not on record'));

/** That the log begins and ends being written is part of the log (PCI DSS 10.2.1.6). */
const recordOwn = ({ db, audit }: VaultContext, action: 'start' | 'stop'): Promise<void> =>
  db.transact(async (tx) => {
    const event = { merchantId: '', actor: 'vault', action, object: 'vault', outcome: 'allowed' } as const;
    await audit.record(tx, { ...event, address: '', requestId: '' }, await tx.now());
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
