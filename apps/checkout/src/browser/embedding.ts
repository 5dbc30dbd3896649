// The window that embeds or has opened the page: what it is told (contract 3.3), and how each mode leaves (2.6).
import type { CheckoutEvent, Departure } from './checkout-event.ts';
import { byId, type EmbeddingFacts } from './page-facts.ts';

export interface Embedding {
  /** Inside the frame of the page that it was made for. */
  readonly isFramed: boolean;
  tell(event: CheckoutEvent): void;
  /** Tells, and goes: a window of ours closes, anything else is redirected. */
  leave(departure: Departure): void;
}

interface Hearer {
  readonly window: Window;
  readonly origin: string;
}

/** A window that browsers do not let close itself is redirected after this time. */
const closeWaitMs = 500;

/** Without facts, and where nobody would hear it, nothing is told and every way out is a plain redirect. */
export function openEmbedding(facts: EmbeddingFacts | undefined): Embedding {
  const isFramed = facts?.mode === 'iframe' && parent !== window;
  // Asked each time: the customer may close the shop's window meanwhile.
  const hearer = () => facts && (isFramed ? { window: parent, origin: facts.parentOrigin } : openerOf(facts));
  const tell = (event: CheckoutEvent): void => {
    const to = hearer();
    const message = { ...event, source: 'ozura-checkout', version: 1, sessionId: facts?.sessionId };
    to?.window.postMessage(message, to.origin);
  };
  return {
    isFramed,
    tell,
    leave({ url, event }) {
      tell(event);
      if (isFramed || hearer() === undefined) return location.replace(url);
      window.close();
      setTimeout(() => location.replace(url), closeWaitMs);
    },
  };
}

function openerOf({ mode, parentOrigin }: EmbeddingFacts): Hearer | undefined {
  const opener = window.opener as Window | null;
  // Closing would leave a customer nowhere whose first page is gone.
  if (opener === null || opener.closed) return undefined;
  if (mode !== 'iframe') return { window: opener, origin: parentOrigin };
  // The page in the iframe could not show the card fields and has opened this one: it passes on what it hears (3.2).
  return isOurs(opener) ? { window: opener, origin: location.origin } : undefined;
}

function isOurs(opener: Window): boolean {
  try {
    return opener.location.origin === location.origin;
  } catch {
    return false;
  }
}

/** A link that ends the checkout leaves as the other ways out of it do. */
export function leaveByLink(embedding: Embedding, event: CheckoutEvent): void {
  const link = byId<HTMLAnchorElement>('onward');
  const leave = (click: Event): void => {
    click.preventDefault();
    embedding.leave({ url: link.href, event });
  };
  link.addEventListener('click', leave, { once: true });
}
