// Starts and stops Checkout: API, hosted pages and jobs.
import { openClient } from '@ozura/contract/client';
import { watchClock } from '@ozura/kit/clock-watch';
import { openProgramContext } from '@ozura/kit/context';
import { openCrashPoint } from '@ozura/kit/crash-point';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { openOutbound } from '@ozura/kit/fetch';
import { listen } from '@ozura/kit/http/server';
import { openLimits } from '@ozura/kit/http/shared-limits';
import { inStages, openJobs } from '@ozura/kit/jobs';
import { inTrace } from '@ozura/kit/trace';

import { openApp } from './app.ts';
import { openCharges } from './charges.ts';
import type { CheckoutConfig } from './config.ts';
import type { CheckoutContext } from './context.ts';
import { completeFeed } from './jobs/complete-feed.ts';
import { deliverWebhooks } from './jobs/deliver-webhooks.ts';
import { expireLinks } from './jobs/expire-links.ts';
import { expireSessions } from './jobs/expire-sessions.ts';
import { forgetOld } from './jobs/forget-old.ts';
import { renewSigningKey } from './jobs/renew-signing-key.ts';
import { settleCharges } from './jobs/settle-charges.ts';
import { openSigning } from './signing.ts';
import { bringChecksForward } from './store/charges.ts';
import { openTelling } from './webhooks/open.ts';

export interface RunningCheckout {
  readonly url: string;
  stop(): Promise<void>;
}

/** A charge that takes longer at the stop of the program is settled after its next start. */
const drainMs = 1_500;

export async function startCheckout(config: CheckoutConfig): Promise<RunningCheckout> {
  const base = await openProgramContext(config, 'checkout');
  const outbound = openOutbound();
  const shared = await openLimits(config, 'checkout');
  const db = await openDatabase({
    url: config.databaseUrl,
    poolMax: config.poolMax,
    testClock: config.mode === 'test',
  });
  try {
    await migrate(db, readMigrations(new URL('./store/migrations/', import.meta.url)), {
      tell: (what) => config.log.info(what),
    });
    const send = inTrace(outbound.send, base);
    const serviceKey = { 'x-service-key': config.serviceKey.open() };
    const signing = await openSigning({ db, pepper: config.pepper, random: base.random });
    const context: CheckoutContext = {
      ...base,
      config,
      db,
      vault: openClient(config.urls.vaultUrl, send, serviceKey),
      pay: openClient(config.urls.payUrl, send, serviceKey),
      signing,
      limits: shared.limits,
      reached: openCrashPoint(config.mode, config.crashAt),
    };
    const startedAtMs = await db.now();
    await bringChecksForward(db, startedAtMs);
    const charges = openCharges(context, startedAtMs);
    const telling = await openTelling(context);
    const jobs = inStages([
      openJobs(context, [
        watchClock(context, (nowMs) => bringChecksForward(db, nowMs)),
        settleCharges(charges),
        expireSessions(context),
        expireLinks(context),
        forgetOld(context),
        renewSigningKey(signing, config.signingKeyDays ?? 0),
      ]),
      openJobs(context, [completeFeed(telling.feed)]),
      openJobs(context, [deliverWebhooks(context, telling.dispatcher)]),
    ]);
    const app = openApp(context, { charges, telling, jobs });
    const url = await listen(app, config.host, config.port);
    jobs.start();
    return {
      url,
      async stop() {
        const drained = Promise.all([app.close(), jobs.stop(), telling.stop(), charges.landed()]).then(() =>
          outbound.close(),
        );
        await Promise.race([drained, pause(config.drainMs ?? drainMs)]);
        shared.close();
        await db.close();
        await base.spans?.close();
      },
    };
  } catch (error) {
    shared.close();
    await outbound.close();
    await db.close();
    throw error;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
