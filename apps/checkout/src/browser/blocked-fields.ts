// When the page inside a merchant's iframe cannot show the card fields (contract 3.2): a window of its own can, and what
// the customer does there is passed on, so that the merchant's page hears one window only.
import { type CheckoutEvent, departureOf } from './checkout-event.ts';
import type { Embedding } from './embedding.ts';
import { callPage } from './page-call.ts';
import { byId, type CheckoutFacts } from './page-facts.ts';

/** `undefined` outside an iframe. */
export function openBlockedFields(facts: CheckoutFacts, embedding: Embedding): (() => void) | undefined {
  if (!embedding.isFramed) return undefined;
  const open = document.getElementById('open-window');
  open?.addEventListener('click', () => {
    openWindow();
    byId('blocked-opened').hidden = false;
  });
  if (open !== null) passOn(facts, embedding);
  return () => {
    byId('blocked').hidden = false;
  };
}

/** All in one click, which is what browsers count: a popup, else a tab, else the whole window. */
function openWindow(): void {
  const { href } = location;
  const opened = window.open(href, 'ozura_checkout', 'popup,width=480,height=760') ?? window.open(href);
  if (opened === null && top !== null) top.location.href = href;
}

function passOn(facts: CheckoutFacts, embedding: Embedding): void {
  addEventListener('message', ({ origin, data: message }: MessageEvent<unknown>) => {
    if (origin !== location.origin || !isFromOurWindow(message, facts.sessionId)) return;
    switch (message.type) {
      case 'CHECKOUT_READY':
      case 'PAYMENT_ERROR':
        return embedding.tell(message);
      case 'CHECKOUT_CANCELLED':
        return embedding.leave({ url: facts.cancelUrl, event: message });
      case 'PAYMENT_SUCCESS':
      case 'CHECKOUT_ERROR':
        void follow(facts, embedding, message);
    }
    // Of its end the session tells this page too, when it looks at its own clock.
  });
}

const isFromOurWindow = (message: unknown, sessionId: string): message is CheckoutEvent =>
  typeof message === 'object' &&
  message !== null &&
  'source' in message &&
  message.source === 'ozura-checkout' &&
  'sessionId' in message &&
  message.sessionId === sessionId;

/** The event says what happened, and the server where that leads. */
async function follow(facts: CheckoutFacts, embedding: Embedding, event: CheckoutEvent): Promise<void> {
  const answer = await callPage(facts, 'outcome');
  const url = answer && departureOf(answer)?.url;
  if (url !== undefined) return embedding.leave({ url, event });
  embedding.tell(event);
  location.reload();
}
