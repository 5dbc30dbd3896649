// Events written in the commit of the change they report (contract 14.2), until Checkout has them in the one feed.
import { type Handle, join, sql, type Writing } from '@ozura/kit/db/handle';

export interface OutboxEvent {
  readonly eventId: string;
  readonly merchantId: string;
  readonly type: string;
  /** What it is about: one event of a type for each. */
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

export async function insertEvent(tx: Writing, event: OutboxEvent): Promise<void> {
  await tx.run(sql`
    INSERT INTO outbox (event_id, merchant_id, type, subject, data, created_at)
    VALUES (${event.eventId}, ${event.merchantId}, ${event.type}, ${event.subject}, ${JSON.stringify(event.data)},
      ${event.atMs})`);
}

interface OutboxRow {
  readonly [column: string]: string | number;
  readonly event_id: string;
  readonly merchant_id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: string;
  readonly created_at: number;
}

/** Those that Checkout does not have yet, in the order of their writing: of one object none comes before its cause. */
export async function listWaitingEvents(db: Handle, limit: number): Promise<OutboxEvent[]> {
  const rows = await db.all<OutboxRow>(sql`
    SELECT event_id, merchant_id, type, subject, data, created_at FROM outbox
    WHERE collected_at IS NULL ORDER BY ordinal LIMIT ${limit}`);
  return rows.map((row) => ({
    eventId: row.event_id,
    merchantId: row.merchant_id,
    type: row.type,
    subject: row.subject,
    data: JSON.parse(row.data) as OutboxEvent['data'],
    atMs: row.created_at,
  }));
}

export const countWaitingEvents = async (db: Handle): Promise<number> =>
  (await db.one<{ n: number }>(sql`SELECT count(*) AS n FROM outbox WHERE collected_at IS NULL`))?.n ?? 0;

/** Checkout has them on its disk. They stay here: of each subject an event of a type is told once, for ever. */
export const markCollected = (db: Handle, eventIds: readonly string[], nowMs: number): Promise<number> =>
  db.run(sql`
    UPDATE outbox SET collected_at = ${nowMs} WHERE collected_at IS NULL AND event_id IN (${join(eventIds)})`);

/** Checkout has lost what it collected since. It knows by their ids those that it has all the same. */
export const offerAgain = (
  tx: Handle,
  { collectedSinceMs, createdAfterMs }: { readonly collectedSinceMs: number; readonly createdAfterMs: number },
): Promise<number> =>
  tx.run(sql`
    UPDATE outbox SET collected_at = NULL
    WHERE collected_at >= ${collectedSinceMs} AND created_at > ${createdAfterMs}`);
