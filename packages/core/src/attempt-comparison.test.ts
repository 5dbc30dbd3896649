import { expect, test } from 'vitest';
import type { AttemptState } from './attempt.ts';
import { compareBooks, type OurAttempt } from './attempt-comparison.ts';
import type { ListedSale } from './attempt-outcome.ts';

const ours = (state: AttemptState = 'APPROVED', changes: Partial<OurAttempt> = {}): OurAttempt => ({
  reference: 'R1',
  processorTransactionId: 'sbx-1',
  state,
  amountMinor: 1840n,
  currency: 'USD',
  isGivenBack: false,
  refundedMinor: 0n,
  refundingMinor: 0n,
  isVoided: false,
  ...changes,
});
const theirs = (changes: Partial<ListedSale> = {}): ListedSale => ({
  reference: 'R1',
  processorTransactionId: 'sbx-1',
  lastFour: '4242',
  amountMinor: 1840n,
  currency: 'USD',
  bookedAtMs: 1,
  voided: false,
  outcome: { kind: 'approved', processorTransactionId: 'sbx-1', avsResult: 'Y', cvvResult: 'M' },
  ...changes,
});
const kinds = (listed: readonly ListedSale[], attempts: readonly OurAttempt[]) =>
  compareBooks(listed, { known: attempts, expected: attempts.filter(({ state }) => state === 'APPROVED') }).map(
    ({ kind }) => kind,
  );
const { reference: _none, ...unnamed } = theirs();

test('equal books differ in nothing, with our references or by the processor’s ids', () => {
  expect(kinds([theirs()], [ours()])).toEqual([]);
  expect(kinds([unnamed], [ours()])).toEqual([]);
});

test.each(['SENT', 'UNKNOWN', 'REVIEW', 'VOID_PENDING'] as const)('nothing has been said yet about %s', (state) => {
  expect(kinds([theirs()], [ours(state)])).toEqual([]);
});

test.each(['DECLINED', 'REFUSED', 'NOT_SENT', 'NOT_PROCESSED', 'REVERSED'] as const)(
  'an approval of what ended as %s is late',
  (state) => {
    expect(kinds([theirs()], [ours(state)])).toEqual(['late_approval']);
    expect(kinds([theirs({ voided: true })], [ours(state)])).toEqual([]);
  },
);

test('what was given back by a refund stays in the list, and is not given back again', () => {
  const refunded = ours('REVERSED', { isGivenBack: true });
  expect(kinds([theirs()], [refunded])).toEqual([]);
  expect(kinds([theirs(), theirs({ processorTransactionId: 'sbx-2' })], [refunded])).toEqual(['booked_twice']);
});

test.each([
  ['unknown_booking', [theirs({ reference: 'R9' })], []],
  ['booked_twice', [theirs(), theirs({ processorTransactionId: 'sbx-2' })], [ours()]],
  ['amount_differs', [theirs({ amountMinor: 1841n })], [ours()]],
  ['amount_differs', [theirs({ currency: 'EUR' })], [ours()]],
  ['missing_at_processor', [], [ours()]],
  ['undone_at_processor', [theirs({ voided: true })], [ours()]],
] as const)('%s is a difference', (kind, listed, attempts) => {
  expect(kinds(listed, attempts)).toEqual([kind]);
});

test('of a day of many sales no sale is looked at for each of the others', () => {
  let looks = 0;
  const look = (reference: string | undefined): string | undefined => {
    looks += 1;
    return reference;
  };
  const counted = <Named extends OurAttempt | ListedSale>(one: Named, i: number): Named => {
    const reference = one.reference === undefined ? undefined : `R${i}`;
    const named = { ...one, processorTransactionId: `p${i}` };
    return Object.defineProperty(named, 'reference', { get: () => look(reference) });
  };
  const [first = theirs(), ...listed] = Array.from({ length: 1_000 }, (_none, i) =>
    counted<ListedSale>(i % 2 === 0 ? theirs() : unnamed, i),
  );
  const attempts = Array.from({ length: 1_000 }, (_none, i) => counted(ours(), i));
  expect(kinds(listed, attempts)).toEqual(['missing_at_processor']);
  expect(kinds([first, ...listed], attempts.slice(1))).toEqual(['unknown_booking']);
  expect(looks).toBeLessThan(50_000);
});

test('a decline in the list is no approval', () => {
  const declined = theirs({ outcome: { kind: 'declined', declineCode: 'lost_card' } });
  expect(kinds([declined], [ours('DECLINED')])).toEqual([]);
  expect(kinds([declined], [ours()])).toEqual(['missing_at_processor']);
});

test.each([
  [500n, 500n, 0n, []],
  [500n, 0n, 500n, []],
  [0n, 0n, 500n, []],
  [500n, 0n, 0n, ['refunds_differ']],
  [0n, 500n, 0n, ['refunds_differ']],
  [700n, 500n, 100n, ['refunds_differ']],
  [undefined, 500n, 0n, []],
])(
  'a list with %s given back, where we know of %s and of %s perhaps',
  (listed, refundedMinor, refundingMinor, found) => {
    const sale = theirs(listed === undefined ? {} : { refundedMinor: listed });
    expect(kinds([sale], [ours('APPROVED', { refundedMinor, refundingMinor })])).toEqual(found);
  },
);

test('what was voided for the merchant does not stand in a list of our references', () => {
  const voided = [ours('APPROVED', { isVoided: true })];
  const found = (listed: readonly ListedSale[]) => compareBooks(listed, { known: voided, expected: [] });
  expect(found([theirs({ voided: true })])).toEqual([]);
  expect(found([theirs()])).toMatchObject([{ kind: 'refunds_differ', amountMinor: 0n }]);
  expect(found([unnamed])).toEqual([]);
});
