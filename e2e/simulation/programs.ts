// Checkout and Pay in a simulation: the production code with its routes and jobs, on simulated disks, networks and clocks.
import { serveRoutes as serveCheckout } from '@ozura/checkout/app';
import { openCharges } from '@ozura/checkout/charges';
import type { CheckoutContext } from '@ozura/checkout/context';
import { expireSessions } from '@ozura/checkout/jobs/expire-sessions';
import { settleCharges } from '@ozura/checkout/jobs/settle-charges';
import type { Signing } from '@ozura/checkout/signing';
import { bringChecksForward } from '@ozura/checkout/store/charges';
import { openClient, type Send } from '@ozura/contract/client';
import type { Service } from '@ozura/core/errors';
import { PROCESSOR_HOSTS } from '@ozura/core/processor-hosts';
import { Secret } from '@ozura/core/secret';
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import type { Job } from '@ozura/kit/jobs';
import { serveRoutes as servePay } from '@ozura/pay/app';
import { openAudit } from '@ozura/pay/audit';
import type { PayContext } from '@ozura/pay/context';
import { chargeDuePlans } from '@ozura/pay/jobs/charge-due-plans';
import { compareBooks } from '@ozura/pay/jobs/compare-books';
import { holdTokens } from '@ozura/pay/jobs/hold-tokens';
import { resolveRefunds } from '@ozura/pay/jobs/resolve-refunds';
import { resolveUnknown } from '@ozura/pay/jobs/resolve-unknown';
import { settleBankDebits } from '@ozura/pay/jobs/settle-bank-debits';
import { undoLateApprovals } from '@ozura/pay/jobs/undo-late-approvals';
import { derivePayKeys } from '@ozura/pay/keys';
import { openElavon } from '@ozura/pay/processors/elavon/index';
import { openNuvei } from '@ozura/pay/processors/nuvei/index';
import type { Processor } from '@ozura/pay/processors/port';
import { openSandbox } from '@ozura/pay/processors/sandbox/index';
import { openWorldpay } from '@ozura/pay/processors/worldpay/index';
import { openTax } from '@ozura/pay/tax/open';
import { openVault } from '@ozura/pay/vault';
import type { Process } from './process.ts';
import type { ProcessorClass, Wire } from './processor-books.ts';
import { openSimulatedRouter, type SimulatedRouter } from './router.ts';

export type Program = 'checkout' | 'pay';
export const hosts = { checkout: 'checkout', pay: 'pay', vault: 'vault' } as const;
const urlOf = (host: string): string => `http://${host}`;
export const pepper = new Secret<Uint8Array>(new Uint8Array(32));
const keys = { checkout: new Secret(`svc_${'c'.repeat(43)}`), pay: new Secret(`svc_${'p'.repeat(43)}`) };
/** Of the only merchant. */
export const merchantId = 'ozu_bluekettle';
export const merchantKeys = {
  'x-api-key': `mk_test_${'m'.repeat(43)}`,
  'vault-api-key': `key_app_test_pvt_${'v'.repeat(43)}`,
};
const payKeys = derivePayKeys(new Uint8Array(32));
const urls = {
  checkoutUrl: urlOf(hosts.checkout),
  vaultUrl: urlOf(hosts.vault),
  payUrl: urlOf(hosts.pay),
  elementsUrl: urlOf('elements'),
};
const settings = { mode: 'test', host: '', port: 0, urls, databaseUrl: '', trustedProxies: [], pepper } as const;

/** What a program is started with. */
export interface Start {
  readonly base: Context;
  readonly process: Process;
  readonly db: Database;
  readonly send: Send;
}

export interface Running<C> {
  readonly process: Process;
  readonly context: C;
  readonly router: SimulatedRouter;
  readonly jobs: readonly Job[];
}

export interface ProcessorAccount {
  readonly name: string;
  readonly playsClass: ProcessorClass;
  readonly wire: Wire;
}

const routerOf = (service: Service, { log }: Context): SimulatedRouter => openSimulatedRouter(service, log);

/** Nobody is held back: how often somebody asks is not what is looked at here. */
const limits = { count: async () => undefined, check: async () => undefined };

export function startPay(
  { base, process, db, send }: Start,
  accounts: readonly ProcessorAccount[],
): Running<PayContext> {
  const config = {
    ...settings,
    log: base.log,
    serviceKey: keys.pay,
    acceptedServiceKeys: { checkout: keys.checkout },
    sandbox: { url: urlOf('sandbox'), unreachableUrl: urlOf('nowhere') },
    processorHosts: PROCESSOR_HOSTS.test,
    rootKeyFile: '',
  };
  const context: PayContext = {
    ...base,
    config,
    db,
    send,
    keys: payKeys,
    audit: openAudit(payKeys.audit),
    vault: openVault({ vaultUrl: urls.vaultUrl, serviceKey: keys.pay, send }),
    processors: new Map(accounts.map((account) => [account.name, openAccount(account)])),
    tax: openTax({ db, send, log: base.log, providerUrl: undefined }),
    reached: (label) => process.reached(label),
  };
  const router = routerOf('pay', base);
  servePay(context, router, limits);
  return {
    process,
    context,
    router,
    jobs: [
      resolveUnknown(context),
      resolveRefunds(context),
      chargeDuePlans(context),
      settleBankDebits(context),
      holdTokens(context),
      undoLateApprovals(context),
      compareBooks(context),
    ],
  };
}

/** The sandbox under another name, with what is known of its class; or the adapter of a real processor. */
function openAccount({ name, playsClass, wire }: ProcessorAccount): Processor {
  if (wire === 'access-worldpay') return { ...openWorldpay(urlOf(name)), name };
  if (wire === 'converge') return { ...openElavon(`${urlOf(name)}/processxml.do`), name };
  if (wire === 'nuvei') return { ...openNuvei(urlOf(name)), name };
  const processor = openSandbox({ url: urlOf(name), unreachableUrl: urlOf('nowhere') });
  const { evidence, debitsBanks: _all, ...rest } = processor;
  const known = {
    '1': { ...evidence, class: 1 },
    '2': evidence,
    '2a': { ...evidence, voidByReference: false },
    '3': { ...evidence, class: 3, voidByReference: false },
  } as const;
  // What became of a debit is asked by our reference.
  const debits = playsClass === '3' ? {} : { debitsBanks: true as const };
  return { ...rest, ...debits, name, evidence: known[playsClass] };
}

/** Redirects are signed elsewhere, and looked at there. */
const signing: Signing = {
  publicKeys: [],
  signer: (nowMs) => ({ keyId: 'sig', signedAtSeconds: Math.floor(nowMs / 1000), sign: () => 'signature' }),
};

export async function startCheckout(
  { base, process, db, send }: Start,
  { sessionLifetimeSeconds }: { readonly sessionLifetimeSeconds: number },
): Promise<Running<CheckoutContext>> {
  const serviceKey = { 'x-service-key': keys.checkout.open() };
  const config = {
    ...settings,
    log: base.log,
    serviceKey: keys.checkout,
    sessionLifetimeSeconds,
    maxFailedAttempts: 5,
    publicSessionBilling: false,
  };
  const context: CheckoutContext = {
    ...base,
    config,
    db,
    vault: openClient(urls.vaultUrl, send, serviceKey),
    pay: openClient(urls.payUrl, send, serviceKey),
    signing,
    limits,
    reached: (label) => process.reached(label),
  };
  const startedAtMs = await db.now();
  await bringChecksForward(db, startedAtMs);
  const charges = openCharges(context, startedAtMs);
  const router = routerOf('checkout', base);
  serveCheckout(context, charges, router);
  return { process, context, router, jobs: [settleCharges(charges), expireSessions(context)] };
}
