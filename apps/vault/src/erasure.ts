// The end of tokens: their ciphertexts are destroyed, their names stay, and the audit log says so in the same commit
// (contract 7.6, PCI DSS 3.2.1).
import type { Handle } from '@ozura/kit/db/handle';
import { type AuditEvent, locksOf } from './audit.ts';
import type { VaultContext } from './context.ts';
import { deleteCvcOfToken } from './store/cvc-entries.ts';
import { forgetHolds } from './store/holds.ts';
import type { ErasableToken } from './store/retention.ts';
import { deleteTestCodesOfToken } from './store/test-codes.ts';
import { destroyToken, findEnd } from './store/tokens.ts';

export interface Erasure extends Pick<AuditEvent, 'actor' | 'address' | 'requestId'> {
  readonly action: 'delete_token' | 'purge_token';
}

/** `held`: something needs it. `gone`: it was deleted before. */
type Erased = 'erased' | 'held' | 'gone' | 'unknown';

/** Rows are locked in the order of other uses, and the end of the log last: so nobody waits in a circle. */
export async function eraseTokens(
  { audit }: VaultContext,
  tx: Handle,
  tokens: readonly ErasableToken[],
  erasure: Erasure,
): Promise<Erased[]> {
  const nowMs = await tx.now();
  const ends: Erased[] = [];
  const events: AuditEvent[] = [];
  for (const { token, merchantId } of tokens.toSorted(byLocks)) {
    const end = await erase(tx, token, merchantId, nowMs);
    if (end === 'erased') events.push({ ...erasure, merchantId, object: token, outcome: 'allowed' });
    ends.push(end);
  }
  await audit.recordAll(tx, events, nowMs);
  return ends;
}

async function erase(tx: Handle, token: string, merchantId: string, nowMs: number): Promise<Erased> {
  if (!(await destroyToken(tx, token, merchantId, nowMs))) return findEnd(tx, token, merchantId);
  await deleteCvcOfToken(tx, token, merchantId);
  await deleteTestCodesOfToken(tx, token);
  await forgetHolds(tx, token);
  return 'erased';
}

const byLocks = (one: ErasableToken, other: ErasableToken): number =>
  locksOf(one.mintedIn, one.token) < locksOf(other.mintedIn, other.token) ? -1 : 1;
