// `POST /cvc-sessions/release`: the charge has ended, or nobody knows how it ended (contract 13.3).
import type { Call } from '@ozura/kit/http/route';
import type { ServiceCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { releaseLease } from '../store/cvc-entries.ts';

export const handleReleaseCvc =
  ({ db }: VaultContext) =>
  async ({ input, who }: Call<{ readonly cvc_lease_id: string }, ServiceCaller>) => {
    await releaseLease(db, input.cvc_lease_id, who.merchantId);
    return { success: true, data: { released: true } };
  };
