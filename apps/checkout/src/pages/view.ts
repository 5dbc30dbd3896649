// What the pages know of a session: plain values, no store, no keys. `routes.ts` makes it, the page files draw it.
import type { DonationConfig } from '@ozura/contract/checkout/donation';
import type { Item } from '@ozura/contract/checkout/items';
import type { RecurringConfig } from '@ozura/contract/checkout/recurring';
import type { Price } from '@ozura/core/pricing';
import type { EmbeddingFacts } from '../browser/page-facts.ts';

/** Members of contract section 4 that change how a page looks. */
export interface Look {
  readonly theme: 'light' | 'dark' | 'auto';
  /** Custom properties of the style sheet and their values, set through the CSS object model. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logoUrl?: string;
  readonly logoPosition: 'inline' | 'top';
  readonly cancelButtonText?: string;
  readonly showMerchantName: boolean;
  readonly hideHeader: boolean;
  readonly hideBranding: boolean;
}

/** Everything a page about a session has in common. */
export interface ShopView {
  readonly sessionId: string;
  readonly merchantName: string;
  /** Above everything; absent in live mode. */
  readonly banner?: 'testMode' | 'preview';
  readonly look: Look;
  /** Absent in redirect mode, and where nobody may hear the page. */
  readonly embedding?: EmbeddingFacts;
}

/** A session that can be paid. */
export interface PayView extends ShopView {
  /** The price for a credit card, before an address is known. */
  readonly price: Price;
  readonly surchargeHundredths: bigint;
  /** A sales tax may come with the billing address. */
  readonly isTaxed: boolean;
  readonly items: readonly Item[];
  /** What a donor may give; only of a donation. */
  readonly donation?: DonationConfig;
  /** Only of a session that starts a plan. */
  readonly plan?: PlanView;
  /** Absent where there is nothing to pay, on the preview. */
  readonly frames?: FramesView;
  /** Where card fields that an iframe cannot show are offered instead; only inside one. */
  readonly blocked?: BlockedView;
  /** Where the customer probably is; chosen in the country list. */
  readonly country: string;
  /** What the script needs; see `browser/page-facts.ts`. */
  readonly facts: object;
}

/** Where the frames of the card fields come from. */
export interface FramesView {
  readonly elementsUrl: string;
  /** The signed part of their address (contract 2.7). */
  readonly query: string;
  /** What they have in common with each other, and with no other page. */
  readonly vaultId: string;
}

export interface BlockedView {
  readonly allowPopup: boolean;
  readonly cancelUrl: string;
}

export interface PlanView extends RecurringConfig {
  /** Of a normal cycle. */
  readonly amountMinor: bigint;
}
