// A Vault of its own for a test: fresh database, keys and log file, reached over HTTP as anybody reaches it.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@ozura/core/secret';
import { raw } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { openLog } from '@ozura/kit/log';
import type { VaultConfig } from '@ozura/vault/config';
import { startVault } from '@ozura/vault/main';

export type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly body: AnswerBody;
}

/** Members of any answer of the Vault; a test knows which of them it may look at. */
export interface AnswerBody {
  readonly message: string;
  readonly errorCode: string;
  readonly sent: string;
  readonly token: string;
  readonly cvc_session_id: string;
  readonly fingerprint: string;
  readonly deduplicated: boolean;
  readonly mask: Readonly<Record<string, string>>;
  readonly card: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  readonly proxy_response: {
    readonly status_code: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

export interface TestApplication {
  readonly id: string;
  readonly key: string;
  readonly pubKey: string;
  readonly merchantId: string;
}

export interface TestVault {
  readonly url: string;
  readonly folder: string;
  readonly config: VaultConfig;
  readonly keys: { readonly checkout: string; readonly pay: string; readonly admin: string };
  call(method: string, path: string, headers?: Headers, body?: unknown): Promise<Answer>;
  createApplication(merchantId: string, more?: Readonly<Record<string, unknown>>): Promise<TestApplication>;
  /** A session key that Checkout mints for its page. */
  mintSession(merchantId: string, body?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Runs a statement in the Vault's database, as one who has got at it. */
  tamper(statement: string): Promise<void>;
  /** The column `line` of a query, as one who has got at the database. */
  ask(query: string): Promise<unknown[]>;
  logText(): Promise<string>;
  /** With `keep` the files stay until `remove`. */
  stop(options?: { readonly keep: boolean }): Promise<void>;
  remove(): void;
}

export const elementsOrigin = 'http://elements.test:4003';
export const visa = { cardNumber: '4242424242424242', expirationMonth: '11', expirationYear: '2035', cvv: '739' };

const newKey = (prefix: string): string => `${prefix}_${randomBytes(32).toString('hex').slice(0, 43)}`;

export async function startTestVault(more: Partial<VaultConfig> = {}): Promise<TestVault> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-vault-'));
  const keys = { checkout: newKey('svc'), pay: newKey('svc'), admin: newKey('adm') };
  const logFile = join(folder, 'vault.log');
  const log = openLog({ program: 'vault', level: 'debug', file: logFile });
  const urls = { checkoutUrl: 'http://checkout.test', vaultUrl: 'http://vault.test', payUrl: 'http://pay.test' };
  const config: VaultConfig = {
    mode: 'test',
    host: '127.0.0.1',
    port: 0,
    elementsPort: 0,
    urls: { ...urls, elementsUrl: elementsOrigin },
    databaseUrl: join(folder, 'vault.db'),
    log,
    trustedProxies: [],
    pepper: new Secret(randomBytes(32)),
    rateLimits: { failedAuthentications: 10_000, tokenizePerAddress: 10_000 },
    rootKeyFile: join(folder, 'keys', 'root.key'),
    serviceKeys: { checkout: new Secret(keys.checkout), pay: new Secret(keys.pay) },
    adminToken: new Secret(keys.admin),
    processorDestinations: [],
    cvcSeconds: 90,
    ...more,
  };
  const vault = await startVault(config);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const call = (method: string, path: string, headers: Headers = {}, body?: unknown): Promise<Answer> =>
    callJson(method, vault.url + path, headers, body);
  return {
    url: vault.url,
    folder,
    config,
    keys,
    call,
    async createApplication(merchantId, fields = {}) {
      const headers = { authorization: `Bearer ${keys.admin}`, 'x-merchant-id': merchantId };
      const permissions = { tokenization: { allowed: true } };
      const { body } = await call('POST', '/api/applications', headers, { name: 'Shop', permissions, ...fields });
      const { id = '', api_key: key = '', pub_key: pubKey = '' } = body.data;
      return { id, key, pubKey, merchantId };
    },
    async mintSession(merchantId, fields = {}) {
      const headers = { 'x-service-key': keys.checkout, 'x-merchant-id': merchantId };
      const { body } = await call('POST', '/sessions', headers, fields);
      return body.data.session_key ?? '';
    },
    async tamper(statement) {
      const db = await openDatabase({ url: config.databaseUrl });
      await db.script(statement);
      await db.close();
    },
    async ask(query) {
      const db = await openDatabase({ url: config.databaseUrl });
      const rows = await db.all<{ line: string }>(raw(query));
      await db.close();
      return rows.map(({ line }) => line);
    },
    async logText() {
      await new Promise<void>((resolve) => log.flush(() => resolve()));
      return readFileSync(logFile, 'utf8');
    },
    async stop({ keep } = { keep: false }) {
      await vault.stop();
      if (!keep) remove();
    },
    remove,
  };
}

async function callJson(method: string, url: string, headers: Headers, body: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as AnswerBody };
}

/** What the frames send. */
export const fromFrame = (sessionKey: string): Headers => ({ 'x-session-key': sessionKey, origin: elementsOrigin });
