// Options of `new Ozura(…)` (contract 10.2).
import type { Fetch } from './exchange.ts';
import { badInput } from './ozura-error.ts';

export interface OzuraConfig {
  /** Vault API key, `key_…`. A secret. */
  readonly vaultKey: string;
  /** Needed to charge. */
  readonly merchantId?: string | undefined;
  /** Merchant key, `mk_…`, needed to charge. A secret. */
  readonly apiKey?: string | undefined;
  /** Base URL of the Pay API; a path prefix such as `/api/v1` is kept. Default `http://localhost:4002`. */
  readonly apiUrl?: string | undefined;
  /** Base URL of the Vault. Default `http://localhost:4001`. */
  readonly vaultUrl?: string | undefined;
  /** Base URL of the Checkout API. Default `http://localhost:4000`. */
  readonly checkoutUrl?: string | undefined;
  /** Of one request, in milliseconds, at most 2147483647. Default 30000. */
  readonly timeoutMs?: number | undefined;
  /** Extra attempts of the methods that may be repeated. Default 2. */
  readonly retries?: number | undefined;
  /** Default: the global one. */
  readonly fetch?: Fetch | undefined;
}

export interface Settings {
  readonly vaultKey: string;
  readonly merchantId: string | undefined;
  readonly apiKey: string | undefined;
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly checkoutUrl: string;
  /** A live key must not talk to the default address of a development machine. */
  readonly checkoutUrlIsDefault: boolean;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly fetch: Fetch;
}

const DEFAULTS = {
  apiUrl: 'http://localhost:4002',
  vaultUrl: 'http://localhost:4001',
  checkoutUrl: 'http://localhost:4000',
} as const;

const timeoutDefaultMs = 30_000;
/** Of a timer: it goes off at once for more. */
const timeoutMaxMs = 2 ** 31 - 1;
const retriesDefault = 2;

export function readConfig(config: OzuraConfig): Settings {
  const { vaultKey, merchantId, apiKey } = config ?? {};
  if (typeof vaultKey !== 'string' || vaultKey === '') {
    throw badInput('vaultKey is required: pass new Ozura({ vaultKey: process.env.VAULT_API_KEY })');
  }
  if (isLive(vaultKey) && !config.vaultUrl) throw defaultUrl('vaultUrl');
  if (isLive(apiKey) && !config.apiUrl) throw defaultUrl('apiUrl');
  return {
    vaultKey,
    merchantId: merchantId || undefined,
    apiKey: apiKey || undefined,
    apiUrl: baseUrl(config, 'apiUrl'),
    vaultUrl: baseUrl(config, 'vaultUrl'),
    checkoutUrl: baseUrl(config, 'checkoutUrl'),
    checkoutUrlIsDefault: !config.checkoutUrl,
    timeoutMs: wholeNumber(config.timeoutMs, 'timeoutMs', 1, timeoutMaxMs) ?? timeoutDefaultMs,
    retries: wholeNumber(config.retries, 'retries', 0) ?? retriesDefault,
    // Called through a function of its own: some runtimes refuse a `fetch` that is called as a member.
    fetch: config.fetch ?? ((url, init) => fetch(url, init)),
  };
}

/** Of a key as Ozura makes them: `key_{app}_live_pvt_…`, `mk_live_…`. */
export const isLive = (key: string | undefined): boolean => /^(key_[^_]*_live_pvt_|mk_live_)/.test(key ?? '');

export const defaultUrl = (name: keyof typeof DEFAULTS): Error =>
  badInput(`${name} is required with a live key: its default, ${DEFAULTS[name]}, is for development`);

function baseUrl(config: OzuraConfig, name: keyof typeof DEFAULTS): string {
  const url = (config[name] || DEFAULTS[name]).replace(/\/+$/, '');
  if (!/^https?:\/\/[^/]/.test(url)) throw badInput(`${name} must be an http or https URL such as ${DEFAULTS[name]}`);
  return url;
}

function wholeNumber(value: number | undefined, name: string, min: number, max?: number): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= (max ?? value))) return value;
  throw badInput(`${name} must be a whole number of at least ${min}${max === undefined ? '' : ` and at most ${max}`}`);
}
