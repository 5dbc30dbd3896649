// Which plans' tokens the Vault keeps for us, and which of that it has still to be told (contract 7.6).
import { type Handle, sql } from '@ozura/kit/db/handle';

export type TokenHold = 'none' | 'asked' | 'held';

export interface HoldOfPlan {
  readonly planId: string;
  readonly hold: TokenHold;
  /** The plan may still charge. */
  readonly isNeeded: boolean;
}

type HoldRow = { plan_id: string; token_hold: string; status: string };

const toHold = ({ plan_id, token_hold, status }: HoldRow): HoldOfPlan => ({
  planId: plan_id,
  hold: token_hold as TokenHold,
  isNeeded: status !== 'cancelled' && status !== 'completed',
});

export async function findHold(db: Handle, planId: string): Promise<HoldOfPlan | undefined> {
  const row = await db.one<HoldRow>(sql`SELECT plan_id, token_hold, status FROM plans WHERE plan_id = ${planId}`);
  return row && toHold(row);
}

/** Those of which the Vault knows something else than what is so. */
export async function listUntoldHolds(db: Handle, limit: number): Promise<HoldOfPlan[]> {
  const rows = await db.all<HoldRow>(sql`
    SELECT plan_id, token_hold, status FROM plans
    WHERE (token_hold IN ('none', 'asked') AND status IN ('incomplete', 'active', 'paused', 'past_due'))
      OR (token_hold IN ('asked', 'held') AND status IN ('cancelled', 'completed'))
    LIMIT ${limit}`);
  return rows.map(toHold);
}

/** Zero: somebody else has told the Vault meanwhile. */
export const moveHold = (
  db: Handle,
  planId: string,
  { from, to }: { readonly from: TokenHold; readonly to: TokenHold },
): Promise<number> =>
  db.run(sql`UPDATE plans SET token_hold = ${to} WHERE plan_id = ${planId} AND token_hold = ${from}`);
