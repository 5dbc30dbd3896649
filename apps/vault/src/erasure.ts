// The end of a token: its ciphertexts are destroyed, its name stays, and the audit log says so in the same commit
// (contract 7.6, PCI DSS 3.2.1).
import type { Handle } from '@ozura/kit/db/handle';
import type { AuditEvent } from './audit.ts';
import type { VaultContext } from './context.ts';
import { deleteCvcOfToken } from './store/cvc-entries.ts';
import { forgetHolds } from './store/holds.ts';
import { deleteTestCodesOfToken } from './store/test-codes.ts';
import { destroyToken, findEnd } from './store/tokens.ts';

export interface Erasure extends Pick<AuditEvent, 'merchantId' | 'actor' | 'address' | 'requestId'> {
  readonly action: 'delete_token' | 'purge_token';
  readonly token: string;
}

/** `held`: something needs it. `gone`: it was deleted before. */
type Erased = 'erased' | 'held' | 'gone' | 'unknown';

export async function eraseToken({ audit }: VaultContext, tx: Handle, erasure: Erasure): Promise<Erased> {
  const { token, ...event } = erasure;
  const nowMs = await tx.now();
  if (!(await destroyToken(tx, token, event.merchantId, nowMs))) {
    return findEnd(tx, token, event.merchantId);
  }
  await deleteCvcOfToken(tx, token, event.merchantId);
  await deleteTestCodesOfToken(tx, token);
  await forgetHolds(tx, token);
  await audit.record(tx, { ...event, object: token, outcome: 'allowed' }, nowMs);
  return 'erased';
}
