// What every program is told at its start. `apps/cli` makes these from the environment; the programs read nothing else.
import type { LimitName } from '@ozura/contract/limits';
import type { Mode } from '@ozura/core/ids';
import type { Secret } from '@ozura/core/secret';
import type { Log } from './log.ts';

/** Public bases of the four origins, without a slash at the end (contract 0.1). */
export interface Urls {
  readonly checkoutUrl: string;
  readonly vaultUrl: string;
  readonly payUrl: string;
  readonly elementsUrl: string;
}

export interface BaseConfig {
  readonly mode: Mode;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly urls: Urls;
  /** A SQLite path or a `postgres://` address. Each program has its own database. */
  readonly databaseUrl: string;
  /** Connections to PostgreSQL that this process may have open. */
  readonly poolMax?: number;
  readonly log: Log;
  /** Peers whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Keys the hashes that databases hold in place of credentials. */
  readonly pepper: Secret<Uint8Array>;
  /** Requests a minute, in place of the contract's numbers. */
  readonly rateLimits?: Partial<Record<LimitName, number>>;
  /** Where several processes count them together. May hold a password. */
  readonly redisUrl?: Secret<string>;
  /** A collector of spans, by OTLP over HTTP: the base of its address, and which part of the traces it gets. */
  readonly otlp?: { readonly endpoint: string; readonly sampleRatio: number };
  /** How long a stop waits for requests that are running; what takes longer recovers at the next start. */
  readonly drainMs?: number;
}
