// Tells the Vault what it has not heard yet about the tokens of plans. Any number of processes may run it: telling the
// same again changes nothing.
import type { Job } from '@ozura/kit/jobs';
import { inLanes } from '@ozura/kit/lanes';
import type { PayContext } from '../context.ts';
import { listUntoldHolds } from '../store/token-holds.ts';
import { tellVault } from '../token-hold.ts';

const everyMs = 5_000;
const untoldMax = 200;
const lanes = 4;

export const holdTokens = (context: PayContext): Job => ({
  name: 'hold-tokens',
  everyMs,
  run: async () => {
    await inLanes(await listUntoldHolds(context.db, untoldMax), lanes, (hold) =>
      tellVault(context, hold).catch((error: unknown) => {
        context.log.warn({ err: error, planId: hold.planId }, 'the Vault could not be told about the token of a plan');
      }),
    );
  },
});
