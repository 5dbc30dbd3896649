// By what a processor knows a merchant, opened for one call and kept nowhere.
import { CREDENTIAL_FIELDS, PROCESSOR_NAMES } from '@ozura/core/processor-credentials';
import type { PayContext } from './context.ts';
import { openCredential } from './credentials.ts';
import type { Access, Processor } from './processors/port.ts';
import { findCredentials } from './store/processor-credentials.ts';

/** `undefined` when the merchant has not given, or has taken away, what the processor needs. */
export async function accessTo(
  context: PayContext,
  { name }: Pick<Processor, 'name'>,
  merchantId: string,
): Promise<Access | undefined> {
  const fields = fieldsOf(name);
  const stored = fields.length === 0 ? [] : await findCredentials(context.db, merchantId, name);
  if (fields.some((field) => field.needed && !stored.some((one) => one.field === field.name))) return undefined;
  const opened = stored.map((one) => [one.field, openCredential(context, merchantId, one)] as const);
  return { credentials: Object.fromEntries(opened), nowMs: context.now() };
}

/** A processor that tests made up wants nothing. */
function fieldsOf(name: string) {
  const known = PROCESSOR_NAMES.find((processor) => processor === name);
  return known === undefined ? [] : CREDENTIAL_FIELDS[known];
}
