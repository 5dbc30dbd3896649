// `/admin/merchants` (ours): who may take payments here, and how. Each change is in the audit log.
import type { InputOf } from '@ozura/contract/endpoint';
import type { createMerchant, listMerchants, updateMerchant } from '@ozura/contract/pay/admin/merchants';
import { Refusal } from '@ozura/core/errors';
import { newMerchantId } from '@ozura/core/ids';
import { defaultSettings, type MerchantSettings } from '@ozura/core/merchant-settings';
import type { Handle } from '@ozura/kit/db/handle';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import { makeMerchantKey } from '../../merchant-key.ts';
import { insertMerchantKey, listMerchantKeys } from '../../store/merchant-keys.ts';
import {
  findMerchant,
  insertMerchant,
  listMerchantRows,
  lockMerchant,
  type Merchant,
  updateMerchantRow,
} from '../../store/merchants.ts';
import { listCredentials } from '../../store/processor-credentials.ts';
import { doneBy } from './operator.ts';

type ByAdmin<Input> = Call<Input, undefined>;
type Sent = InputOf<typeof updateMerchant>;

const pageMax = 100;

export async function answerCreateMerchant(
  context: PayContext,
  { input, request }: ByAdmin<InputOf<typeof createMerchant>>,
): Promise<unknown> {
  const { db, config, random, audit } = context;
  const merchant: Merchant = {
    merchantId: input.merchantId ?? newMerchantId(random),
    name: input.name,
    processors: config.mode === 'test' ? ['sandbox'] : [],
    settings: changedSettings(defaultSettings, input),
  };
  const { key, row } = makeMerchantKey(context, merchant.merchantId);
  await db.transact(async (tx) => {
    if ((await insertMerchant(tx, merchant)) === 0) {
      throw new Refusal('VALIDATION_FAILED', { message: 'merchantId: exists already' });
    }
    await insertMerchantKey(tx, row);
    const { merchantId, ...change } = merchant;
    const about = { ...doneBy(input.by, request), merchantId, object: merchantId };
    await audit.record(tx, { ...about, action: 'create_merchant', change: { ...change, keyId: row.keyId } });
  });
  return { success: true, data: { ...merchant, keyId: row.keyId, merchantKey: key.open() } };
}

export async function answerListMerchants(
  { db }: PayContext,
  { input }: ByAdmin<InputOf<typeof listMerchants>>,
): Promise<unknown> {
  const rows = await listMerchantRows(db, input.after ?? '', pageMax + 1);
  return { success: true, data: rows.slice(0, pageMax), hasMore: rows.length > pageMax };
}

export async function answerGetMerchant({ db }: PayContext, { params }: ByAdmin<unknown>): Promise<unknown> {
  const merchant = present(await findMerchant(db, params.merchantId ?? ''));
  const [keys, credentials] = await Promise.all([
    listMerchantKeys(db, merchant.merchantId),
    listCredentials(db, merchant.merchantId),
  ]);
  const byProcessor = Object.groupBy(credentials, ({ processor }) => processor);
  return {
    success: true,
    data: {
      ...merchant,
      credentials: Object.entries(byProcessor).map(([processor, rows = []]) => ({
        processor,
        fields: rows.map(({ field }) => field),
      })),
      keys: keys.map(({ keyId, hint, createdAt, revokedAt }) => ({
        keyId,
        hint,
        createdAt: new Date(createdAt).toISOString(),
        ...(revokedAt === null ? {} : { revokedAt: new Date(revokedAt).toISOString() }),
      })),
    },
  };
}

export async function answerUpdateMerchant(
  { db, audit }: PayContext,
  { input, params, request }: ByAdmin<Sent>,
): Promise<unknown> {
  const changed = await db.transact(async (tx) => {
    const before = await lockedMerchant(tx, params.merchantId);
    const after: Merchant = {
      ...before,
      name: input.name ?? before.name,
      settings: changedSettings(before.settings, input),
    };
    await updateMerchantRow(tx, after);
    const { merchantId } = after;
    const about = { ...doneBy(input.by, request), merchantId, object: merchantId };
    const change = {
      before: { name: before.name, ...before.settings },
      after: { name: after.name, ...after.settings },
    };
    await audit.record(tx, { ...about, action: 'update_merchant', change });
    return after;
  });
  return { success: true, data: changed };
}

export const lockedMerchant = async (tx: Handle, merchantId: string | undefined): Promise<Merchant> =>
  present(await lockMerchant(tx, merchantId ?? ''));

function present(merchant: Merchant | undefined): Merchant {
  if (merchant === undefined) throw new Refusal('NOT_FOUND');
  return merchant;
}

const changedSettings = (before: MerchantSettings, sent: Omit<Sent, 'by' | 'name'>): MerchantSettings => ({
  avsPolicy: sent.avsPolicy ?? before.avsPolicy,
  cvvPolicy: sent.cvvPolicy ?? before.cvvPolicy,
  motoWithoutCvc: sent.motoWithoutCvc ?? before.motoWithoutCvc,
  allowedReturnHosts: sent.allowedReturnHosts ?? before.allowedReturnHosts,
});
