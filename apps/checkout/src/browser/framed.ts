// The script of every page in a merchant's iframe, beside that of the page itself: tells its height (contract 3.3), and
// where the frame cannot show the card fields, a window of its own can (3.2). What the customer does there is passed on,
// so that the merchant's page hears one window only.
import { type CheckoutEvent, departureOf } from './checkout-event.ts';
import { type Embedding, openEmbedding } from './embedding.ts';
import { callPage } from './page-call.ts';
import { byId, type CheckoutFacts, fieldsBlocked, readFacts } from './page-facts.ts';

const facts = readFacts<CheckoutFacts>();
const embedding = openEmbedding(facts.embedding);
// The page may also have been opened in a window of its own.
if (embedding.isFramed) {
  tellHeight(embedding);
  if (document.getElementById('blocked') !== null) offerWayOut(embedding);
}

function tellHeight({ tell }: Embedding): void {
  const root = document.documentElement;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height !== told) tell({ type: 'CHECKOUT_RESIZE', height });
    told = height;
  }).observe(root);
}

function offerWayOut(embedding: Embedding): void {
  document.addEventListener(fieldsBlocked, (event) => {
    event.preventDefault();
    byId('blocked').hidden = false;
    for (const field of document.querySelectorAll<HTMLElement>('#blocked ~ .field')) field.hidden = true;
  });
  const button = document.getElementById('open-window');
  if (button === null) return;
  button.addEventListener('click', () => {
    openWindow();
    byId('blocked-opened').hidden = false;
  });
  passOn(embedding);
}

/** All in one click, which is what browsers count: a popup, else a tab, else the whole window. */
function openWindow(): void {
  const { href } = location;
  const opened = window.open(href, 'ozura_checkout', 'popup,width=480,height=760') ?? window.open(href);
  if (opened === null && top !== null) top.location.href = href;
}

function passOn(embedding: Embedding): void {
  addEventListener('message', ({ origin, data: message }: MessageEvent<unknown>) => {
    if (origin !== location.origin || !isFromOurWindow(message)) return;
    switch (message.type) {
      case 'CHECKOUT_READY':
      case 'PAYMENT_ERROR':
        return embedding.tell(message);
      case 'CHECKOUT_CANCELLED':
        return embedding.leave({ url: facts.cancelUrl, event: message });
      case 'PAYMENT_SUCCESS':
      case 'CHECKOUT_ERROR':
        void follow(embedding, message);
    }
    // Of its end the session tells this page too, when it looks at its own clock.
  });
}

const isFromOurWindow = (message: unknown): message is CheckoutEvent =>
  typeof message === 'object' &&
  message !== null &&
  'source' in message &&
  message.source === 'ozura-checkout' &&
  'sessionId' in message &&
  message.sessionId === facts.sessionId;

/** The event says what happened, and the server where that leads. */
async function follow(embedding: Embedding, event: CheckoutEvent): Promise<void> {
  const answer = await callPage(facts, 'outcome');
  const url = answer && departureOf(answer)?.url;
  if (url !== undefined) return embedding.leave({ url, event });
  embedding.tell(event);
  location.reload();
}
