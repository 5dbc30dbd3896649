// The price of a charge (contract 6.5): subtotal, tax, surcharge, tip, total, each rounded once.
import type { Funding } from './card/funding.ts';
import { surchargeOn } from './surcharge.ts';

export interface Price {
  readonly currency: string;
  readonly subtotalMinor: bigint;
  readonly taxMinor: bigint;
  readonly surchargeMinor: bigint;
  readonly tipMinor: bigint;
  readonly totalMinor: bigint;
}

export interface PriceInput {
  readonly currency: string;
  readonly subtotalMinor: bigint;
  /** What the tax provider answered: 0 for donations and exempt sales, which it is not asked about. */
  readonly taxMinor?: bigint;
  readonly surchargeHundredths?: bigint;
  /** A quote without a card is made as for `credit`, so that the charge can only be lower. */
  readonly funding: Funding;
  readonly tipMinor?: bigint;
}

export function price(input: PriceInput): Price {
  const { currency, subtotalMinor, taxMinor = 0n, surchargeHundredths = 0n, funding, tipMinor = 0n } = input;
  const surchargeMinor = surchargeOn(subtotalMinor, surchargeHundredths, funding);
  const totalMinor = subtotalMinor + taxMinor + surchargeMinor + tipMinor;
  return { currency, subtotalMinor, taxMinor, surchargeMinor, tipMinor, totalMinor };
}
