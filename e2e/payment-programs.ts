// The programs that a payment crosses behind the pages: Pay, the Vault and the sandbox processor, on free ports, with
// one merchant. Pay is a process of its own, so that it can be killed.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import type { ChargeData } from '@ozura/contract/pay/charges';
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import { PROCESSOR_HOSTS, type ProcessorHosts } from '@ozura/core/processor-hosts';
import { Secret } from '@ozura/core/secret';
import type { Database } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { openLog } from '@ozura/kit/log';
import { type RunningSandbox, startSandbox } from '@ozura/sandbox/main';
import { type RunningVault, startVault } from '@ozura/vault/main';
import { killPay, launchPay, type PayProcess, type PayProcessOptions } from './pay-launch.ts';
import { ageAttempts, ageRefunds } from './pay-ledger.ts';
import { freePort } from './ports.ts';
import { bookedSince } from './sandbox-books.ts';
import { type TokenizedCard, tokenizeBank, tokenizeCard } from './tokens.ts';

export interface PaymentPrograms {
  readonly payUrl: string;
  readonly vaultUrl: string;
  readonly sandboxUrl: string;
  readonly payServiceKey: Secret<string>;
  readonly merchant: TestMerchant;
  /** Somebody else's keys. */
  readonly other: TestMerchant;
  /** What Pay's database holds. */
  readonly ledger: Database;
  tokenize(number: string): Promise<TokenizedCard>;
  tokenizeBank(accountNumber: string): Promise<string>;
  sell(sale: Json, headers?: Record<string, string>): Promise<Answer>;
  /** As Checkout calls: with its service key, for the merchant. */
  readonly asCheckout: AsCheckout;
  asMerchant(path: string): Promise<Answer>;
  asOperator(method: string, path: string, body?: Json): Promise<Answer>;
  readonly call: Call;
  /** Tells the sandbox what to do with calls that match. */
  program(match: Json, steps: readonly string[], more?: Json): Promise<Answer>;
  /** All that the sandbox has booked for the merchant. */
  journal(): Promise<JournalEntry[]>;
  /** The sandbox's books since the start. */
  bookings(): Promise<Booking[]>;
  /** Lets time pass for Pay's open attempts and refunds. */
  age(ms: number): Promise<void>;
  /** SIGKILL to Pay, unless it is dead already, and a new start on the same data. */
  restartPay(options?: Pick<PayProcessOptions, 'crashAt' | 'taxProviderUrl'>): Promise<void>;
  /** Resolves when Pay has ended. */
  payDied(): Promise<void>;
  /** Another process of Pay on the same database, called as `asCheckout` calls the first. */
  joinPay(): Promise<{ readonly asCheckout: AsCheckout; leave(): Promise<void> }>;
  stop(): Promise<void>;
}

type AsCheckout = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Json,
  headers?: Record<string, string>,
) => Promise<Answer>;

interface TestMerchant {
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** Members of every answer that tests look into; which of them are there is what they test. */
interface AnswerBody {
  readonly data: CardSaleData & ChargeData & readonly TransactionRow[];
  readonly attempt: { readonly state: string };
  readonly pagination: { readonly totalCount: number };
  readonly status: string;
  readonly error: string;
  readonly errorCode: string;
  readonly details: readonly string[];
  readonly attemptId: string;
  readonly retryable: string;
}

export interface Booking {
  readonly reference: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  readonly voided: boolean;
}

/** A row of `GET /sandbox/journal`. */
export interface JournalEntry {
  readonly kind: string;
  readonly transactionId: string;
  readonly originalTransactionId?: string;
  readonly reference: string;
  readonly status: string;
  readonly amount: string;
  readonly voided: boolean;
  readonly settled: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const log = openLog({ program: 'test', level: 'silent' });
const newKey = (prefix: string): string => `${prefix}_${randomBytes(32).toString('hex').slice(0, 43)}`;

/**
 * `payDatabaseUrl`: a fresh database of either engine. `destinations`: further processors that the Vault may send to.
 * `processorHosts`: where simulators stand in for the processors.
 */
export async function startPaymentPrograms(
  payDatabaseUrl: string,
  destinations: readonly string[] = [],
  processorHosts: ProcessorHosts = PROCESSOR_HOSTS.test,
): Promise<PaymentPrograms> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-programs-'));
  const [payPort, vaultPort, deadPort] = [await freePort(), await freePort(), await freePort()];
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const keys = { checkout: newKey('svc'), pay: newKey('svc'), admin: newKey('adm'), pepper: randomBytes(32) };
  const urls = { checkoutUrl: at(1), vaultUrl: at(vaultPort), payUrl: at(payPort), elementsUrl: at(2) };
  const sandbox = await startSandbox({ host: '127.0.0.1', port: 0, databaseUrl: join(folder, 'sandbox.db'), log });
  const vault = await startVault({
    mode: 'test',
    host: '127.0.0.1',
    port: vaultPort,
    elementsPort: 0,
    urls,
    databaseUrl: join(folder, 'vault.db'),
    log,
    trustedProxies: [],
    pepper: new Secret(keys.pepper),
    rootKeyFile: join(folder, 'root.key'),
    serviceKeys: { checkout: new Secret(keys.checkout), pay: new Secret(keys.pay) },
    adminToken: new Secret(keys.admin),
    processorDestinations: [sandbox.url, at(deadPort), ...Object.values(processorHosts), ...destinations],
    cvcSeconds: 90,
  });
  const options: PayProcessOptions = {
    port: payPort,
    urls,
    databaseUrl: payDatabaseUrl,
    pepper: keys.pepper.toString('hex'),
    serviceKey: keys.pay,
    checkoutServiceKey: keys.checkout,
    sandbox: { url: sandbox.url, unreachableUrl: at(deadPort) },
    processorHosts,
    rootKeyFile: join(folder, 'pay-root.key'),
    adminToken: keys.admin,
    merchantIds: ['ozu_bluekettle', 'ozu_other'],
  };
  const first = await launchPay(options);
  const merchantOf = async (merchantId: string): Promise<TestMerchant> => ({
    merchantId,
    merchantKey: first.merchantKeys[merchantId] ?? '',
    vaultKey: await createApplication(vault.url, keys.admin, merchantId),
  });
  const [merchant, other] = [await merchantOf('ozu_bluekettle'), await merchantOf('ozu_other')];
  return openPrograms({ folder, options, sandbox, vault, merchant, other, first });
}

interface Parts {
  readonly folder: string;
  readonly options: PayProcessOptions;
  readonly sandbox: RunningSandbox;
  readonly vault: RunningVault;
  readonly merchant: TestMerchant;
  readonly other: TestMerchant;
  readonly first: PayProcess;
}

async function openPrograms(parts: Parts): Promise<PaymentPrograms> {
  const { folder, options, sandbox, vault, merchant, other, first } = parts;
  const startedAtMs = Date.now();
  let pay = first;
  const joined: PayProcess[] = [];
  const { payUrl } = options.urls;
  const ledger = await openDatabase({ url: options.databaseUrl, poolMax: 2 });
  const service = { 'x-service-key': options.checkoutServiceKey, 'x-merchant-id': merchant.merchantId };
  const asCheckoutAt =
    (url: string): AsCheckout =>
    (method, path, body, headers = {}) =>
      call(method, url + path, body, { ...service, ...headers });
  const end = (): Promise<void> => killPay(pay);
  return {
    payUrl,
    vaultUrl: vault.url,
    sandboxUrl: sandbox.url,
    payServiceKey: new Secret(options.serviceKey),
    merchant,
    other,
    ledger,
    tokenize: (number) => tokenizeCard(vault.url, merchant.vaultKey, number),
    tokenizeBank: (accountNumber) => tokenizeBank(vault.url, merchant.vaultKey, accountNumber),
    sell: (sale, headers = {}) =>
      call('POST', `${payUrl}/cardSale`, sale, {
        'x-api-key': merchant.merchantKey,
        'vault-api-key': merchant.vaultKey,
        ...headers,
      }),
    asCheckout: asCheckoutAt(payUrl),
    asMerchant: (path) => call('GET', payUrl + path, undefined, { 'x-api-key': merchant.merchantKey }),
    asOperator: (method, path, body) =>
      call(method, payUrl + path, body, { authorization: `Bearer ${options.adminToken}` }),
    call,
    program: (match, steps, more = {}) =>
      call('POST', `${payUrl}/sandbox/programs`, { merchantId: merchant.merchantId, match, steps, ...more }, service),
    journal: async () => {
      const answer = await call('GET', `${payUrl}/sandbox/journal`, undefined, service);
      return answer.body.data as unknown as JournalEntry[];
    },
    bookings: () => bookedSince<Booking>(sandbox.url, startedAtMs),
    age: async (ms) => {
      await ageAttempts(ledger, ms);
      await ageRefunds(ledger, ms);
    },
    restartPay: async (changes = {}) => {
      await end();
      pay = await launchPay({ ...options, ...changes });
    },
    payDied: () => pay.ended,
    joinPay: async () => {
      const port = await freePort();
      const another = await launchPay({ ...options, port, merchantIds: [] });
      joined.push(another);
      return { asCheckout: asCheckoutAt(`http://127.0.0.1:${port}`), leave: () => killPay(another) };
    },
    stop: async () => {
      await Promise.all([end(), ...joined.map(killPay)]);
      await Promise.all([vault.stop(), sandbox.stop(), ledger.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function createApplication(vaultUrl: string, adminToken: string, merchantId: string): Promise<string> {
  const body = { name: 'Blue Kettle', permissions: { tokenization: { allowed: true } } };
  const headers = { authorization: `Bearer ${adminToken}`, 'x-merchant-id': merchantId };
  const answer = await request('POST', `${vaultUrl}/api/applications`, body, headers);
  const { data } = (await answer.json()) as { data: { api_key: string } };
  return data.api_key;
}

type Call = (method: string, url: string, body: Json | undefined, headers: Record<string, string>) => Promise<Answer>;

const call: Call = async (...of) => {
  const answer = await request(...of);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as AnswerBody };
};

const request = (...[method, url, body, headers]: Parameters<Call>): Promise<Response> =>
  fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
