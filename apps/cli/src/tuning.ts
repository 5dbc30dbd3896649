// Settings that `start` and `serve` have in common.

import { parentOrigin } from '@ozura/contract/checkout/web-address';
import { CURRENCIES } from '@ozura/core/currencies';
import type { Mode } from '@ozura/core/ids';
import { Intake } from '@ozura/core/validation';
import type { EnvReader } from '@ozura/kit/env';
import type { BaseConfig } from '@ozura/kit/settings';
import { readTracing } from './tracing-settings.ts';
import { readTraffic, type Traffic, unlimited } from './traffic-settings.ts';

export interface Tuning {
  readonly sessionLifetimeSeconds: number;
  readonly maxFailedAttempts: number;
  readonly declinesToldMax?: number;
  readonly publicSessionBilling: boolean;
  /** What only Checkout has, where it is set. */
  readonly ofCheckout: {
    readonly currencies?: ReadonlySet<string>;
    readonly previewOrigins?: readonly string[];
    readonly unpaidSessionDays: number;
    readonly paidSessionDays: number;
    readonly signingKeyDays: number;
  };
  readonly cvcSeconds: number;
  readonly traffic: Traffic & Pick<BaseConfig, 'otlp'>;
  readonly crashAt?: string;
}

const cvcSeconds = { min: 30, max: 600 };
/** As long as the longest life of a link. */
const sessionSeconds = { min: 1, max: 3_650 * 24 * 60 * 60 };
const attempts = { min: 1, max: 1_000_000 };

export function readTuning(env: EnvReader, mode: Mode): Tuning {
  const traffic = { ...readTraffic(env, mode), ...readTracing(env) };
  if (env.has('CRASH_AT') && mode === 'live') env.refuse('CRASH_AT', 'is for tests only');
  return {
    sessionLifetimeSeconds: env.integer('SESSION_LIFETIME_SECONDS', 1_800, sessionSeconds),
    maxFailedAttempts: env.integer('MAX_FAILED_ATTEMPTS', 5, attempts),
    publicSessionBilling: env.oneOf('PUBLIC_SESSION_BILLING', ['true', 'false'], 'false') === 'true',
    ofCheckout: {
      ...readCurrencies(env),
      ...readPreviewOrigins(env, mode),
      ...readRetention(env),
      signingKeyDays: env.integer('SIGNING_KEY_DAYS', 0, days),
    },
    cvcSeconds: env.integer('CVC_SECONDS', 90, cvcSeconds),
    traffic,
    ...(env.text('RATE_LIMITS', 'on') === 'off' ? { declinesToldMax: unlimited } : {}),
    ...(env.has('CRASH_AT') ? { crashAt: env.text('CRASH_AT') } : {}),
  };
}

/** A key answers, and an event is in the feed, for 31 days. */
const unpaidDaysMin = 32;
/** Card networks take disputes, and so refunds make sense, for 540 days. */
const paidDaysMin = 540;

/** A century: whoever means never says 0. */
export const days = { min: 0, max: 36_500 };

function readRetention(env: EnvReader): Pick<Tuning['ofCheckout'], 'unpaidSessionDays' | 'paidSessionDays'> {
  const daysOf = (name: string, min: number): number => {
    const value = env.integer(name, 0, days);
    if (value > 0 && value < min) env.refuse(name, `must be 0, or at least ${min}`);
    return value;
  };
  return {
    unpaidSessionDays: daysOf('UNPAID_SESSION_DAYS', unpaidDaysMin),
    paidSessionDays: daysOf('PAID_SESSION_DAYS', paidDaysMin),
  };
}

function readPreviewOrigins(env: EnvReader, mode: Mode): Pick<Tuning['ofCheckout'], 'previewOrigins'> {
  if (!env.has('PREVIEW_ORIGINS')) return {};
  const intake = new Intake();
  const read = parentOrigin({ mode });
  const previewOrigins = env.list('PREVIEW_ORIGINS').flatMap((origin) => read(origin, origin, intake) ?? []);
  for (const failure of intake.failures) env.refuse('PREVIEW_ORIGINS', failure);
  return { previewOrigins };
}

function readCurrencies(env: EnvReader): Pick<Tuning['ofCheckout'], 'currencies'> {
  const codes = env.list('CURRENCIES').map((code) => code.toUpperCase());
  for (const code of codes) if (!CURRENCIES.has(code)) env.refuse('CURRENCIES', `${code} is not an ISO 4217 currency`);
  return codes.length === 0 ? {} : { currencies: new Set(codes) };
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const readLogLevel = (env: EnvReader): string => env.oneOf('LOG_LEVEL', LOG_LEVELS, 'info');
