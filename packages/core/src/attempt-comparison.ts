// The processor's approvals of a day against ours (contract 12.4): every difference is an alarm.
import type { AttemptState } from './attempt.ts';
import type { ListedSale } from './attempt-outcome.ts';

export type DifferenceKind =
  /** Approved there, and ended here without a payment. */
  | 'late_approval'
  /** No attempt of ours has this reference. */
  | 'unknown_booking'
  | 'booked_twice'
  | 'amount_differs'
  /** Approved here, and not in the list. */
  | 'missing_at_processor'
  /** Approved here and standing, and undone there. */
  | 'undone_at_processor'
  /** Parts of it were given back there that we do not know of, or not given back that we do. */
  | 'refunds_differ';

export interface Difference {
  readonly kind: DifferenceKind;
  /** Ours, or empty when the processor does not repeat it. */
  readonly reference: string;
  readonly processorTransactionId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface OurAttempt {
  readonly reference: string;
  readonly processorTransactionId: string | undefined;
  readonly state: AttemptState;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Undone by a refund, since it had settled: the sale itself stays in the list. */
  readonly isGivenBack: boolean;
  /** Given back in parts: the list must have them. */
  readonly refundedMinor: bigint;
  /** The same, of refunds that it need not have: of late, or with an outcome that is not known. */
  readonly refundingMinor: bigint;
  /** Undone for the merchant, so that the list must not have it standing. */
  readonly isVoided: boolean;
}

const WITHOUT_PAYMENT: ReadonlySet<AttemptState> = new Set([
  'DECLINED',
  'REFUSED',
  'NOT_SENT',
  'NOT_PROCESSED',
  'REVERSED',
]);

/** `known`: the attempts that the list names. `expected`: those of the day that are paid and stand. */
export function compareBooks(
  listed: readonly ListedSale[],
  { known, expected }: { readonly known: readonly OurAttempt[]; readonly expected: readonly OurAttempt[] },
): Difference[] {
  const seen = new Set<string>();
  const approved = listed.filter(({ outcome }) => outcome.kind === 'approved');
  const standing = approved.filter(({ voided }) => !voided);
  const attempts = new Map([...known].reverse().flatMap((attempt) => namesOf(attempt).map((name) => [name, attempt])));
  const theirs = standing.flatMap((sale) => {
    const ours = attempts.get(nameOf(sale));
    const kind = ours === undefined ? 'unknown_booking' : differenceOf(sale, ours, seen.has(ours.reference));
    if (ours !== undefined) seen.add(ours.reference);
    return kind === undefined ? [] : [differing(kind, sale, ours)];
  });
  const names = { approved: new Set(approved.map(nameOf)), standing: new Set(standing.map(nameOf)) };
  return [...theirs, ...expected.flatMap((attempt) => missing(names, attempt))];
}

/** By reference; by the processor's own id where it does not repeat ours. */
const nameOf = ({ reference, processorTransactionId }: ListedSale): string =>
  reference === undefined ? `id ${processorTransactionId}` : `reference ${reference}`;

const namesOf = ({ reference, processorTransactionId }: OurAttempt): string[] =>
  processorTransactionId === undefined
    ? [`reference ${reference}`]
    : [`reference ${reference}`, `id ${processorTransactionId}`];

/** About an attempt that is still open nothing has been said yet. */
function differenceOf(sale: ListedSale, ours: OurAttempt, again: boolean): DifferenceKind | undefined {
  if (again) return 'booked_twice';
  // Else its money would go back a second time.
  if (ours.state === 'REVERSED' && ours.isGivenBack) return undefined;
  if (WITHOUT_PAYMENT.has(ours.state)) return 'late_approval';
  if (ours.state !== 'APPROVED') return undefined;
  if (sale.amountMinor !== ours.amountMinor || sale.currency !== ours.currency) return 'amount_differs';
  // Where a list does not repeat our reference it may not tell either what was voided.
  const isVoidMissing = ours.isVoided && sale.reference !== undefined;
  return areRefundsKnown(sale, ours) && !isVoidMissing ? undefined : 'refunds_differ';
}

const areRefundsKnown = ({ refundedMinor: listedMinor }: ListedSale, ours: OurAttempt): boolean =>
  listedMinor === undefined ||
  (listedMinor >= ours.refundedMinor && listedMinor <= ours.refundedMinor + ours.refundingMinor);

interface Names {
  readonly approved: ReadonlySet<string>;
  readonly standing: ReadonlySet<string>;
}

function missing({ approved, standing }: Names, attempt: OurAttempt): Difference[] {
  const names = namesOf(attempt);
  if (names.some((name) => standing.has(name))) return [];
  const { reference, processorTransactionId = '', amountMinor, currency } = attempt;
  const kind = names.some((name) => approved.has(name)) ? 'undone_at_processor' : 'missing_at_processor';
  return [{ kind, reference, processorTransactionId, amountMinor, currency }];
}

const differing = (kind: DifferenceKind, sale: ListedSale, ours: OurAttempt | undefined): Difference => ({
  kind,
  reference: sale.reference ?? ours?.reference ?? '',
  processorTransactionId: sale.processorTransactionId,
  amountMinor: kind === 'refunds_differ' ? (sale.refundedMinor ?? 0n) : sale.amountMinor,
  currency: sale.currency,
});
