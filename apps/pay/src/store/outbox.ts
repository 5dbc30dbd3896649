// Events written in the commit of the change they report (contract 14.2).
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface OutboxEvent {
  readonly eventId: string;
  readonly merchantId: string;
  readonly type: string;
  /** What it is about: one event of a type for each. */
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

export async function insertEvent(tx: Handle, event: OutboxEvent): Promise<void> {
  await tx.run(sql`
    INSERT INTO outbox (event_id, merchant_id, type, subject, data, created_at)
    VALUES (${event.eventId}, ${event.merchantId}, ${event.type}, ${event.subject}, ${JSON.stringify(event.data)},
      ${event.atMs})`);
}
