// What Checkout is told at its start.
import type { Secret } from '@ozura/core/secret';
import type { BaseConfig } from '@ozura/kit/settings';

export interface CheckoutConfig extends BaseConfig {
  /** Checkout's own, for calling Vault and Pay. */
  readonly serviceKey: Secret<string>;
  readonly sessionLifetimeSeconds: number;
  readonly maxFailedAttempts: number;
  /** Declines from one address or of one card in ten minutes that the page explains; absent: 3. */
  readonly declinesToldMax?: number;
  /** Shows billing details of a completed session to whoever knows its id. */
  readonly publicSessionBilling: boolean;
  /** Origins that may hold `/preview` and restyle it; absent: none, in test mode those of this machine. */
  readonly previewOrigins?: readonly string[];
  /** Sessions that ended without payment are removed so many days after their end; absent or 0: they stay. */
  readonly unpaidSessionDays?: number;
  /** The same of paid ones. */
  readonly paidSessionDays?: number;
  /** The key that signs redirects gets a successor after so many days; absent or 0: never. */
  readonly signingKeyDays?: number;
  /** ISO 4217 codes that are offered; absent: all of them. */
  readonly currencies?: ReadonlySet<string>;
  /** Without one nobody reads the numbers of `/metrics`. */
  readonly adminToken?: Secret<string>;
  /** Label of a crash point; tests only. */
  readonly crashAt?: string;
}
