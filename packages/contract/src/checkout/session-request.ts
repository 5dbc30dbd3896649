// A create request after reading: normalised, defaults applied, money in minor units.
import type { Appearance } from './appearance.ts';
import type { DonationConfig } from './donation.ts';
import type { Item } from './items.ts';
import type { Metadata } from './metadata.ts';
import type { RecurringConfig } from './recurring.ts';

export type CheckoutMode = 'payment' | 'donation' | 'recurring';
export type EmbedMode = 'redirect' | 'popup' | 'iframe' | 'new_tab';

export interface SessionRequest {
  readonly merchantId: string;
  readonly merchantName: string;
  /** What was asked for: the sum of the items, or the price of a normal cycle. Absent in donation mode. */
  readonly amountMinor?: bigint | undefined;
  /** What is charged first, before tax and surcharge; zero in donation mode. */
  readonly subtotalMinor: bigint;
  readonly currency: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
  readonly errorUrl: string;
  readonly embedMode: EmbedMode;
  readonly parentOrigin?: string | undefined;
  readonly checkoutMode: CheckoutMode;
  readonly recurringConfig?: RecurringConfig | undefined;
  readonly donationConfig?: DonationConfig | undefined;
  readonly surchargeHundredths?: bigint | undefined;
  readonly transactionChannel: 'ecommerce' | 'moto';
  readonly taxExempt: boolean;
  readonly items?: readonly Item[] | undefined;
  readonly metadata: Metadata;
  readonly appearance: Appearance;
  readonly idempotencyKey?: string | undefined;
  readonly allowPopup: boolean;
  readonly hideHeader: boolean;
  readonly locale: string;
}
