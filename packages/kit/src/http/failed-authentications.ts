// Stops guessing: after 20 failed authentications a minute an address is answered 429 before its keys are looked at
// (contract 0.2). Callers with a valid service key are recognised first and never come here.
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import type { RateLimits } from './rate-limit.ts';

/** A key that nobody issued, or of somebody else. One that is merely missing, expired or used up was not guessed. */
const GUESSES: ReadonlySet<ErrorCode> = new Set([
  'INVALID_CREDENTIALS',
  'MERCHANT_MISMATCH',
  'SESSION_KEY_INVALID',
  'PAGE_CREDENTIAL_REQUIRED',
]);

export interface FailedAuthentications {
  /** Runs `authenticate` unless `address` has failed too often; counts it when it fails. */
  guard<Who>(address: string, authenticate: () => Who | Promise<Who>): Promise<Who>;
}

export const openFailedAuthentications = (limits: RateLimits): FailedAuthentications => ({
  async guard(address, authenticate) {
    const checked = limits.check('failedAuthentications', address);
    if (checked !== undefined) await checked;
    try {
      return await authenticate();
    } catch (error) {
      if (error instanceof Refusal && GUESSES.has(error.code)) await limits.count('failedAuthentications', address);
      throw error;
    }
  },
});
