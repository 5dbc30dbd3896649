// Events in the commit of the change they report (contract 14.2): one of a type for each subject. They get their place
// in the feed of their merchant after it, see `event-feed.ts`.
import { type Handle, sql } from '@ozura/kit/db/handle';
import { insertingRows } from '@ozura/kit/db/rows';

export interface NewEvent {
  readonly id: string;
  readonly merchantId: string;
  readonly type: string;
  /** What it is told of once. */
  readonly subject: string;
  /** Events of one object are delivered in their order; absent: the subject. */
  readonly object?: string;
  /** The event's `data`. */
  readonly body: object;
  readonly atMs: number;
}

export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly merchantId: string;
  /** JSON. */
  readonly body: string;
  readonly atMs: number;
}

export interface EventRow {
  readonly [column: string]: string | number | null;
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly merchant_id: string;
  readonly body: string;
  readonly created_at: number;
}

export const insertEvent = (tx: Handle, event: NewEvent): Promise<number> =>
  tx.run(sql`
    INSERT INTO events (id, merchant_id, type, subject, object, body, created_at)
    VALUES (${event.id}, ${event.merchantId}, ${event.type}, ${event.subject}, ${event.object ?? event.subject},
      ${JSON.stringify(event.body)}, ${event.atMs})`);

/**
 * Of another program: those that are not here already. Of a type and a subject it has one event, as we have; of two processes
 * that take the same over at once, the second may meet that rule of the table before the one about the id.
 */
export const takeOverEvents = insertingRows<NewEvent>(
  (values) => sql`
    INSERT INTO events (id, merchant_id, type, subject, object, body, created_at) VALUES ${values}
    ON CONFLICT DO NOTHING`,
  (event) => sql`
    (${event.id}, ${event.merchantId}, ${event.type}, ${event.subject}, ${event.object ?? event.subject},
     ${JSON.stringify(event.body)}, ${event.atMs})`,
);

/** One that stands in nobody's feed. */
export const insertTestEvent = (tx: Handle, event: NewEvent): Promise<number> =>
  tx.run(sql`
    INSERT INTO events (id, merchant_id, type, subject, object, body, created_at, sequence)
    VALUES (${event.id}, ${event.merchantId}, ${event.type}, ${event.subject}, ${event.subject},
      ${JSON.stringify(event.body)}, ${event.atMs}, 0)`);

/** Only once it has its place in the feed. */
export async function findEvent(db: Handle, merchantId: string, id: string): Promise<StoredEvent | undefined> {
  const row = await db.one<EventRow>(sql`
    SELECT id, type, sequence, merchant_id, body, created_at FROM events
    WHERE id = ${id} AND merchant_id = ${merchantId} AND sequence IS NOT NULL`);
  return row && toEvent(row);
}

const forgottenAtOnce = 500;

/** With their deliveries. A bounded number at a time. */
export const forgetEvents = (db: Handle, createdBeforeMs: number): Promise<number> =>
  db.run(sql`
    DELETE FROM events WHERE ordinal IN (
      SELECT ordinal FROM events WHERE created_at < ${createdBeforeMs} AND sequence IS NOT NULL
      ORDER BY created_at LIMIT ${forgottenAtOnce})`);

export const toEvent = (row: EventRow): StoredEvent => ({
  id: row.id,
  type: row.type,
  sequence: row.sequence,
  merchantId: row.merchant_id,
  body: row.body,
  atMs: row.created_at,
});
