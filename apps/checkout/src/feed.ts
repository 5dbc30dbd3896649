// Keeps the feed of every merchant complete: takes Pay's events over, and gives each event its number (contract 14.2).
// Any number of processes may do both: an event is known by its id, and whoever numbers does it alone.
import { collectEvents } from '@ozura/contract/pay/outbox';
import { objectOf } from '@ozura/core/event';
import { together } from '@ozura/kit/db/handle';
import type { CheckoutContext } from './context.ts';
import { endFeedAt, hasWaitingEvents, type Numbered, numberEvents, openFeeds, takeTurn } from './store/event-feed.ts';
import { takeOverEvents } from './store/events.ts';
import { queueDeliveries } from './store/webhook-deliveries.ts';

export interface Feed {
  /** What happened before the call has its place in the feed when this resolves; of Pay's if Pay answers. */
  bringUpToDate(): Promise<void>;
}

const collectTimeoutMs = 2_000;
const numberedAtOnce = 500;

/** `queued` is called when there is something new to deliver. */
export function openFeed(context: CheckoutContext, queued: () => void): Feed {
  const { log } = context;
  let payAnswers = true;
  const collect = async (): Promise<void> => {
    try {
      await collectAll(context);
      payAnswers = true;
    } catch (error) {
      // Said once: Pay keeps its events until it is back.
      if (payAnswers) log.warn({ err: error }, "Pay's events cannot be collected");
      payAnswers = false;
    }
  };
  const work = async (): Promise<void> => {
    await numberAll(context, queued);
    await collect();
    await numberAll(context, queued);
  };
  return { bringUpToDate: oneAfterTheOther(work) };
}

/** Who asks while it runs waits for the next run, together with everybody else who did. */
function oneAfterTheOther(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return start();
    next ??= running.then(start, start);
    return next;
  };
}

async function collectAll({ db, pay }: CheckoutContext): Promise<void> {
  let collected: readonly string[] = [];
  do {
    const answer = await pay.call(collectEvents, { body: { collected }, timeoutMs: collectTimeoutMs });
    if (!answer.ok) throw new Error(`Pay answered ${answer.status}`);
    const { events } = answer.body.data;
    // In one commit, and only named to Pay after it.
    if (events.length > 0) {
      const taken = events.map(({ eventId, data, ...event }) => {
        const object = objectOf(event.type, data);
        return { ...event, id: eventId, body: data, ...(object === undefined ? {} : { object }) };
      });
      await db.transact((tx) => takeOverEvents(tx, taken));
    }
    collected = events.map(({ eventId }) => eventId);
  } while (collected.length > 0);
}

async function numberAll({ db }: CheckoutContext, queued: () => void): Promise<void> {
  if (!(await hasWaitingEvents(db))) return;
  for (;;) {
    const { numbered, deliveries } = await db.transact(async (tx) => {
      await takeTurn(tx);
      await openFeeds(tx);
      const rows = await numberEvents(tx, numberedAtOnce);
      const nowMs = await tx.now();
      const ranges = rangesOf(rows);
      const queuing = ranges.map(({ first, last }) =>
        queueDeliveries(tx, { merchantId: last.merchantId, first, last: last.sequence }, nowMs),
      );
      const counts = await together(...queuing, ...ranges.map(({ last }) => endFeedAt(tx, last)));
      return { numbered: rows.length, deliveries: sumOf(counts.slice(0, ranges.length)) };
    });
    if (deliveries > 0) queued();
    if (numbered < numberedAtOnce) return;
  }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

interface Range {
  readonly first: number;
  readonly last: Numbered;
}

/** By merchant, in an order that is the same for everybody. */
function rangesOf(rows: readonly Numbered[]): Range[] {
  const ranges = new Map<string, Range>();
  for (const row of rows) {
    const known = ranges.get(row.merchantId);
    ranges.set(row.merchantId, {
      first: Math.min(known?.first ?? row.sequence, row.sequence),
      last: (known?.last.sequence ?? 0) > row.sequence ? (known?.last ?? row) : row,
    });
  }
  return [...ranges.values()];
}
