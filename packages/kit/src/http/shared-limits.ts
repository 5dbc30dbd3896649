// Rate limits that several processes count together, in a Redis or Valkey server (`REDIS_URL`). While it cannot be
// reached each process counts by itself: a limit that is too generous for a while beats a checkout that stands still.
import { createHash } from 'node:crypto';
import { limitWindowSeconds } from '@ozura/contract/limits';
import type { Service } from '@ozura/core/errors';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Log } from '../log.ts';
import type { BaseConfig } from '../settings.ts';
import { type OpenLimiter, openRateLimits, type RateLimits } from './rate-limit.ts';

export interface OpenedLimits {
  readonly limits: RateLimits;
  close(): void;
}

/** Slower than this is as good as gone. */
const answerTimeoutMs = 250;
const connectTimeoutMs = 1_000;
const reconnectMaxMs = 2_000;
/** After a failure nobody asks for so long: requests must not wait for a server that hangs, one after the other. */
const restMs = 1_000;

type Config = Pick<BaseConfig, 'rateLimits' | 'redisUrl' | 'log'>;

export async function openLimits(
  { rateLimits, redisUrl, log }: Config,
  service: Service,
  timeoutMs: number = answerTimeoutMs,
): Promise<OpenedLimits> {
  if (redisUrl === undefined) return { limits: openRateLimits(rateLimits), close: () => undefined };
  const client = await connect(redisUrl.open(), log);
  const togetherOr = openPatience(timeoutMs);
  const openLimiter: OpenLimiter = (limit, points) => {
    const numbers = { points, duration: limitWindowSeconds, keyPrefix: `ozura:${service}:${limit}` };
    const alone = new RateLimiterMemory(numbers);
    const together = new RateLimiterRedis({
      ...numbers,
      storeClient: client,
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
    });
    const both =
      <T>(ask: (limiter: RateLimiterAbstract, name: string) => Promise<T>) =>
      (who: string): Promise<T> => {
        const name = named(who);
        return togetherOr(
          () => ask(together, name),
          () => ask(alone, name),
        );
      };
    return { consume: both((limiter, name) => limiter.consume(name)), get: both((limiter, name) => limiter.get(name)) };
  };
  return { limits: openRateLimits(rateLimits, openLimiter), close: () => client.destroy() };
}

/** Asks the server while it answers in time, and goes on alone when it does not. */
function openPatience(timeoutMs: number) {
  let isResting = false;
  const rest = (): void => {
    isResting = true;
    setTimeout(() => {
      isResting = false;
    }, restMs).unref();
  };
  return async <T>(ask: () => Promise<T>, alone: () => Promise<T>): Promise<T> => {
    if (isResting) return alone();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
    try {
      return await Promise.race([ask(), late]);
    } catch (error) {
      // An answer: there were too many.
      if (error instanceof RateLimiterRes) throw error;
      rest();
      return alone();
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Loaded only when it is configured. Does not wait: the first connection is a reconnection like any other. */
async function connect(url: string, log: Log) {
  const { createClient } = await import('@redis/client');
  const client = createClient({
    url: url.replace(/^valkey/, 'redis'),
    // Every server of the family speaks it.
    RESP: 2,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (tries) => Math.min(tries * 100, reconnectMaxMs),
    },
  });
  let isLost = false;
  client.on('error', (error: { code?: unknown; name?: unknown }) => {
    if (!isLost) log.warn({ reason: error.code ?? error.name }, 'rate limits are counted by this process alone');
    isLost = true;
  });
  client.on('ready', () => {
    if (isLost) log.info('rate limits are counted together again');
    isLost = false;
  });
  client.connect().catch(() => undefined);
  return client;
}

/** Session ids are access tokens, and addresses are people: neither stands in a store of others. */
const named = (who: string): string => createHash('sha256').update(who).digest('base64url');
