// `POST /admin/events/offer-again` (ours, contract 14.2): Checkout was brought back to an earlier state.
import type { InputOf } from '@ozura/contract/endpoint';
import type { offerEventsAgain } from '@ozura/contract/pay/admin/events';
import { eventsKeptMs } from '@ozura/core/event';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import { offerAgain } from '../../store/outbox.ts';
import { doneBy } from './operator.ts';

export async function answerOfferAgain(
  { db, audit }: PayContext,
  { input: { since, by }, request }: Call<InputOf<typeof offerEventsAgain>, undefined>,
): Promise<unknown> {
  return db.transact(async (tx) => {
    // What Checkout has forgotten because of its age would be told to merchants a second time.
    const createdAfterMs = (await tx.now()) - eventsKeptMs;
    const offered = await offerAgain(tx, { collectedSinceMs: since, createdAfterMs });
    const change = { since: new Date(since).toISOString(), offered };
    await audit.record(tx, {
      ...doneBy(by, request),
      merchantId: '',
      object: 'events',
      action: 'offer_events',
      change,
    });
    return { success: true, data: { offered } };
  });
}
