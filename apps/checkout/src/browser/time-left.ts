// The end of the session: a dialog two minutes before it, and the page of the expired session when it has come.
import { callPage } from './page-call.ts';
import { byId, type CheckoutFacts } from './page-facts.ts';

const warnBeforeMs = 120_000;
const lookEveryMs = 1_000;

export interface TimeLeftOptions {
  readonly facts: CheckoutFacts;
  /** While a payment runs the session does not end. */
  readonly isPaying: () => boolean;
  readonly leave: () => void;
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
}

export function watchTimeLeft({ facts, isPaying, leave, say, warn }: TimeLeftOptions): void {
  // Deadlines are the server's; only the difference between the clocks is ours to know.
  const skewMs = Date.now() - facts.nowMs;
  let endsAtMs = facts.expiresAtMs + skewMs;
  let warned = false;
  const dialog = byId<HTMLDialogElement>('more-time');
  const look = (): void => {
    const leftMs = endsAtMs - Date.now();
    if (isPaying()) return;
    if (leftMs <= 0) location.reload();
    else if (leftMs <= warnBeforeMs && !warned) {
      warned = true;
      dialog.showModal();
    }
  };
  byId('extend').addEventListener('click', async () => {
    dialog.close();
    const answer = await callPage(facts, 'extend');
    const expiresAt = Date.parse(String(answer?.data.expiresAt));
    if (answer?.errorCode === 'EXTENSION_LIMIT') return warn(facts.messages.extensionLimit);
    // Paid, cancelled or expired meanwhile, in another window: the server draws the right page.
    if (answer?.errorCode?.startsWith('SESSION_')) return location.reload();
    if (Number.isNaN(expiresAt)) {
      // Not extended: the dialog comes back as long as there is time.
      warned = false;
      return;
    }
    endsAtMs = expiresAt + skewMs;
    warned = false;
    say(facts.messages.extended);
  });
  byId('leave').addEventListener('click', () => {
    dialog.close();
    leave();
  });
  setInterval(look, lookEveryMs);
}
