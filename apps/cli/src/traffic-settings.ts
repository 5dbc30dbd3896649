// Who may call how often, and how callers are told apart (contract 0.9).
import { isIP } from 'node:net';
import { LIMITS, type LimitName } from '@ozura/contract/limits';
import type { Mode } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import type { EnvReader } from '@ozura/kit/env';
import type { BaseConfig } from '@ozura/kit/settings';

export type Traffic = Pick<BaseConfig, 'trustedProxies' | 'rateLimits' | 'redisUrl'>;

export function readTraffic(env: EnvReader, mode: Mode): Traffic {
  const rateLimits = readNumbers(env, mode);
  const redisUrl = readRedisUrl(env);
  return {
    trustedProxies: readProxies(env),
    ...(rateLimits === undefined ? {} : { rateLimits }),
    ...(redisUrl === undefined ? {} : { redisUrl }),
  };
}

/** More than any test asks for. */
export const unlimited = 1_000_000_000;
const names = Object.keys(LIMITS) as readonly LimitName[];

/** `on`, `off`, or numbers of one's own: `createSession=100,openPaymentLink=20`. */
function readNumbers(env: EnvReader, mode: Mode): BaseConfig['rateLimits'] {
  const written = env.list('RATE_LIMITS');
  if (written.length === 0 || (written.length === 1 && written[0] === 'on')) return undefined;
  if (written.length === 1 && written[0] === 'off') {
    if (mode === 'live') env.refuse('RATE_LIMITS', 'cannot be off in live mode');
    return Object.fromEntries(names.map((name) => [name, unlimited]));
  }
  const numbers: Partial<Record<LimitName, number>> = {};
  for (const part of written) {
    const [, limit, requests] = /^(\w+)=([1-9][0-9]{0,8})$/.exec(part) ?? [];
    const name = names.find((known) => known === limit);
    if (name === undefined)
      env.refuse('RATE_LIMITS', `must be on, off or a list such as createSession=600, not ${part}`);
    else numbers[name] = Number(requests);
  }
  return numbers;
}

const PROTOCOLS = new Set(['redis:', 'rediss:', 'valkey:', 'valkeys:']);

function readRedisUrl(env: EnvReader): Secret<string> | undefined {
  if (!env.has('REDIS_URL')) return undefined;
  const url = env.secret('REDIS_URL');
  const { protocol = '', hostname = '', pathname = '' } = URL.parse(url) ?? {};
  // What the client does not take ends the program when it opens it.
  if (!PROTOCOLS.has(protocol) || hostname === '' || !/^\/?[0-9]*$/.test(pathname) || /%(?![0-9a-f]{2})/i.test(url))
    env.refuse('REDIS_URL', 'must be a redis:// or rediss:// URL, such as redis://:password@cache:6379/0');
  return new Secret(url);
}

function readProxies(env: EnvReader): readonly string[] {
  const proxies = env.list('TRUSTED_PROXIES');
  for (const proxy of proxies) {
    const [address = '', prefix = '1', ...rest] = proxy.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    const isNetwork = isIP(address) !== 0 && rest.length === 0 && /^(?:0|[1-9][0-9]{0,2})$/.test(prefix);
    if (isNetwork && Number(prefix) === 0)
      env.refuse('TRUSTED_PROXIES', `${proxy} would trust everybody: name the proxies' own network`);
    else if (!isNetwork || Number(prefix) > bits)
      env.refuse('TRUSTED_PROXIES', `${proxy} is not an IP address or network`);
  }
  return proxies;
}
