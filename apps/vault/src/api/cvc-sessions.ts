// `POST /cvc-sessions/release`: the charge has ended, or nobody knows how it ended (contract 13.3).
import type { InputOf } from '@ozura/contract/endpoint';
import type { releaseCvcSessions } from '@ozura/contract/vault/cvc-sessions';
import type { Call } from '@ozura/kit/http/route';
import type { ServiceCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { deriveCvcKeys } from '../crypto/cvc.ts';
import { releaseCvc, releaseLease } from '../store/cvc-entries.ts';

/** What is not there any more is released already; the code of a test token (7.2) has no end. */
export const handleReleaseCvc =
  ({ db }: VaultContext) =>
  async ({ input, who: { merchantId } }: Call<InputOf<typeof releaseCvcSessions>, ServiceCaller>) => {
    const { cvc_lease_id: leaseId, cvc_session_id: handle } = input;
    if (leaseId !== undefined) await releaseLease(db, leaseId, merchantId);
    const lookupId = handle && deriveCvcKeys(handle)?.lookupId;
    if (lookupId !== undefined) await releaseCvc(db, { lookupId, merchantId }, leaseId);
    return { success: true, data: { released: true } };
  };
