// Requests a minute, counted from the first one of a window (contract 0.9): in the memory of this process, or in a store
// that several share.
import { LIMITS, type LimitName, limitWindowSeconds } from '@ozura/contract/limits';
import { Refusal } from '@ozura/core/errors';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateLimits {
  /** Counts one request of `who`; writes the headers, and throws `RATE_LIMITED` past the limit. */
  count(limit: LimitName, who: string, reply?: FastifyReply): Promise<void>;
  /** Throws when `who` has used up the limit already, without counting. */
  check(limit: LimitName, who: string): Promise<void>;
}

/** In place of the contract's numbers. */
export type LimitNumbers = Partial<Record<LimitName, number>>;

/** Counts requests of somebody in a window. `consume` rejects with the same answer when there were too many. */
export interface Limiter {
  consume(who: string): Promise<RateLimiterRes>;
  get(who: string): Promise<RateLimiterRes | null>;
}

export type OpenLimiter = (limit: LimitName, points: number) => Limiter;

const inMemory: OpenLimiter = (_limit, points) => new RateLimiterMemory({ points, duration: limitWindowSeconds });

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
    async check(limit, who) {
      const { limiter, points } = opened.get(limit) ?? open(limit);
      const state = await limiter.get(who);
      if (state !== null && state.consumedPoints > points) throw refuse(state);
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
