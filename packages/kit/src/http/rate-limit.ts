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

export function openRateLimits(numbers: LimitNumbers = {}, openLimiter: OpenLimiter = inMemory): RateLimits {
  const limiters = new Map<LimitName, Limiter>();
  const pointsOf = (limit: LimitName): number => numbers[limit] ?? LIMITS[limit];
  const limiterOf = (limit: LimitName): Limiter => {
    const limiter = limiters.get(limit) ?? openLimiter(limit, pointsOf(limit));
    limiters.set(limit, limiter);
    return limiter;
  };
  return {
    async count(limit, who, reply) {
      const state = await consumed(limiterOf(limit), who);
      const points = pointsOf(limit);
      if (reply !== undefined) writeHeaders(reply, points, state);
      if (state.consumedPoints > points) throw refuse(state);
    },
    async check(limit, who) {
      const state = await limiterOf(limit).get(who);
      if (state !== null && state.consumedPoints > pointsOf(limit)) throw refuse(state);
    },
  };
}

/** Past the limit the state is thrown; the refusal says the same. */
async function consumed(limiter: Limiter, who: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(who);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return thrown;
    throw thrown;
  }
}

const secondsLeft = (state: RateLimiterRes): number => Math.max(1, Math.ceil(state.msBeforeNext / 1000));

function writeHeaders(reply: FastifyReply, points: number, state: RateLimiterRes): void {
  reply.header('ratelimit-policy', `"default";q=${points};w=${limitWindowSeconds}`);
  reply.header('ratelimit', `"default";r=${Math.max(0, state.remainingPoints)};t=${secondsLeft(state)}`);
}

function refuse(state: RateLimiterRes): Refusal {
  const seconds = secondsLeft(state);
  return new Refusal('RATE_LIMITED', {
    headers: { 'Retry-After': String(seconds) },
    body: { retry_after_seconds: seconds },
  });
}
