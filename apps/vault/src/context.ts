// What the Vault's handlers work with.
import type { BinTable } from '@ozura/core/card/funding';
import type { Context } from '@ozura/kit/context';
import type { CrashPoint } from '@ozura/kit/crash-point';
import type { Database } from '@ozura/kit/db/handle';
import type { PinnedOutbound } from '@ozura/kit/pinned-fetch';
import type { Audit } from './audit.ts';
import type { VaultConfig } from './config.ts';
import type { Keyring } from './keys/keyring.ts';

export interface VaultContext extends Context {
  readonly config: VaultConfig;
  readonly db: Database;
  readonly keys: Keyring;
  readonly audit: Audit;
  readonly bins: BinTable;
  readonly crash: CrashPoint;
  /** To processors, and nowhere else. */
  readonly proxy: PinnedOutbound;
}
