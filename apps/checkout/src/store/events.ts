// Events in the commit of the change they report (contract 14.2): one of a type for each session and for each link.
import { type Handle, sql } from '@ozura/kit/db/handle';

interface Told {
  readonly id: string;
  readonly merchantId: string;
  readonly type: string;
  /** The event's `data`. */
  readonly body: object;
  readonly atMs: number;
}

export type CheckoutEvent = Told & ({ readonly sessionId: string } | { readonly paymentLinkId: string });

export const insertEvent = (tx: Handle, event: CheckoutEvent): Promise<number> =>
  tx.run(sql`
    INSERT INTO events (id, merchant_id, session_id, payment_link_id, type, body, created_at)
    VALUES (${event.id}, ${event.merchantId}, ${'sessionId' in event ? event.sessionId : null},
      ${'paymentLinkId' in event ? event.paymentLinkId : null}, ${event.type}, ${JSON.stringify(event.body)},
      ${event.atMs})`);
