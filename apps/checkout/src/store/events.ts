// Events in the commit of the change they report (contract 14.2): one of a type for each session.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface SessionEvent {
  readonly id: string;
  readonly merchantId: string;
  readonly sessionId: string;
  readonly type: string;
  /** The event's `data`. */
  readonly body: object;
  readonly atMs: number;
}

export const insertEvent = (tx: Handle, event: SessionEvent): Promise<number> =>
  tx.run(sql`
    INSERT INTO events (id, merchant_id, session_id, type, body, created_at)
    VALUES (${event.id}, ${event.merchantId}, ${event.sessionId}, ${event.type}, ${JSON.stringify(event.body)},
      ${event.atMs})`);
