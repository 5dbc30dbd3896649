// Under an idempotency key a call is known again for 31 days (contract 0.8). When an older one comes again it is set free
// first, so that nobody has to walk through the ledger for it. A charge or refund that is not decided keeps its own.
import { keysKeptMs } from '@ozura/core/idempotency';
import type { Database } from '@ozura/kit/db/handle';
import { type Charge, type Claim, findChargeByKey, freeChargeKey } from './store/charges.ts';
import { findRefundByKey, freeRefundKey, type Refund, type RefundKey } from './store/refunds.ts';
import { findVoidKey, freeVoidKey, type VoidKey } from './store/void-keys.ts';

/** The charge that was made under the key. */
export async function findKeptCharge(db: Database, claim: Claim): Promise<Charge | undefined> {
  const known = await findChargeByKey(db, claim);
  // The id of a charge that Checkout names is its key for good.
  if (known === undefined || known.chargeId === claim.idempotencyKey) return known;
  return (await isOld(db, known)) && (await freeChargeKey(db, known.chargeId)) > 0 ? undefined : known;
}

/** The last refund or void that was made under the key. */
export async function findKeptRefund(db: Database, key: RefundKey): Promise<Refund | undefined> {
  const known = await findRefundByKey(db, key);
  if (known === undefined || !(await isOld(db, known))) return known;
  return (await freeRefundKey(db, key)) > 0 ? undefined : known;
}

/** The key under which a void was asked for that stood already. */
export async function findKeptVoidKey(
  db: Database,
  key: Pick<VoidKey, 'merchantId' | 'idempotencyKey'>,
): Promise<VoidKey | undefined> {
  const known = await findVoidKey(db, key);
  if (known === undefined || !(await isOld(db, known))) return known;
  await freeVoidKey(db, known);
  return undefined;
}

const isOld = async (db: Database, { createdAtMs }: { readonly createdAtMs: number }): Promise<boolean> =>
  (await db.now()) - createdAtMs >= keysKeptMs;
