// `GET /api/events` (contract 14.2): what happened before the question is in the answer.
import type { FeedPosition, listEvents as record } from '@ozura/contract/checkout/events';
import type { InputOf } from '@ozura/contract/endpoint';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { eventView } from '../../event-view.ts';
import type { Feed } from '../../feed.ts';
import { lastSequence, listFeed } from '../../store/event-feed.ts';
import { findEvent } from '../../store/events.ts';

export const listEvents =
  (context: CheckoutContext, feed: Feed) =>
  async ({ input, who: { merchantId } }: Call<InputOf<typeof record>, Merchant>): Promise<object> => {
    const { db } = context;
    const { after, limit, types } = input;
    await feed.bringUpToDate();
    const afterSequence = after === undefined ? 0 : await sequenceOf(context, merchantId, after);
    // Read before the events: whatever comes in between is behind it.
    const end = await lastSequence(db, merchantId);
    const found = await listFeed(db, { merchantId, afterSequence, types, limit: limit + 1 });
    const page = found.slice(0, limit);
    const hasMore = found.length > limit;
    const lastShown = page.at(-1)?.sequence ?? afterSequence;
    return {
      success: true,
      data: page.map(eventView),
      hasMore,
      // Past what is of other types, so that nobody reads over it again.
      nextAfter: String(hasMore ? lastShown : Math.max(lastShown, end)),
    };
  };

async function sequenceOf({ db }: CheckoutContext, merchantId: string, after: FeedPosition): Promise<number> {
  if ('sequence' in after) return after.sequence;
  const event = await findEvent(db, merchantId, after.eventId);
  if (event === undefined) throw new Refusal('NOT_FOUND');
  return event.sequence;
}
