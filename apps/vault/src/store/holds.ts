// Who needs a token: while anybody does it is not destroyed (contract 7.6).
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface Hold {
  readonly token: string;
  readonly merchantId: string;
  /** Such as `plan:` and the id of a plan. */
  readonly holder: string;
}

/** False when there is no such token any more. A holder that has it already has it still. */
export async function holdToken(tx: Handle, { token, merchantId, holder }: Hold, nowMs: number): Promise<boolean> {
  const isLive = sql`token = ${token} AND merchant_id = ${merchantId} AND deleted_at IS NULL`;
  // Locks the row before the hold is looked at.
  if ((await tx.run(sql`UPDATE tokens SET holds = holds WHERE ${isLive}`)) === 0) return false;
  const isNew = await tx.run(sql`
    INSERT INTO token_holds (token, holder, created_at) VALUES (${token}, ${holder}, ${nowMs}) ON CONFLICT DO NOTHING`);
  if (isNew === 1) await tx.run(sql`UPDATE tokens SET holds = holds + 1 WHERE ${isLive}`);
  return true;
}

/** A hold that is not there is released already. */
export async function releaseToken(tx: Handle, { token, merchantId, holder }: Hold): Promise<void> {
  const released = await tx.run(sql`
    DELETE FROM token_holds WHERE token = ${token} AND holder = ${holder}
      AND token IN (SELECT token FROM tokens WHERE token = ${token} AND merchant_id = ${merchantId})`);
  if (released === 1) await tx.run(sql`UPDATE tokens SET holds = holds - 1 WHERE token = ${token}`);
}
