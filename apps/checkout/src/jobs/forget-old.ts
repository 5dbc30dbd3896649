// What is kept for a time only: idempotency keys and events for 31 days (contract 0.8, 14.2), page credentials of ended
// sessions.
import type { Job } from '@ozura/kit/jobs';
import type { CheckoutContext } from '../context.ts';
import { credentialsKeptMs } from '../page-session.ts';
import { forgetEvents } from '../store/events.ts';
import { forgetEndedCredentials } from '../store/page-credentials.ts';
import { forgetLinkKeys } from '../store/payment-links.ts';
import { forgetIdempotencyKeys } from '../store/sessions.ts';

const everyMs = 600_000;
const idempotencyKeysKeptMs = 31 * 86_400_000;
const eventsKeptMs = 31 * 86_400_000;

export const forgetOld = ({ db }: CheckoutContext): Job => ({
  name: 'forget-old',
  everyMs,
  run: async () => {
    const now = await db.now();
    await untilNone(() => forgetIdempotencyKeys(db, now - idempotencyKeysKeptMs));
    await untilNone(() => forgetLinkKeys(db, now - idempotencyKeysKeptMs));
    await untilNone(() => forgetEvents(db, now - eventsKeptMs));
    await untilNone(() => forgetEndedCredentials(db, now - credentialsKeptMs));
  },
});

/** A bounded number of rows in each statement, so that nobody waits for long. */
async function untilNone(forget: () => Promise<number>): Promise<void> {
  while ((await forget()) > 0);
}
