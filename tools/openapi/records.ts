// Every endpoint of the contract, by service, in the order of the description. A test finds those that are missing here.
import { cancelSession } from '@ozura/contract/checkout/cancel-session';
import { checkPaymentLink } from '@ozura/contract/checkout/check-payment-link';
import { createPaymentLink } from '@ozura/contract/checkout/create-payment-link';
import { createSession } from '@ozura/contract/checkout/create-session';
import { listEvents } from '@ozura/contract/checkout/events';
import { getSession } from '@ozura/contract/checkout/get-session';
import * as page from '@ozura/contract/checkout/page-routes';
import { paySession } from '@ozura/contract/checkout/pay-session';
import { deactivatePaymentLink, getPaymentLink } from '@ozura/contract/checkout/payment-link';
import type { CreateSettings } from '@ozura/contract/checkout/settings';
import { signingKeys } from '@ozura/contract/checkout/signing-keys';
import * as testSandbox from '@ozura/contract/checkout/test-sandbox';
import * as webhooks from '@ozura/contract/checkout/webhook-endpoints';
import type { Endpoint } from '@ozura/contract/endpoint';
import { describesItself, healthOf, readyOf } from '@ozura/contract/health';
import { achSale } from '@ozura/contract/pay/ach-sale';
import * as audit from '@ozura/contract/pay/admin/audit';
import * as discrepancies from '@ozura/contract/pay/admin/discrepancies';
import { offerEventsAgain } from '@ozura/contract/pay/admin/events';
import * as keys from '@ozura/contract/pay/admin/keys';
import * as merchants from '@ozura/contract/pay/admin/merchants';
import * as processors from '@ozura/contract/pay/admin/processors';
import * as reviews from '@ozura/contract/pay/admin/reviews';
import * as taxRows from '@ozura/contract/pay/admin/tax-rows';
import { cardRefund } from '@ozura/contract/pay/card-refund';
import { cardSale } from '@ozura/contract/pay/card-sale';
import { cardVoid } from '@ozura/contract/pay/card-void';
import { abandonCharge, getCharge } from '@ozura/contract/pay/charges';
import { verifyMerchantKey } from '@ozura/contract/pay/merchants';
import { collectEvents } from '@ozura/contract/pay/outbox';
import * as plans from '@ozura/contract/pay/plans';
import { quoteCharge } from '@ozura/contract/pay/quotes';
import * as sandbox from '@ozura/contract/pay/sandbox-programs';
import { transQuery } from '@ozura/contract/pay/trans-query';
import * as clock from '@ozura/contract/test-clock';
import * as applications from '@ozura/contract/vault/applications';
import { verifyAuditLog } from '@ozura/contract/vault/audit';
import { getBin } from '@ozura/contract/vault/bins';
import { releaseCvcSessions } from '@ozura/contract/vault/cvc-sessions';
import { detokenize } from '@ozura/contract/vault/detokenize';
import { getKeyRotation, startKeyRotation } from '@ozura/contract/vault/keys';
import { proxyTransaction } from '@ozura/contract/vault/proxy-transaction';
import { createVaultSession, revokeVaultSession } from '@ozura/contract/vault/sessions';
import { createTestToken } from '@ozura/contract/vault/test-tokens';
import { tokenize } from '@ozura/contract/vault/tokenize';
import * as tokens from '@ozura/contract/vault/tokens';
import * as transfers from '@ozura/contract/vault/transfers';
import { CURRENCIES } from '@ozura/core/currencies';
import type { Service } from '@ozura/core/errors';

export const SERVICES = ['checkout', 'vault', 'pay'] as const satisfies readonly Service[];

/** What is acceptable depends on the installation: described is one in test mode, which any number of hosts may use. */
const settings: CreateSettings = {
  mode: 'test',
  now: () => 0,
  currencies: CURRENCIES,
  checkoutUrl: 'http://localhost:4000',
  allowedReturnHosts: () => [],
};

const OWN: Readonly<Record<Service, readonly Endpoint[]>> = {
  checkout: [
    createSession(settings),
    getSession,
    createPaymentLink(settings),
    checkPaymentLink,
    getPaymentLink,
    deactivatePaymentLink,
    listEvents,
    webhooks.createWebhookEndpoint(settings),
    webhooks.listWebhookEndpoints,
    webhooks.getWebhookEndpoint,
    webhooks.changeWebhookEndpoint(settings),
    webhooks.rotateWebhookSecret,
    webhooks.testWebhookEndpoint,
    webhooks.listWebhookDeliveries,
    webhooks.redeliverWebhooks,
    webhooks.deleteWebhookEndpoint,
    signingKeys,
    testSandbox.watchSandbox,
    clock.getTestClock,
    clock.freezeTestClock,
    clock.advanceTestClock,
    clock.resetTestClock,
    testSandbox.tellSandbox,
    testSandbox.forgetSandboxPrograms,
    testSandbox.settleSandboxNow,
    page.sessionKey,
    page.quoteSession,
    paySession,
    page.sessionOutcome,
    page.extendSession,
    cancelSession,
  ],
  vault: [
    tokenize,
    createTestToken,
    createVaultSession,
    revokeVaultSession,
    proxyTransaction,
    tokens.getToken,
    tokens.listTokens,
    tokens.findTokens,
    tokens.deleteToken,
    tokens.deleteTokensOfCustomer,
    tokens.holdToken,
    tokens.releaseToken,
    detokenize,
    getBin,
    applications.verifyVaultKey,
    applications.createApplication,
    applications.listApplications,
    applications.getApplication,
    applications.updateApplication,
    applications.deleteApplication,
    getKeyRotation,
    startKeyRotation,
    verifyAuditLog,
    transfers.exportTokens,
    transfers.getImportKey,
    transfers.importTokens,
    releaseCvcSessions,
    clock.setClockOf('vault'),
    clock.runDueOf('vault'),
  ],
  pay: [
    cardSale,
    cardRefund,
    cardVoid,
    achSale,
    transQuery,
    plans.createPlan,
    plans.listPlans,
    plans.changePlan,
    plans.pausePlan,
    plans.resumePlan,
    plans.cancelPlan,
    sandbox.createSandboxProgram,
    sandbox.listSandboxPrograms,
    sandbox.deleteSandboxPrograms,
    sandbox.getSandboxJournal,
    sandbox.settleSandbox,
    merchants.createMerchant,
    merchants.listMerchants,
    merchants.getMerchant,
    merchants.updateMerchant,
    keys.addMerchantKey,
    keys.revokeMerchantKey,
    processors.setProcessor,
    processors.removeProcessor,
    processors.orderProcessors,
    processors.checkProcessor,
    taxRows.listTaxRows,
    taxRows.replaceTaxRows,
    taxRows.setTaxRow,
    reviews.listReviews,
    reviews.resolveReview,
    discrepancies.listDiscrepancies,
    discrepancies.decideDiscrepancy,
    offerEventsAgain,
    audit.listAudit,
    quoteCharge,
    getCharge,
    abandonCharge,
    collectEvents,
    verifyMerchantKey,
    clock.setClockOf('pay'),
    clock.runDueOf('pay'),
  ],
};

export const endpointsOf = (service: Service): readonly Endpoint[] => [
  ...OWN[service],
  healthOf(service),
  readyOf(service),
  describesItself(service),
];
