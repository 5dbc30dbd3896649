// The script of every page in a merchant's iframe, beside that of the page itself: tells its height (contract 3.3), and
// where the frame cannot show the card fields, a window of its own can (3.2). What the customer does there is passed on,
// so that the merchant's page hears one window only.
import { type CheckoutEvent, type Departure, departureOf } from './checkout-event.ts';
import { type Embedding, openEmbedding } from './embedding.ts';
import { callPage, pause } from './page-call.ts';
import { byId, type CheckoutFacts, fieldsBlocked, readFacts } from './page-facts.ts';

const focusWaitMs = 200;
const lookEveryMs = 2_000;

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
    // Whoever has opened the window goes on there.
    if (document.getElementById('blocked-opened')?.hidden === false) return;
    const isBlocked = (event as CustomEvent<boolean>).detail;
    byId('blocked').hidden = !isBlocked;
    for (const field of document.querySelectorAll<HTMLElement>('#blocked ~ .field')) field.hidden = isBlocked;
  });
  const button = document.getElementById('open-window');
  if (button === null) return;
  let left = false;
  const leave: Leave = (departure) => {
    if (!left) embedding.leave(departure);
    left = true;
  };
  passOn(embedding, leave);
  button.addEventListener('click', () => {
    void openWindow();
    if (byId('blocked-opened').hidden) void watchWindow(leave);
    byId('blocked-opened').hidden = false;
  });
}

type Leave = (departure: Departure) => void;

/** All in one click, which is what browsers count: a popup, else a tab, else the whole window. */
async function openWindow(): Promise<void> {
  const { href } = location;
  for (const [name, features] of [['ozura_checkout', 'popup,width=480,height=760'], ['_blank']]) {
    if (window.open(href, name, features) !== null) return;
    // Inside a page that keeps its windows apart (COOP) there is no handle on what was opened, but it has the focus.
    await pause(focusWaitMs);
    if (!document.hasFocus()) return;
  }
  if (top !== null) top.location.href = href;
}

/** What our own window says is passed on, and its end is followed to where the server says it leads. */
function passOn(embedding: Embedding, leave: Leave): void {
  addEventListener('message', ({ origin, data: message }: MessageEvent<unknown>) => {
    if (origin !== location.origin || !isFromOurWindow(message)) return;
    switch (message.type) {
      case 'CHECKOUT_READY':
      case 'PAYMENT_ERROR':
        return embedding.tell(message);
      case 'CHECKOUT_CANCELLED':
        return leave({ url: facts.cancelUrl, event: message });
      case 'PAYMENT_SUCCESS':
      case 'CHECKOUT_ERROR':
        void lookAtSession(leave);
    }
    // Of its end by time the session tells this page too, when it looks at its own clock.
  });
}

const isFromOurWindow = (message: unknown): message is CheckoutEvent =>
  typeof message === 'object' &&
  message !== null &&
  'source' in message &&
  message.source === 'ozura-checkout' &&
  'sessionId' in message &&
  message.sessionId === facts.sessionId;

/** The window may be one that cannot say anything, or be closed before it does: the server knows too. */
async function watchWindow(leave: Leave): Promise<never> {
  for (;;) {
    await pause(lookEveryMs);
    await lookAtSession(leave);
  }
}

async function lookAtSession(leave: Leave): Promise<void> {
  const answer = await callPage(facts, 'outcome');
  const departure = answer && departureOf(answer);
  if (departure !== undefined) leave(departure);
  else if (answer?.data.status === 'cancelled') leave({ url: facts.cancelUrl, event: { type: 'CHECKOUT_CANCELLED' } });
}
