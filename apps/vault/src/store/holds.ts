// Who needs a token: while anybody does it is not destroyed (contract 7.6).
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface Hold {
  readonly token: string;
  readonly merchantId: string;
  /** Such as `plan:` and the id of a plan. */
  readonly holder: string;
}

const isLive = ({ token, merchantId }: Hold) =>
  sql`token = ${token} AND merchant_id = ${merchantId} AND deleted_at IS NULL`;

/** Before a hold is looked at. False when there is no such token any more. */
const lockToken = async (tx: Handle, hold: Hold): Promise<boolean> =>
  (await tx.run(sql`UPDATE tokens SET holds = holds WHERE ${isLive(hold)}`)) === 1;

/** A holder that has it already has it still; one that has let go of it never gets it again. */
export async function holdToken(tx: Handle, hold: Hold, nowMs: number): Promise<'held' | 'released' | 'gone'> {
  if (!(await lockToken(tx, hold))) return 'gone';
  const { token, holder } = hold;
  const isNew = await tx.run(sql`
    INSERT INTO token_holds (token, holder, created_at) VALUES (${token}, ${holder}, ${nowMs}) ON CONFLICT DO NOTHING`);
  if (isNew === 1) await tx.run(sql`UPDATE tokens SET holds = holds + 1 WHERE ${isLive(hold)}`);
  const released = await tx.one(sql`
    SELECT token FROM token_holds WHERE token = ${token} AND holder = ${holder} AND released_at IS NOT NULL`);
  return released === undefined ? 'held' : 'released';
}

/** Also a hold that has not arrived yet. */
export async function releaseToken(tx: Handle, hold: Hold, nowMs: number): Promise<void> {
  if (!(await lockToken(tx, hold))) return;
  const { token, holder } = hold;
  const released = await tx.run(sql`
    UPDATE token_holds SET released_at = ${nowMs}
    WHERE token = ${token} AND holder = ${holder} AND released_at IS NULL`);
  if (released === 1) await tx.run(sql`UPDATE tokens SET holds = holds - 1 WHERE ${isLive(hold)}`);
  else
    await tx.run(sql`
      INSERT INTO token_holds (token, holder, created_at, released_at)
      VALUES (${token}, ${holder}, ${nowMs}, ${nowMs}) ON CONFLICT DO NOTHING`);
}

/** Of a token that is destroyed: nobody can hold it any more. */
export const forgetHolds = (tx: Handle, token: string): Promise<number> =>
  tx.run(sql`DELETE FROM token_holds WHERE token = ${token}`);
