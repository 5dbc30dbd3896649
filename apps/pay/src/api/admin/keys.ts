// `/admin/merchants/{merchantId}/keys` (ours, contract 0.2): a new key beside the old one, then the old one revoked.
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import { makeMerchantKey } from '../../merchant-key.ts';
import { insertMerchantKey, listMerchantKeys, revokeMerchantKeyRow } from '../../store/merchant-keys.ts';
import { lockedMerchant } from './merchants.ts';
import { doneBy } from './operator.ts';

type ByOperator = Call<{ readonly by: string }, undefined>;

const activeMax = 2;

export async function answerAddKey(context: PayContext, { input, params, request }: ByOperator): Promise<unknown> {
  const { db, audit } = context;
  return db.transact(async (tx) => {
    const { merchantId } = await lockedMerchant(tx, params.merchantId);
    const keys = await listMerchantKeys(tx, merchantId);
    if (keys.filter(({ revokedAt }) => revokedAt === null).length >= activeMax) {
      const message = `merchantId: has ${activeMax} active keys already; revoke one first`;
      throw new Refusal('VALIDATION_FAILED', { message });
    }
    const { key, row } = makeMerchantKey(context, merchantId);
    await insertMerchantKey(tx, row);
    const about = { ...doneBy(input.by, request), merchantId, object: row.keyId };
    await audit.record(tx, { ...about, action: 'add_key', change: { hint: row.hint } });
    return { success: true, data: { keyId: row.keyId, merchantKey: key.open() } };
  });
}

export async function answerRevokeKey(
  { db, audit }: PayContext,
  { input, params, request }: ByOperator,
): Promise<unknown> {
  const { merchantId = '', keyId = '' } = params;
  await db.transact(async (tx) => {
    if ((await revokeMerchantKeyRow(tx, merchantId, keyId)) === 0) {
      const keys = await listMerchantKeys(tx, merchantId);
      if (!keys.some((key) => key.keyId === keyId)) throw new Refusal('NOT_FOUND');
      return;
    }
    const about = { ...doneBy(input.by, request), merchantId, object: keyId };
    await audit.record(tx, { ...about, action: 'revoke_key', change: {} });
  });
  return { success: true, data: { revoked: true } };
}
