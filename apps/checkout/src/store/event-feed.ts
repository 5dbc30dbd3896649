// The feed of a merchant: its events with numbers that have no gaps. A turn numbers what is there in the order of its
// writing; turns follow each other, so that a reader never sees a number before the one below it.
import { type Handle, join, sql } from '@ozura/kit/db/handle';
import { type EventRow, type StoredEvent, toEvent } from './events.ts';

/** Whether anything waits for its number. */
export const hasWaitingEvents = async (db: Handle): Promise<boolean> =>
  (await db.one(sql`SELECT 1 AS one FROM events WHERE sequence IS NULL LIMIT 1`)) !== undefined;

/** From here to its commit a transaction numbers alone. */
export const takeTurn = (tx: Handle): Promise<number> => tx.run(sql`UPDATE event_turns SET turns = turns + 1`);

/** Merchants who never had an event. */
export const openFeeds = (tx: Handle): Promise<number> =>
  tx.run(sql`
    INSERT INTO event_feeds (merchant_id, last_sequence)
    SELECT DISTINCT merchant_id, 0 FROM events WHERE sequence IS NULL ON CONFLICT (merchant_id) DO NOTHING`);

export interface Numbered {
  readonly merchantId: string;
  readonly sequence: number;
}

/** In the order of their writing, for each merchant from where its feed ends. */
export async function numberEvents(tx: Handle, limit: number): Promise<Numbered[]> {
  const rows = await tx.all<{ merchant_id: string; sequence: number }>(sql`
    UPDATE events SET sequence = numbered.place FROM (
      SELECT waiting.ordinal AS waiting_ordinal, event_feeds.last_sequence
        + row_number() OVER (PARTITION BY waiting.merchant_id ORDER BY waiting.ordinal) AS place
      FROM (SELECT ordinal, merchant_id FROM events WHERE sequence IS NULL ORDER BY ordinal LIMIT ${limit}) AS waiting
      JOIN event_feeds ON event_feeds.merchant_id = waiting.merchant_id
    ) AS numbered WHERE events.ordinal = numbered.waiting_ordinal
    RETURNING merchant_id, sequence`);
  return rows.map((row) => ({ merchantId: row.merchant_id, sequence: row.sequence }));
}

export const endFeedAt = (tx: Handle, { merchantId, sequence }: Numbered): Promise<number> =>
  tx.run(sql`UPDATE event_feeds SET last_sequence = ${sequence} WHERE merchant_id = ${merchantId}`);

/** Zero for a merchant without events. */
export async function lastSequence(db: Handle, merchantId: string): Promise<number> {
  const row = await db.one<{ last_sequence: number }>(sql`
    SELECT last_sequence FROM event_feeds WHERE merchant_id = ${merchantId}`);
  return row?.last_sequence ?? 0;
}

export interface FeedQuery {
  readonly merchantId: string;
  readonly afterSequence: number;
  /** All when absent. */
  readonly types: readonly string[] | undefined;
  readonly limit: number;
}

export async function listFeed(db: Handle, { merchantId, afterSequence, types, limit }: FeedQuery) {
  const ofTypes = types === undefined ? sql`` : sql`AND type IN (${join(types)})`;
  const rows = await db.all<EventRow>(sql`
    SELECT id, type, sequence, merchant_id, body, created_at FROM events
    WHERE merchant_id = ${merchantId} AND sequence > ${afterSequence} AND sequence > 0 ${ofTypes}
    ORDER BY sequence LIMIT ${limit}`);
  return rows.map((row): StoredEvent => toEvent(row));
}
