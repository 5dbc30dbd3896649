// What Checkout's handlers, pages and jobs are given.
import type { Client } from '@ozura/contract/client';
import type { SessionRules } from '@ozura/core/session';
import type { Context } from '@ozura/kit/context';
import type { CrashPoint } from '@ozura/kit/crash-point';
import type { Database } from '@ozura/kit/db/handle';
import type { RateLimits } from '@ozura/kit/http/rate-limit';
import type { CheckoutConfig } from './config.ts';
import type { Signing } from './signing.ts';

export interface CheckoutContext extends Context {
  readonly config: CheckoutConfig;
  readonly db: Database;
  /** With our service key; the merchant is named call by call. */
  readonly vault: Client;
  readonly pay: Client;
  readonly signing: Signing;
  readonly limits: RateLimits;
  readonly reached: CrashPoint;
}

export const rulesOf = ({ config }: CheckoutContext): SessionRules => ({
  maxFailedAttempts: config.maxFailedAttempts,
  lifetimeMs: config.sessionLifetimeSeconds * 1000,
});

/** For a call to Vault or Pay on behalf of a merchant. */
export const actingFor = (merchantId: string): Readonly<Record<string, string>> => ({ 'x-merchant-id': merchantId });
