// Every route of Pay, under `/` and under `/api/v1`.
import { cardSale } from '@ozura/contract/pay/card-sale';
import { abandonCharge as abandonChargeEndpoint, getCharge } from '@ozura/contract/pay/charges';
import { verifyMerchantKey } from '@ozura/contract/pay/merchants';
import {
  cancelPlan,
  changePlan as changePlanEndpoint,
  createPlan as createPlanEndpoint,
  listPlans,
  pausePlan,
  resumePlan,
} from '@ozura/contract/pay/plans';
import { quoteCharge } from '@ozura/contract/pay/quotes';
import { transQuery } from '@ozura/contract/pay/trans-query';
import { serveDescription } from '@ozura/kit/http/description';
import { openFailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { serveHealth } from '@ozura/kit/http/health';
import { openRateLimits, type RateLimits } from '@ozura/kit/http/rate-limit';
import { openRouter, type Router } from '@ozura/kit/http/route';
import { openServer } from '@ozura/kit/http/server';
import { serveAdmin } from './api/admin/routes.ts';
import { answerCardSale } from './api/card-sale.ts';
import { abandonCharge, answerCharge } from './api/charges.ts';
import { answerQuote } from './api/quotes.ts';
import { changePlan } from './api/recurring/plans/change.ts';
import { createPlan } from './api/recurring/plans/create.ts';
import { answerPlans } from './api/recurring/plans/list.ts';
import { answerTransQuery } from './api/trans-query.ts';
import { type Caller, openAuthentication } from './authentication.ts';
import type { PayContext } from './context.ts';
import { findMerchant } from './store/merchants.ts';

export function openApp(context: PayContext): ReturnType<typeof openServer> {
  const { config } = context;
  const https = config.urls.payUrl.startsWith('https:');
  const app = openServer({ service: 'pay', context, trustedProxies: config.trustedProxies, https });
  const limits = openRateLimits(config.rateLimits);
  const router = openRouter(app, limits, ['', '/api/v1']);
  serveRoutes(context, router, limits);
  router.finish();
  return app;
}

/** `router` is that of a server, or of a simulation of one. */
function serveRoutes(context: PayContext, router: Router, limits: RateLimits): void {
  const { db, vault } = context;
  const { keys, merchantKey, service, askedKey, admin } = openAuthentication(
    context,
    openFailedAuthentications(limits),
  );

  router.serve(cardSale, { authenticate: keys, limitBy: byMerchant, handle: (call) => answerCardSale(context, call) });
  router.serve(transQuery, {
    authenticate: merchantKey,
    limitBy: byMerchant,
    handle: (call) => answerTransQuery(context, call),
  });
  router.serve(quoteCharge, { authenticate: service, handle: (call) => answerQuote(context, call) });
  const plans = { authenticate: merchantKey };
  router.serve(createPlanEndpoint, {
    authenticate: keys,
    limitBy: byMerchant,
    handle: (call) => createPlan(context, call),
  });
  router.serve(listPlans, { ...plans, limitBy: byMerchant, handle: (call) => answerPlans(context, call) });
  router.serve(changePlanEndpoint, { ...plans, handle: (call) => changePlan(context, call) });
  router.serve(pausePlan, { ...plans, handle: (call) => changePlan(context, call, 'paused') });
  router.serve(resumePlan, { ...plans, handle: (call) => changePlan(context, call, 'active') });
  router.serve(cancelPlan, { ...plans, handle: (call) => changePlan(context, call, 'cancelled') });
  router.serve(getCharge, { authenticate: service, handle: (call) => answerCharge(context, call) });
  router.serve(abandonChargeEndpoint, { authenticate: service, handle: (call) => abandonCharge(context, call) });
  router.serve(verifyMerchantKey, {
    authenticate: askedKey,
    handle: async ({ who: { merchantId, name } }) => ({ success: true, data: { merchantId, name } }),
  });
  serveAdmin(router, context, admin);
  serveHealth(router, 'pay', { database: () => findMerchant(db, ''), vault: () => vault.ping() });
  serveDescription(router, 'pay');
}

/** A hosted sale must never end in our own 429 (contract 0.9). */
const byMerchant = (_request: unknown, { merchant, service }: Caller): string | undefined =>
  service ? undefined : merchant.merchantId;
