// Every route of Pay, under `/` and under `/api/v1`.
import { achSale } from '@ozura/contract/pay/ach-sale';
import { cardRefund } from '@ozura/contract/pay/card-refund';
import { cardSale } from '@ozura/contract/pay/card-sale';
import { cardVoid } from '@ozura/contract/pay/card-void';
import { abandonCharge as abandonChargeEndpoint, getCharge } from '@ozura/contract/pay/charges';
import { verifyMerchantKey } from '@ozura/contract/pay/merchants';
import { collectEvents } from '@ozura/contract/pay/outbox';
import {
  cancelPlan,
  changePlan as changePlanEndpoint,
  createPlan as createPlanEndpoint,
  listPlans,
  pausePlan,
  resumePlan,
} from '@ozura/contract/pay/plans';
import { quoteCharge } from '@ozura/contract/pay/quotes';
import {
  createSandboxProgram,
  deleteSandboxPrograms,
  getSandboxJournal,
  listSandboxPrograms,
  settleSandbox,
} from '@ozura/contract/pay/sandbox-programs';
import { transQuery } from '@ozura/contract/pay/trans-query';
import type { ClockSetting } from '@ozura/kit/db/test-clock';
import { serveDescription, serveDescriptionPage } from '@ozura/kit/http/description';
import { openFailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { serveHealth } from '@ozura/kit/http/health';
import { serveMetrics } from '@ozura/kit/http/metrics';
import type { RateLimits } from '@ozura/kit/http/rate-limit';
import { openRouter, type Router } from '@ozura/kit/http/route';
import { openServer } from '@ozura/kit/http/server';
import { serveTestClock } from '@ozura/kit/http/test-clock';
import type { Jobs } from '@ozura/kit/jobs';
import { answerAchSale } from './api/ach-sale.ts';
import { serveAdmin } from './api/admin/routes.ts';
import { answerCardRefund } from './api/card-refund.ts';
import { answerCardSale, noteSaleFaults } from './api/card-sale.ts';
import { answerCardVoid } from './api/card-void.ts';
import { abandonCharge, answerCharge } from './api/charges.ts';
import { handOverEvents } from './api/outbox.ts';
import { answerQuote } from './api/quotes.ts';
import { changePlan } from './api/recurring/plans/change.ts';
import { createPlan } from './api/recurring/plans/create.ts';
import { answerPlans } from './api/recurring/plans/list.ts';
import { readJournal, settle } from './api/sandbox/journal.ts';
import { createProgram, deletePrograms, listPrograms } from './api/sandbox/programs.ts';
import { answerTransQuery } from './api/trans-query.ts';
import { type Caller, openAuthentication } from './authentication.ts';
import { noteKeyFaults } from './claim.ts';
import type { PayContext } from './context.ts';
import { setSandboxClock } from './sandbox-clock.ts';
import { watchAttempts } from './watch-attempts.ts';

const PREFIXES = ['', '/api/v1'] as const;

export function openApp(context: PayContext, jobs: Jobs, limits: RateLimits): ReturnType<typeof openServer> {
  const { config, db } = context;
  const https = config.urls.payUrl.startsWith('https:');
  const app = openServer({ service: 'pay', context, trustedProxies: config.trustedProxies, https });
  const router = openRouter(app, limits, PREFIXES);
  serveDescriptionPage(app, 'pay', PREFIXES);
  serveRoutes(context, router, limits);
  const { service, admin } = openAuthentication(context, openFailedAuthentications(limits));
  const pass = (setting: ClockSetting) => setSandboxClock(context, setting);
  serveTestClock(router, 'pay', { mode: config.mode, db, jobs, authenticate: service, pass });
  serveMetrics(app, context, admin);
  watchAttempts(context);
  router.finish();
  return app;
}

/** `router` is that of a server, or of a simulation of one. */
export function serveRoutes(context: PayContext, router: Router, limits: RateLimits): void {
  const { db, vault } = context;
  const { keys, merchantKey, service, checkout, askedKey, admin } = openAuthentication(
    context,
    openFailedAuthentications(limits),
  );

  const byKeys = { authenticate: keys, limitBy: byMerchant };
  const byKey = { authenticate: merchantKey, limitBy: byMerchant };
  const keyed = { alsoWrong: noteKeyFaults };
  router.serve(cardSale, { ...byKeys, alsoWrong: noteSaleFaults, handle: (call) => answerCardSale(context, call) });
  router.serve(achSale, { ...byKeys, ...keyed, handle: (call) => answerAchSale(context, call) });
  router.serve(cardRefund, { ...byKey, ...keyed, handle: (call) => answerCardRefund(context, call) });
  router.serve(cardVoid, { ...byKey, ...keyed, handle: (call) => answerCardVoid(context, call) });
  router.serve(transQuery, { ...byKey, handle: (call) => answerTransQuery(context, call) });
  router.serve(quoteCharge, { authenticate: service, handle: (call) => answerQuote(context, call) });
  const plans = { authenticate: merchantKey };
  router.serve(createPlanEndpoint, { ...byKeys, ...keyed, handle: (call) => createPlan(context, call) });
  router.serve(listPlans, { ...plans, limitBy: byMerchant, handle: (call) => answerPlans(context, call) });
  router.serve(changePlanEndpoint, { ...plans, handle: (call) => changePlan(context, call) });
  router.serve(pausePlan, { ...plans, handle: (call) => changePlan(context, call, 'paused') });
  router.serve(resumePlan, { ...plans, handle: (call) => changePlan(context, call, 'active') });
  router.serve(cancelPlan, { ...plans, handle: (call) => changePlan(context, call, 'cancelled') });
  router.serve(getCharge, { authenticate: service, handle: (call) => answerCharge(context, call) });
  router.serve(abandonChargeEndpoint, { authenticate: service, handle: (call) => abandonCharge(context, call) });
  router.serve(collectEvents, { authenticate: checkout, handle: (call) => handOverEvents(context, call) });
  router.serve(verifyMerchantKey, {
    authenticate: askedKey,
    handle: async ({ who: { merchantId, name, settings } }) => ({
      success: true,
      data: { merchantId, name, allowedReturnHosts: settings.allowedReturnHosts },
    }),
  });
  serveAdmin(router, context, admin);
  if (context.config.mode === 'test') {
    router.serve(createSandboxProgram, { ...byKey, handle: (call) => createProgram(context, call) });
    router.serve(listSandboxPrograms, { ...byKey, handle: (call) => listPrograms(context, call) });
    router.serve(deleteSandboxPrograms, { ...byKey, handle: (call) => deletePrograms(context, call) });
    router.serve(getSandboxJournal, { ...byKey, handle: (call) => readJournal(context, call) });
    router.serve(settleSandbox, { ...byKey, handle: (call) => settle(context, call) });
  }
  serveHealth(router, 'pay', { database: () => db.check(), vault: () => vault.ping() });
  serveDescription(router, 'pay');
}

/** A hosted sale must never end in our own 429 (contract 0.9). */
const byMerchant = (_request: unknown, { merchant, service }: Caller): string | undefined =>
  service ? undefined : merchant.merchantId;
