// `POST /tokens/{token}/hold` and `/release`: Pay says which tokens its plans need (contract 7.6).
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { ServiceCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { type Hold, holdToken, releaseToken } from '../store/holds.ts';

type HoldCall = Call<{ readonly holder: string }, ServiceCaller>;

export const handleHoldToken =
  ({ db }: VaultContext) =>
  async (call: HoldCall) => {
    const held = await db.transact(async (tx) => holdToken(tx, holdOf(call), await tx.now()));
    if (held === 'gone') throw new Refusal('TOKEN_NOT_FOUND');
    return { success: true, data: { held: held === 'held' } };
  };

export const handleReleaseToken =
  ({ db }: VaultContext) =>
  async (call: HoldCall) => {
    await db.transact(async (tx) => releaseToken(tx, holdOf(call), await tx.now()));
    return { success: true, data: { released: true } };
  };

const holdOf = ({ params, input, who }: HoldCall): Hold => ({
  token: params.token ?? '',
  merchantId: who.merchantId,
  holder: input.holder,
});
