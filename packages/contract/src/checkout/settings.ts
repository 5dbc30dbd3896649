// What the reading of a create request depends on besides the request itself.
import type { Mode } from '@ozura/core/ids';

export interface CreateSettings {
  readonly mode: Mode;
  /** Milliseconds; decides whether a start date is in the past. */
  readonly now: () => number;
  /** What the configured processors support. */
  readonly currencies: ReadonlySet<string>;
  /** Our own `/error` page is an allowed destination everywhere. */
  readonly checkoutUrl: string;
  /** Hosts a merchant's customers may be sent to; empty: any. */
  readonly allowedReturnHosts: (merchantId: string | undefined) => readonly string[];
}
