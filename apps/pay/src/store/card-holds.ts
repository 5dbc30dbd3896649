// Cards that are not tried again at a merchant, because their bank said never.
import type { Decline } from '@ozura/core/attempt-outcome';
import { type Handle, sql, type Writing } from '@ozura/kit/db/handle';

export interface CardHold {
  readonly merchantId: string;
  /** Stands for the card; it cannot be turned back into one. */
  readonly cardKey: string;
  /** Whose decline it was. */
  readonly attemptId: string;
  readonly decline: Decline;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A later decline takes the place of an earlier one. */
export const putCardHold = (tx: Writing, hold: CardHold): Promise<number> =>
  tx.run(sql`
    INSERT INTO card_blocks (merchant_id, card_key, attempt_id, outcome, created_at, until_at)
    VALUES (${hold.merchantId}, ${hold.cardKey}, ${hold.attemptId}, ${JSON.stringify(hold.decline)}, ${hold.fromMs},
      ${hold.untilMs})
    ON CONFLICT (merchant_id, card_key) DO UPDATE
    SET attempt_id = EXCLUDED.attempt_id, outcome = EXCLUDED.outcome, created_at = EXCLUDED.created_at, until_at = EXCLUDED.until_at`);

/** What the bank said, while it holds. */
export async function findHeldDecline(
  db: Handle,
  { merchantId, cardKey }: Pick<CardHold, 'merchantId' | 'cardKey'>,
  nowMs: number,
): Promise<Decline | undefined> {
  const row = await db.one<{ outcome: string }>(sql`
    SELECT outcome FROM card_blocks
    WHERE merchant_id = ${merchantId} AND card_key = ${cardKey} AND until_at > ${nowMs}`);
  return row && (JSON.parse(row.outcome) as Decline);
}
