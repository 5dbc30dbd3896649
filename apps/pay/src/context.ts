// What Pay's handlers and jobs are given.
import type { Send } from '@ozura/contract/client';
import type { Context } from '@ozura/kit/context';
import type { CrashPoint } from '@ozura/kit/crash-point';
import type { Database } from '@ozura/kit/db/handle';
import type { Audit } from './audit.ts';
import type { PayConfig } from './config.ts';
import type { PayKeys } from './keys.ts';
import type { Processors } from './processors/registry.ts';
import type { TaxProvider } from './tax/port.ts';
import type { Vault } from './vault.ts';

export interface PayContext extends Context {
  readonly config: PayConfig;
  readonly db: Database;
  readonly vault: Vault;
  readonly processors: Processors;
  readonly tax: TaxProvider;
  /** Calls without card data go to processors directly. */
  readonly send: Send;
  readonly keys: PayKeys;
  readonly audit: Audit;
  readonly reached: CrashPoint;
}
