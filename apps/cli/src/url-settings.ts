// Where the programs are for browsers and for each other (contract 0.1).
import type { Mode } from '@ozura/core/ids';
import type { EnvReader } from '@ozura/kit/env';
import type { Urls } from '@ozura/kit/settings';
import type { ProgramName } from './serve-variables.ts';

const URL_DEFAULTS = {
  CHECKOUT_URL: 'http://localhost:4000',
  VAULT_URL: 'http://localhost:4001',
  PAY_URL: 'http://localhost:4002',
  ELEMENTS_URL: 'http://localhost:4003',
} as const;

type UrlName = keyof typeof URL_DEFAULTS;

/** What a live program calls, answers at or shows to customers: none of it is at a default. */
const NEEDED: Readonly<Record<ProgramName, readonly UrlName[]>> = {
  checkout: ['CHECKOUT_URL', 'VAULT_URL', 'PAY_URL', 'ELEMENTS_URL'],
  vault: ['CHECKOUT_URL', 'VAULT_URL', 'ELEMENTS_URL'],
  pay: ['VAULT_URL', 'PAY_URL'],
  sandbox: [],
};

export function readUrls(env: EnvReader, program: ProgramName, mode: Mode): Urls {
  const read = (name: UrlName): string => {
    const isNeeded = mode === 'live' && NEEDED[program].includes(name);
    const value = env.text(name, isNeeded ? '' : URL_DEFAULTS[name]).replace(/\/+$/, '');
    if (isNeeded && value === '') env.refuse(name, 'is required in live mode');
    else refuseUrl(env, name, value, mode);
    return value;
  };
  const urls = {
    checkoutUrl: read('CHECKOUT_URL'),
    vaultUrl: read('VAULT_URL'),
    payUrl: read('PAY_URL'),
    elementsUrl: read('ELEMENTS_URL'),
  };
  if (mode === 'live') refuseSharedOrigins(env, urls);
  return urls;
}

/** What one of them may touch the browser keeps from the pages of the others. */
function refuseSharedOrigins(env: EnvReader, urls: Urls): void {
  const names = Object.keys(URL_DEFAULTS);
  const origins = Object.values(urls).map((url: string, i) => URL.parse(url)?.origin ?? i);
  for (const [i, name] of names.entries()) {
    const first = origins.indexOf(origins[i] ?? i);
    if (first < i) env.refuse(name, `must be another origin than ${names[first]}`);
  }
}

/** Over http a live program speaks to its own machine only. */
export function refuseUrl(env: EnvReader, name: string, value: string, mode: Mode): void {
  const url = URL.parse(value);
  if (url === null || !isBase(url)) env.refuse(name, 'must be an http or https URL');
  else if (mode === 'live' && url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    env.refuse(name, 'must be https in live mode');
}

/** Paths are added at its end. */
const isBase = ({ protocol, username, password, search, hash }: URL): boolean =>
  /^https?:$/.test(protocol) && username + password + search + hash === '';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
