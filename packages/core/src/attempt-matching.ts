// Finding an attempt in a processor's list of a day, by our reference or, where there is none, by what it was
// (contract 12.3, class 3).
import type { ListedSale, Outcome } from './attempt-outcome.ts';

export interface Sought {
  readonly reference: string;
  readonly lastFour: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly sentAtMs: number;
}

/** How far the processor's clock may be behind ours. */
const clockSkewMs = 60_000;

/** Under our reference, the one that stands before those that were undone. */
export function findListed(sales: readonly ListedSale[], { reference }: Pick<Sought, 'reference'>) {
  const ours = sales.filter((sale) => sale.reference === reference);
  return ours.find(({ voided }) => !voided) ?? ours[0];
}

/** Another amount or currency than ours is no success, whatever the list calls it. */
export function outcomeOfListed({ amountMinor, currency }: Sought, listed: ListedSale): Outcome {
  const { outcome, processorTransactionId } = listed;
  if (outcome.kind !== 'approved') return outcome;
  return listed.amountMinor === amountMinor && listed.currency === currency
    ? outcome
    : {
        kind: 'unknown',
        reason: 'booked over another amount',
        wronglyBooked: true,
        processorTransactionId,
        booked: { amountMinor: Number(listed.amountMinor), currency: listed.currency },
      };
}

/** Of a short bank account we know fewer digits than its processor lists. */
export const maySameEnd = (one: string, other: string): boolean =>
  one === other || (one !== '' && other !== '' && (one.endsWith(other) || other.endsWith(one)));

/** Those that could be it: same card, amount and currency, booked while it could have arrived, and standing. */
export const candidatesFor = (sales: readonly ListedSale[], sought: Sought, windowMs: number): readonly ListedSale[] =>
  sales.filter(
    (sale) =>
      !sale.voided &&
      maySameEnd(sale.lastFour, sought.lastFour) &&
      sale.amountMinor === sought.amountMinor &&
      sale.currency === sought.currency &&
      sale.bookedAtMs >= sought.sentAtMs - clockSkewMs &&
      sale.bookedAtMs <= sought.sentAtMs + windowMs,
  );
