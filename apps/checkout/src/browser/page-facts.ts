// What the server tells the script: a JSON block in the page. Its type is shared, so that both sides agree.

import type { ScriptMessages } from '../pages/messages/catalogue.ts';
import type { CheckoutEvent } from './checkout-event.ts';

/** On every page. */
export interface PageFacts {
  /** The merchant's own colours and sizes, as custom properties. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of a session that is paid inside a merchant's page, or in a window that one has opened. */
  readonly embedding?: EmbeddingFacts;
}

/** Who hears the events of the page (contract 3.3). */
export interface EmbeddingFacts {
  readonly mode: 'iframe' | 'popup' | 'new_tab';
  readonly parentOrigin: string;
  readonly sessionId: string;
}

/** Of a page without a form, when somebody hears it. */
export interface NoticeFacts {
  /** Told when the page opens. With an address the page goes there. */
  readonly opened?: { readonly event: CheckoutEvent; readonly url?: string };
  /** Told when its button is pressed. */
  readonly pressed?: CheckoutEvent;
}

/** On the pages that call our page routes (contract 1.4). */
export interface SessionFacts {
  readonly sessionId: string;
  readonly credential: string;
}

export interface CheckoutFacts extends SessionFacts {
  readonly cancelUrl: string;
  /** Of the card frames, which are in the document already. */
  readonly vaultId: string;
  readonly currency: string;
  /** Decimals of the currency. */
  readonly exponent: number;
  /** Decimal text. */
  readonly total: string;
  /** What the button says, with a place for the amount. */
  readonly payText: string;
  readonly address: AddressFacts;
  /** Pictures of card brands, each behind `#` and its name. */
  readonly brandsUrl: string;
  readonly donation?: DonationFacts;
  /** The server's clock when the page was made. */
  readonly nowMs: number;
  readonly expiresAtMs: number;
  readonly messages: ScriptMessages;
}

/** How addresses are written in the country that is chosen first, and where the page learns it of the others. */
export interface AddressFacts {
  /** With a place for the country. */
  readonly url: string;
  readonly form: Partial<Record<'zipPattern' | 'zipExample' | 'phoneExample', string | undefined>>;
}

/** Of the page that shows how a session would look. */
export interface PreviewFacts {
  /** Whose messages are accepted; `loopback`: those of any page on this machine. */
  readonly origins: readonly string[] | 'loopback';
  readonly mode: 'test' | 'live';
  readonly merchantName: string;
  /** Texts that follow the look, `title` with a place for the merchant. */
  readonly texts: Readonly<Record<'title' | 'titleWithoutName' | 'cancel' | 'expiry', string>>;
}

/** What a donor may give, as decimal text, what is added to it, and what is said of it. */
export interface DonationFacts {
  /** What the button says before an amount is chosen. */
  readonly payText: string;
  readonly missing: string;
  readonly wrong: string;
  readonly min: string;
  readonly max: string;
  readonly surchargeHundredths: number;
}

/** A field takes so many times the characters that the rules allow: a longer text is not cut but said to be too long. */
export const lengthSlack = 2;

/**
 * Of the document, when the card fields could not be loaded (`detail` true), or are there after all (false). Whoever has
 * something better to say prevents the default.
 */
export const fieldsBlocked = 'card-fields-blocked';

export const readFacts = <T>(): PageFacts & T => JSON.parse(byId('facts').textContent ?? '') as PageFacts & T;

/** An element that the page is known to have. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as E;
}

/** The only way in which a look gets into the page: names and values, never style text. */
export function setVariables(variables: PageFacts['variables']): void {
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
}

/** Runs on every page, as soon as the document is there. */
export function preparePage({ variables }: PageFacts): void {
  setVariables(variables);
  // A page that the browser kept in memory shows a state of the past: "back" after paying must not show the form.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}
