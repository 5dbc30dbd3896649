// What Pay asks whoever knows the sales tax (contract 6.4).
import type { Place } from '@ozura/core/billing';

export interface TaxQuestion {
  readonly merchantId: string;
  readonly currency: string;
  readonly taxableMinor: bigint;
  /** Of the billing address. */
  readonly place: Place;
}

/** In minor units; `undefined` for a merchant who collects no tax. Rejects when the tax is not known. */
export type TaxProvider = (question: TaxQuestion) => Promise<bigint | undefined>;

export const taxTimeoutMs = 3_000;
