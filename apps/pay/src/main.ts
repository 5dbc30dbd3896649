// Starts Pay: the ledger of payments and attempts. It never holds a card.
import type { Send } from '@ozura/contract/client';
import { watchClock } from '@ozura/kit/clock-watch';
import { type Context, openProgramContext } from '@ozura/kit/context';
import { openCrashPoint } from '@ozura/kit/crash-point';
import type { Database } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { type Outbound, openOutbound } from '@ozura/kit/fetch';
import { listen } from '@ozura/kit/http/server';
import { type OpenedLimits, openLimits } from '@ozura/kit/http/shared-limits';
import { openJobs } from '@ozura/kit/jobs';

import { openRootKey } from '@ozura/kit/root-key';
import { inTrace, observed } from '@ozura/kit/trace';
import { openApp } from './app.ts';
import { openAudit } from './audit.ts';
import type { PayConfig } from './config.ts';
import type { PayContext } from './context.ts';
import { chargeDuePlans } from './jobs/charge-due-plans.ts';
import { compareBooks } from './jobs/compare-books.ts';
import { holdTokens } from './jobs/hold-tokens.ts';
import { resolveRefunds } from './jobs/resolve-refunds.ts';
import { resolveUnknown } from './jobs/resolve-unknown.ts';
import { settleBankDebits } from './jobs/settle-bank-debits.ts';
import { undoLateApprovals } from './jobs/undo-late-approvals.ts';
import { derivePayKeys } from './keys.ts';
import { openProcessors } from './processors/registry.ts';
import { checkRootKey } from './root-key-check.ts';
import { bringChecksForward, bringRefundsForward } from './store/checks.ts';
import { openTax } from './tax/open.ts';
import { openVault } from './vault.ts';

export interface RunningPay {
  readonly url: string;
  stop(): Promise<void>;
}

/** A request that takes longer at the stop of the program is left to the recovery at its next start. */
const drainMs = 1_500;

export async function startPay(config: PayConfig): Promise<RunningPay> {
  const db = await openDatabase({
    url: config.databaseUrl,
    poolMax: config.poolMax,
    testClock: config.mode === 'test',
  });
  const outbound = openOutbound();
  const shared = await openLimits(config, 'pay');
  try {
    await migrate(db, readMigrations(new URL('./store/migrations/', import.meta.url)), {
      tell: (what) => config.log.info(what),
    });
    const base = await openProgramContext(config, 'pay');
    const context = contextOf(config, base, { db, send: outbound.send });
    await checkRootKey(context);
    return await serve(context, outbound, shared);
  } catch (error) {
    shared.close();
    await Promise.all([outbound.close(), db.close()]);
    throw error;
  }
}

interface Reach {
  readonly db: Database;
  readonly send: Send;
}

function contextOf(config: PayConfig, base: Context, { db, send: sendPlainly }: Reach): PayContext {
  const send: Send = (request) => observed(base, request, () => sendPlainly(request));
  const keys = derivePayKeys(openRootKey(config.rootKeyFile, config.mode, base));
  return {
    ...base,
    config,
    db,
    send,
    keys,
    audit: openAudit(keys.audit),
    vault: openVault({
      vaultUrl: config.urls.vaultUrl,
      serviceKey: config.serviceKey,
      send: inTrace(sendPlainly, base),
    }),
    processors: openProcessors(config),
    tax: openTax({ db, send, log: config.log, providerUrl: config.taxProviderUrl }),
    reached: openCrashPoint(config.mode, config.crashAt),
  };
}

async function serve(context: PayContext, outbound: Outbound, shared: OpenedLimits): Promise<RunningPay> {
  const { config, db } = context;
  const jobs = openJobs(context, [
    resolveUnknown(context),
    resolveRefunds(context),
    chargeDuePlans(context),
    settleBankDebits(context),
    holdTokens(context),
    undoLateApprovals(context),
    compareBooks(context),
    watchClock(context, bringForward(db)),
  ]);
  const app = openApp(context, jobs, shared.limits);
  await bringForward(db)(await db.now());
  const url = await listen(app, config.host, config.port);
  jobs.start();
  // What the last run of the program left open is looked at now.
  void jobs.runAll();
  return {
    url,
    async stop() {
      const drained = Promise.all([app.close(), jobs.stop()]).then(() => outbound.close());
      await Promise.race([drained, pause(config.drainMs ?? drainMs)]);
      shared.close();
      await db.close();
      await context.spans?.close();
    },
  };
}

const bringForward = (db: Database) => (nowMs: number) =>
  Promise.all([bringChecksForward(db, nowMs), bringRefundsForward(db, nowMs)]);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
