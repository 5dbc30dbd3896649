// What a processor without lists says of single sales, asked by our reference: what its list of them would say.
import type { OurAttempt } from '@ozura/core/attempt-comparison';
import type { Inquiry, ListedSale, Outcome } from '@ozura/core/attempt-outcome';
import type { PayContext } from './context.ts';
import { callDirectly } from './direct.ts';
import type { ComparedDay } from './store/comparisons.ts';

const callTimeoutMs = 8_000;

export interface LookedUp {
  readonly ours: OurAttempt;
  /** Absent: there is none of that name. */
  readonly sale?: ListedSale;
}

/** Those that it said something about. `undefined`: it did not answer at all. */
export async function lookUpSales(
  context: PayContext,
  { processor: name, account }: ComparedDay,
  attempts: readonly OurAttempt[],
): Promise<readonly LookedUp[] | undefined> {
  const processor = context.processors.get(name);
  if (processor === undefined) return undefined;
  const answered: LookedUp[] = [];
  for (const ours of attempts) {
    const { reference, amountMinor, currency } = ours;
    const about = { reference, account, amountMinor, currency };
    const inquiry = await callDirectly(context, { processor, call: 'inquire', about, timeoutMs: callTimeoutMs });
    if (inquiry.kind === 'not_found') answered.push({ ours });
    const sale = inquiry.kind === 'found' ? saleOf(ours, inquiry) : undefined;
    if (sale !== undefined) answered.push({ ours, sale });
  }
  return answered.length === 0 && attempts.length > 0 ? undefined : answered;
}

type Found = Extract<Inquiry, { kind: 'found' }>;

function saleOf({ reference, amountMinor, currency }: OurAttempt, { outcome, voided }: Found): ListedSale | undefined {
  const sale = { reference, lastFour: '', amountMinor, currency, voided, bookedAtMs: 0 };
  if (outcome.kind !== 'unknown') return { ...sale, processorTransactionId: idOf(outcome), outcome };
  const { wronglyBooked, booked, processorTransactionId = '' } = outcome;
  // Nothing final.
  if (!wronglyBooked || booked === undefined) return undefined;
  return {
    ...sale,
    processorTransactionId,
    amountMinor: BigInt(booked.amountMinor),
    currency: booked.currency,
    outcome: { kind: 'approved', processorTransactionId, avsResult: '', cvvResult: '' },
  };
}

const idOf = (outcome: Outcome): string => (outcome.kind === 'approved' ? outcome.processorTransactionId : '');
