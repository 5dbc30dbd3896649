// `/admin/merchants/{merchantId}/processors` (ours): credentials, which no answer shows, and the order of the cascade.
import type { InputOf } from '@ozura/contract/endpoint';
import type { orderProcessors, setProcessor } from '@ozura/contract/pay/admin/processors';
import { Refusal } from '@ozura/core/errors';
import { CREDENTIAL_FIELDS, PROCESSOR_NAMES, type ProcessorName } from '@ozura/core/processor-credentials';
import { Intake, oneOf, refuseFailures } from '@ozura/core/validation';
import type { Handle } from '@ozura/kit/db/handle';
import type { Call } from '@ozura/kit/http/route';
import type { AuditEvent } from '../../audit.ts';
import type { PayContext } from '../../context.ts';
import { sealCredentials } from '../../credentials.ts';
import { checkProcessor } from '../../processor-check.ts';
import { findMerchant, type Merchant, updateMerchantRow } from '../../store/merchants.ts';
import { deleteCredentials, insertCredential, listCredentials } from '../../store/processor-credentials.ts';
import { lockedMerchant } from './merchants.ts';
import { doneBy } from './operator.ts';

type ByAdmin<Input> = Call<Input, undefined>;

export async function answerSetProcessor(
  context: PayContext,
  { input, params, request }: ByAdmin<InputOf<typeof setProcessor>>,
): Promise<unknown> {
  const processor = namedProcessor(context, params.processor);
  const { merchantId = '' } = params;
  const sealed = sealCredentials(context, { merchantId, processor }, input.credentials);
  const change = { fields: Object.keys(input.credentials) };
  const event = { action: 'set_processor', object: processor, change } as const;
  return changeOrder(context, { ...doneBy(input.by, request), merchantId, ...event }, async (tx, { processors }) => {
    await deleteCredentials(tx, merchantId, processor);
    for (const credential of sealed) await insertCredential(tx, merchantId, credential);
    return processors.includes(processor) ? processors : [...processors, processor];
  });
}

export async function answerRemoveProcessor(
  context: PayContext,
  { input, params, request }: ByAdmin<{ readonly by: string }>,
): Promise<unknown> {
  const { merchantId = '', processor = '' } = params;
  const event = { action: 'remove_processor', object: processor, change: {} } as const;
  return changeOrder(context, { ...doneBy(input.by, request), merchantId, ...event }, async (tx, { processors }) => {
    const forgotten = await deleteCredentials(tx, merchantId, processor);
    if (forgotten === 0 && !processors.includes(processor)) throw new Refusal('NOT_FOUND');
    return processors.filter((name) => name !== processor);
  });
}

export async function answerOrderProcessors(
  context: PayContext,
  { input, params, request }: ByAdmin<InputOf<typeof orderProcessors>>,
): Promise<unknown> {
  const { order, by } = input;
  const { merchantId = '' } = params;
  const event = { action: 'order_processors', object: merchantId, change: { order } } as const;
  return changeOrder(context, { ...doneBy(by, request), merchantId, ...event }, async (tx) => {
    const kept = new Set((await listCredentials(tx, merchantId)).map(({ processor }) => processor));
    const intake = new Intake();
    for (const [index, name] of order.entries()) {
      if (order.indexOf(name) < index) intake.fail(`order[${index}]`, 'is there twice');
      else if (CREDENTIAL_FIELDS[name].length > 0 && !kept.has(name)) {
        intake.fail(`order[${index}]`, `${name} has no credentials`);
      } else if (isMissing(context, name)) intake.fail(`order[${index}]`, 'does not exist in live mode');
    }
    refuseFailures(intake);
    return order;
  });
}

export async function answerCheckProcessor(context: PayContext, { params }: ByAdmin<unknown>): Promise<unknown> {
  const processor = namedProcessor(context, params.processor);
  const { merchantId = '' } = params;
  const merchant = await findMerchant(context.db, merchantId);
  if (merchant === undefined) throw new Refusal('NOT_FOUND');
  const { kind: finding, explanation } = await checkProcessor(context, processor, merchantId);
  const { sandbox, processorHosts } = context.config;
  const address = processor === 'sandbox' ? sandbox.url : processorHosts[processor];
  const isTried = merchant.processors.includes(processor);
  return { success: true, data: { processor, address, isTried, finding, explanation } };
}

/** One change of a merchant at a time, with its record. */
function changeOrder(
  { db, audit }: PayContext,
  event: AuditEvent,
  orderAfter: (tx: Handle, before: Merchant) => Promise<readonly string[]>,
): Promise<unknown> {
  return db.transact(async (tx) => {
    const before = await lockedMerchant(tx, event.merchantId);
    const processors = await orderAfter(tx, before);
    await updateMerchantRow(tx, { ...before, processors });
    await audit.record(tx, event);
    return { success: true, data: { processors } };
  });
}

function namedProcessor(context: PayContext, name: string | undefined): ProcessorName {
  const intake = new Intake();
  const processor = oneOf(...PROCESSOR_NAMES)(name, 'processor', intake);
  if (processor !== undefined && isMissing(context, processor)) intake.fail('processor', 'does not exist in live mode');
  refuseFailures(intake);
  return processor as ProcessorName;
}

const isMissing = ({ config }: PayContext, name: ProcessorName): boolean =>
  name === 'sandbox' && config.mode === 'live';
