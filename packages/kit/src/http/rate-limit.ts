// Requests a minute, counted from the first one of a window (contract 0.9): in the memory of this process, or in a store
// that several share.
import { LIMITS, type LimitName, limitWindowSeconds } from '@ozura/contract/limits';
import { Refusal } from '@ozura/core/errors';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateLimits {
  /** Counts one request of `who`; writes the headers, and throws `RATE_LIMITED` past the limit. */
  count(limit: LimitName, who: string, reply?: FastifyReply): Promise<void>;
  /** Rejects when `who` has used up the limit already, without counting. `undefined`: there is nothing to wait for. */
  check(limit: LimitName, who: string): Promise<void> | undefined;
}

/** In place of the contract's numbers. */
export type LimitNumbers = Partial<Record<LimitName, number>>;

/** Counts requests of somebody in a window. `consume` rejects with the same answer when there were too many. */
interface Limiter {
  consume(who: string): Promise<RateLimiterRes>;
  /** `undefined`: nobody at all has been counted in this window. */
  get(who: string): Promise<RateLimiterRes | null> | undefined;
}

export type OpenLimiter = (limit: LimitName, points: number) => Limiter;

/** Each has a memory of its own, whose names need no prefix. Failures are rare, and asked about with every request. */
const inMemory: OpenLimiter = (_limit, points) => {
  const limiter = new RateLimiterMemory({ points, duration: limitWindowSeconds, keyPrefix: '' });
  let emptyFromMs = 0;
  return {
    consume(who) {
      emptyFromMs = performance.now() + limitWindowSeconds * 1000;
      return limiter.consume(who);
    },
    get: (who) => (performance.now() > emptyFromMs ? undefined : limiter.get(who)),
  };
};

interface Limited {
  readonly limiter: Limiter;
  readonly points: number;
  /** The header that tells of it. */
  readonly policy: string;
}

export function openRateLimits(numbers: LimitNumbers = {}, openLimiter: OpenLimiter = inMemory): RateLimits {
  const opened = new Map<LimitName, Limited>();
  const open = (limit: LimitName): Limited => {
    const points = numbers[limit] ?? LIMITS[limit];
    const policy = `"default";q=${points};w=${limitWindowSeconds}`;
    const limited = { limiter: openLimiter(limit, points), points, policy };
    opened.set(limit, limited);
    return limited;
  };
  return {
    async count(limit, who, reply) {
      const { limiter, points, policy } = opened.get(limit) ?? open(limit);
      let state: RateLimiterRes;
      try {
        state = await limiter.consume(who);
      } catch (thrown) {
        // Past the limit the state is thrown; the refusal says the same.
        if (!(thrown instanceof RateLimiterRes)) throw thrown;
        state = thrown;
      }
      reply?.header('ratelimit-policy', policy).header('ratelimit', leftText(state));
      if (state.consumedPoints > points) throw refuse(state);
    },
    check(limit, who) {
      const { limiter, points } = opened.get(limit) ?? open(limit);
      return limiter.get(who)?.then((state) => {
        if (state !== null && state.consumedPoints > points) throw refuse(state);
      });
    },
  };
}

const secondsLeft = (state: RateLimiterRes): number => Math.max(1, Math.ceil(state.msBeforeNext / 1000));

const leftText = (state: RateLimiterRes): string =>
  `"default";r=${Math.max(0, state.remainingPoints)};t=${secondsLeft(state)}`;

function refuse(state: RateLimiterRes): Refusal {
  const seconds = secondsLeft(state);
  return new Refusal('RATE_LIMITED', {
    headers: { 'Retry-After': String(seconds) },
    body: { retry_after_seconds: seconds },
  });
}
