// The security code that belongs to a request (contract 13.3): taken for good, kept for the cascade of one charge, or
// read of a test token as often as it is asked for (7.2).
import { Refusal } from '@ozura/core/errors';
import { hashKey } from '@ozura/kit/auth';
import type { Handle } from '@ozura/kit/db/handle';
import type { VaultContext } from '../context.ts';
import { type CvcOwner, deriveCvcKeys, unsealCvc } from '../crypto/cvc.ts';
import { isTestHandle, unsealTestCode } from '../crypto/test-code.ts';
import { leaseCvc, takeCvc } from '../store/cvc-entries.ts';
import { findTestCode } from '../store/test-codes.ts';

/** A security code that nobody else can take any more, still sealed. */
export interface TakenCode {
  open(): string;
}

/** Takes it in the transaction of the use. Refuses a handle that is used, expired, foreign or unknown. */
export type TakeCode = (tx: Handle, nowMs: number) => Promise<TakenCode>;

export interface AskedCode {
  readonly handle: string;
  readonly owner: CvcOwner;
  /** The charge that may use it more than once. */
  readonly leaseId: string | undefined;
}

/** Keys are looked up here, so that the transaction waits for nothing. */
export const prepareTaking = async (context: VaultContext, asked: AskedCode): Promise<TakeCode> =>
  isTestHandle(asked.handle) ? readingTestCode(context, asked) : takingCode(asked);

function takingCode({ handle, owner, leaseId }: AskedCode): TakeCode {
  const keys = deriveCvcKeys(handle);
  if (keys === undefined) throw new Refusal('CVC_SESSION_EXPIRED');
  const entry = { lookupId: keys.lookupId, ...owner };
  return async (tx, nowMs) => {
    const sealed = leaseId === undefined ? await takeCvc(tx, entry, nowMs) : await leaseCvc(tx, entry, leaseId, nowMs);
    if (sealed === undefined) throw new Refusal('CVC_SESSION_EXPIRED');
    return { open: () => unsealCvc(keys, sealed, owner) };
  };
}

async function readingTestCode({ config, keys }: VaultContext, { handle, owner }: AskedCode): Promise<TakeCode> {
  if (config.mode === 'live') throw new Refusal('CVC_SESSION_EXPIRED');
  const key = await keys.current('test-code', owner.merchantId);
  const entry = { lookupId: hashKey(config.pepper, handle), ...owner };
  return async (tx, nowMs) => {
    const sealed = await findTestCode(tx, entry, nowMs);
    if (sealed === undefined) throw new Refusal('CVC_SESSION_EXPIRED');
    return { open: () => unsealTestCode(key, sealed, owner) };
  };
}
