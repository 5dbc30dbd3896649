// Every route of Checkout on one page.
import { cancelSession as cancelRecord } from '@ozura/contract/checkout/cancel-session';
import { checkPaymentLink } from '@ozura/contract/checkout/check-payment-link';
import { createPaymentLink as createLinkRecord } from '@ozura/contract/checkout/create-payment-link';
import { createSession as createRecord } from '@ozura/contract/checkout/create-session';
import { getSession as getRecord } from '@ozura/contract/checkout/get-session';
import * as page from '@ozura/contract/checkout/page-routes';
import { paySession as payRecord } from '@ozura/contract/checkout/pay-session';
import * as link from '@ozura/contract/checkout/payment-link';
import { signingKeys } from '@ozura/contract/checkout/signing-keys';
import * as sandbox from '@ozura/contract/checkout/test-sandbox';
import * as clock from '@ozura/contract/test-clock';
import { CURRENCIES } from '@ozura/core/currencies';
import type { Intake } from '@ozura/core/validation';
import { checkAdminToken } from '@ozura/kit/http/admin-token';
import { serveDescription, serveDescriptionPage } from '@ozura/kit/http/description';
import { openFailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { serveHealth } from '@ozura/kit/http/health';
import { serveMetrics } from '@ozura/kit/http/metrics';
import { type Asked, openRouter, type Router } from '@ozura/kit/http/route';
import { openServer } from '@ozura/kit/http/server';
import type { Jobs } from '@ozura/kit/jobs';
import type { FastifyInstance } from 'fastify';
import { checkAvailability } from './api/payment-links/check-availability.ts';
import { createPaymentLink } from './api/payment-links/create.ts';
import { deactivatePaymentLink } from './api/payment-links/deactivate.ts';
import { getPaymentLink } from './api/payment-links/get.ts';
import { cancelSession } from './api/sessions/cancel.ts';
import { createSession } from './api/sessions/create.ts';
import { extendSession } from './api/sessions/extend.ts';
import { getSession } from './api/sessions/get.ts';
import { getOutcome } from './api/sessions/outcome.ts';
import { paySession } from './api/sessions/pay.ts';
import { quoteSession } from './api/sessions/quote.ts';
import { mintSessionKey } from './api/sessions/session-key.ts';
import { publishKeys } from './api/signing-keys.ts';
import { advanceClock, freezeClock, readTestClock, resetClock } from './api/test/clock.ts';
import { forgetPrograms, settleNow, tellProgram, watchSandbox } from './api/test/sandbox.ts';
import { serveWebhooks } from './api/webhook-endpoints/routes.ts';
import { openArrivalTimes } from './arrival-time.ts';
import { type KeyAuthentication, keysOrNone, type Merchant, openKeyAuthentication } from './authentication.ts';
import type { Charges } from './charges.ts';
import type { CheckoutContext } from './context.ts';
import { openPageAuthentication } from './page-session.ts';
import { registerPages } from './pages/routes.ts';
import { notePhoneFault } from './phone.ts';
import { noteAmountFaults } from './price.ts';
import type { Session } from './store/sessions.ts';
import { openTestClock, type TestClock } from './test-clock.ts';
import { checkOwners } from './upstream.ts';
import { watchCharges } from './watch-charges.ts';
import { watchWebhooks } from './watch-webhooks.ts';
import type { Telling } from './webhooks/open.ts';

interface Parts {
  readonly charges: Charges;
  readonly telling: Telling;
  readonly jobs: Jobs;
}

export function openApp(context: CheckoutContext, { charges, telling, jobs }: Parts): FastifyInstance {
  const { config, limits } = context;
  const app = openServer({
    service: 'checkout',
    context,
    trustedProxies: config.trustedProxies,
    https: config.urls.checkoutUrl.startsWith('https:'),
  });
  const router = openRouter(app, limits);
  serveRoutes(context, charges, router);
  const failed = openFailedAuthentications(limits);
  const { byKeys } = openKeyAuthentication(context, failed);
  serveWebhooks(router, context, telling, { authenticate: byKeys, limitBy: (_request, { keyHash }) => keyHash });
  if (config.mode === 'test') {
    const testClock = openTestClock(context, jobs);
    serveClock(testClock, router, byKeys);
    serveSandbox(context, testClock, router, byKeys);
  }
  serveMetrics(app, context, (request) => failed.guard(request.ip, async () => checkAdminToken(config, request)));
  watchCharges(context);
  watchWebhooks(context);
  router.finish();
  serveDescriptionPage(app, 'checkout');
  registerPages(app, context);
  return app;
}

/** Those of the API. `router` is that of a server, or of a simulation of one. */
export function serveRoutes(context: CheckoutContext, charges: Charges, router: Router): void {
  const { config, limits, db } = context;
  const { checkoutUrl } = config.urls;
  const failed = openFailedAuthentications(limits);
  const { byKeys, returnHostsOf } = openKeyAuthentication(context, failed);
  const byPage = openPageAuthentication(context, failed);
  const ofPage = { authenticate: byPage, limitBy: (_request: unknown, { id }: { id: string }) => id };
  const { arrived, lastMs } = openArrivalTimes(context);
  const settings = {
    mode: config.mode,
    now: lastMs,
    currencies: config.currencies ?? CURRENCIES,
    checkoutUrl,
    allowedReturnHosts: returnHostsOf,
  };
  const ofKeys = { authenticate: byKeys, limitBy: (_request: unknown, { keyHash }: Merchant) => keyHash };
  const creating = { ...ofKeys, arrived };

  router.serve(createRecord(settings), { ...creating, handle: createSession(context) });
  router.serve(getRecord, {
    authenticate: keysOrNone(byKeys),
    limitOf: (merchant) => (merchant === undefined ? 'getSessionAnonymous' : 'getSessionKeys'),
    limitBy: (request, merchant) => merchant?.keyHash ?? request.ip,
    handle: getSession(context),
  });
  router.serve(cancelRecord, { ...ofPage, handle: cancelSession(context) });
  router.serve(page.sessionKey, { ...ofPage, handle: mintSessionKey(context) });
  router.serve(page.sessionOutcome, { ...ofPage, handle: getOutcome(context, charges) });
  router.serve(page.quoteSession, { ...ofPage, alsoWrong, handle: quoteSession(context) });
  router.serve(page.extendSession, { ...ofPage, handle: extendSession(context) });
  router.serve(payRecord, { authenticate: byPage, alsoWrong: alsoWrongToPay, handle: paySession(context, charges) });
  router.serve(createLinkRecord(settings), { ...creating, handle: createPaymentLink(context) });
  router.serve(link.getPaymentLink, { ...ofKeys, handle: getPaymentLink(context) });
  router.serve(link.deactivatePaymentLink, { ...ofKeys, handle: deactivatePaymentLink(context) });
  router.serve(checkPaymentLink, {
    authenticate: async () => undefined,
    limitBy: ({ ip }) => ip,
    handle: checkAvailability(context),
  });
  router.serve(signingKeys, { authenticate: async () => undefined, handle: publishKeys(context) });
  serveHealth(router, 'checkout', { database: () => db.check(), ...checkOwners(context) });
  serveDescription(router, 'checkout');
}

/** The currency of an amount is the session's. */
const alsoWrong = ({ who, sent }: Asked<Session>, intake: Intake): void => noteAmountFaults(who.request, sent, intake);

/** How a phone number is written depends on the country of the address. */
function alsoWrongToPay(asked: Asked<Session>, intake: Intake): void {
  notePhoneFault(asked.sent.billing, intake);
  alsoWrong(asked, intake);
}

/** There is nothing at these paths in live mode. */
function serveClock(testClock: TestClock, router: Router, authenticate: KeyAuthentication['byKeys']): void {
  router.serve(clock.getTestClock, { authenticate, handle: readTestClock(testClock) });
  router.serve(clock.freezeTestClock, { authenticate, handle: freezeClock(testClock) });
  router.serve(clock.advanceTestClock, { authenticate, handle: advanceClock(testClock) });
  router.serve(clock.resetTestClock, { authenticate, handle: resetClock(testClock) });
}

/** What the page `/sandbox` calls; not there in live mode either. */
function serveSandbox(
  context: CheckoutContext,
  testClock: TestClock,
  router: Router,
  authenticate: KeyAuthentication['byKeys'],
): void {
  router.serve(sandbox.watchSandbox, { authenticate, handle: watchSandbox(context, testClock) });
  router.serve(sandbox.tellSandbox, { authenticate, handle: tellProgram(context) });
  router.serve(sandbox.forgetSandboxPrograms, { authenticate, handle: forgetPrograms(context) });
  router.serve(sandbox.settleSandboxNow, { authenticate, handle: settleNow(context) });
}
