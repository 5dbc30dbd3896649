// Requests a minute, counted from the first one of a window (contract 0.9).
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

export function openRateLimits(numbers: Partial<Record<LimitName, number>> = {}): RateLimits {
  const limiters = new Map<LimitName, RateLimiterMemory>();
  const limiterOf = (limit: LimitName): RateLimiterMemory => {
    let limiter = limiters.get(limit);
    if (limiter === undefined) {
      limiter = new RateLimiterMemory({ points: numbers[limit] ?? LIMITS[limit], duration: limitWindowSeconds });
      limiters.set(limit, limiter);
    }
    return limiter;
  };
  return {
    async count(limit, who, reply) {
      const limiter = limiterOf(limit);
      const state = await limiter.consume(who).catch((refused: unknown) => {
        if (refused instanceof RateLimiterRes) throw refuse(refused);
        throw refused;
      });
      if (reply !== undefined) writeHeaders(reply, limiter.points, state);
    },
    async check(limit, who) {
      const limiter = limiterOf(limit);
      const state = await limiter.get(who);
      if (state !== null && state.consumedPoints > limiter.points) throw refuse(state);
    },
  };
}

const secondsLeft = (state: RateLimiterRes): number => Math.max(1, Math.ceil(state.msBeforeNext / 1000));

function writeHeaders(reply: FastifyReply, points: number, state: RateLimiterRes): void {
  reply.header('RateLimit-Policy', `"default";q=${points};w=${limitWindowSeconds}`);
  reply.header('RateLimit', `"default";r=${Math.max(0, state.remainingPoints)};t=${secondsLeft(state)}`);
}

function refuse(state: RateLimiterRes): Refusal {
  const seconds = secondsLeft(state);
  return new Refusal('RATE_LIMITED', {
    headers: { 'Retry-After': String(seconds) },
    body: { retry_after_seconds: seconds },
  });
}
