// Tells the Vault which tokens plans need, so that it neither deletes nor purges them (contract 7.6). What could not be
// told is told by `jobs/hold-tokens.ts`.
import type { PayContext } from './context.ts';
import { findPlan } from './store/plans.ts';
import { findHold, type HoldOfPlan, moveHold } from './store/token-holds.ts';

/** As soon as a plan exists or has ended; whoever waits for an answer does not have to wait for the Vault's yes. */
export async function settleHold(context: PayContext, planId: string): Promise<void> {
  try {
    const hold = await findHold(context.db, planId);
    if (hold !== undefined) await tellVault(context, hold);
  } catch (error) {
    context.log.warn({ err: error, planId }, 'the Vault is told later about the token of a plan');
  }
}

export async function tellVault({ db, vault }: PayContext, { planId, hold, isNeeded }: HoldOfPlan): Promise<void> {
  if (isNeeded ? hold === 'held' : hold === 'none') return;
  const plan = await findPlan(db, planId);
  if (plan === undefined) return;
  const held = { merchantId: plan.merchantId, token: plan.sale.token, holder: `plan:${planId}` };
  if (!isNeeded) {
    // A plan that has ended stays so: nobody holds it again behind our back.
    await vault.letGoOfToken(held);
    await moveHold(db, planId, { from: hold, to: 'none' });
    return;
  }
  // Written down first: a hold that nobody remembers would never be let go of.
  if (hold === 'none' && (await moveHold(db, planId, { from: 'none', to: 'asked' })) === 0) return;
  await vault.holdToken(held);
  if ((await moveHold(db, planId, { from: 'asked', to: 'held' })) === 1) return;
  // The plan may have ended meanwhile, and its hold been let go of before ours was heard.
  if ((await findHold(db, planId))?.isNeeded === false) await vault.letGoOfToken(held);
}
