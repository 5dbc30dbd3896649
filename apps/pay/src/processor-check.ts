// Whether a merchant could be charged for at a processor: credentials that are there, a processor that answers and knows
// the merchant by them. Nothing is booked.

import { newReference } from '@ozura/core/ids';
import { CREDENTIAL_FIELDS, type ProcessorName } from '@ozura/core/processor-credentials';
import type { PayContext } from './context.ts';
import { callDirectly, type Unanswered } from './direct.ts';
import type { Check, Processor } from './processors/port.ts';
import { findCredentials } from './store/processor-credentials.ts';

export interface ProcessorFinding {
  readonly kind: 'accepted' | 'refused' | 'unreachable' | 'unanswered' | 'no_credentials';
  /** For a person. */
  readonly explanation: string;
}

const timeoutMs = 10_000;

export async function checkProcessor(
  context: PayContext,
  name: ProcessorName,
  merchantId: string,
): Promise<ProcessorFinding> {
  const stored = await findCredentials(context.db, merchantId, name);
  const missing = CREDENTIAL_FIELDS[name]
    .filter((field) => field.needed && !stored.some((one) => one.field === field.name))
    .map((field) => field.name);
  if (missing.length > 0) return { kind: 'no_credentials', explanation: `${missing.join(', ')} not set` };
  const processor = context.processors.get(name);
  if (processor === undefined) return { kind: 'unreachable', explanation: 'it is not a part of this installation' };
  return findingOf(await ask(context, processor, merchantId));
}

async function ask(context: PayContext, processor: Processor, account: string): Promise<Check | Unanswered> {
  if (processor.check !== undefined) {
    return callDirectly(context, { processor, call: 'check', about: { account }, timeoutMs });
  }
  // One that has no credentials to check: whether it answers at all.
  const about = { account, reference: newReference(context.now(), context.random), amountMinor: 0n, currency: 'USD' };
  const inquiry = await callDirectly(context, { processor, call: 'inquire', about, timeoutMs });
  if (inquiry.kind === 'unanswered') return inquiry;
  return inquiry.kind === 'not_found'
    ? { kind: 'accepted' }
    : { kind: 'unanswered', reason: `an inquiry about nothing is answered as ${inquiry.kind}` };
}

function findingOf(check: Check | Unanswered): ProcessorFinding {
  if (check.kind === 'accepted') return { kind: 'accepted', explanation: 'it answers, and knows the merchant' };
  if (check.kind === 'refused') return { kind: 'refused', explanation: check.reason };
  return 'unsent' in check
    ? { kind: 'unreachable', explanation: check.reason }
    : { kind: 'unanswered', explanation: `no answer that can be read: ${check.reason}` };
}
