// Waiting for the outcome of a charge that this page did not make, or no longer knows: after a reload, in a second tab.
import { type Departure, departureOf } from './checkout-event.ts';
import { callPage, pause } from './page-call.ts';
import type { SessionFacts } from './page-facts.ts';

export type Outcome =
  | { readonly do: 'leave'; readonly departure: Departure }
  /** The charge ended without a payment, and the session can be paid. */
  | { readonly do: 'pay-again' }
  | { readonly do: 'reload' };

const askEveryMs = 2_000;

export async function awaitOutcome(session: SessionFacts): Promise<Outcome> {
  for (;;) {
    await pause(askEveryMs);
    const answer = await callPage(session, 'outcome');
    if (answer === undefined || answer.status >= 500 || answer.status === 429) continue;
    const departure = departureOf(answer);
    if (departure !== undefined) return { do: 'leave', departure };
    const { status, paymentState } = answer.data;
    if (paymentState === 'processing') continue;
    return status === 'pending' && paymentState === null ? { do: 'pay-again' } : { do: 'reload' };
  }
}
