import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ATTEMPT_EDGES } from './attempt.ts';
import type { Outcome } from './attempt-outcome.ts';
import {
  type EarlierRefund,
  isFollowedByRefund,
  isStandingVoid,
  planRefund,
  planVoid,
  type RefundableSale,
  type RefundState,
  stateAfter,
} from './refund.ts';

const sale: RefundableSale = {
  totalMinor: 2575n,
  surchargeMinor: 75n,
  refundedMinor: 0n,
  refundedSurchargeMinor: 0n,
};
const partly: RefundableSale = { ...sale, refundedMinor: 1000n, refundedSurchargeMinor: 29n };
const whole: RefundableSale = { ...sale, refundedMinor: 2575n, refundedSurchargeMinor: 75n };
const settled: Outcome = { kind: 'refused', cause: 'settled', reason: '' };
const earlier = (changes: Partial<EarlierRefund>): EarlierRefund => ({
  operation: 'cardRefund',
  means: 'refund',
  state: 'APPROVED',
  outcome: undefined,
  ...changes,
});

test('the whole of a sale is voided, a part is refunded, the rest returns the rest of the surcharge', () => {
  expect(planRefund(sale, [], undefined)).toEqual({
    means: 'void',
    amountMinor: 2575n,
    surchargeMinor: 75n,
    remainingMinor: 0n,
  });
  expect(planRefund(sale, [], 2575n)).toMatchObject({ means: 'void' });
  expect(planRefund(sale, [], 1000n)).toEqual({
    means: 'refund',
    amountMinor: 1000n,
    surchargeMinor: 29n,
    remainingMinor: 1575n,
  });
  expect(planRefund(partly, [], undefined)).toEqual({
    means: 'refund',
    amountMinor: 1575n,
    surchargeMinor: 46n,
    remainingMinor: 0n,
  });
});

test('more than what is left is refused, also when nothing is left and no amount is named', () => {
  expect(planRefund(partly, [], 1576n)).toEqual({ refused: 'REFUND_EXCEEDS_BALANCE' });
  expect(planRefund(whole, [], undefined)).toEqual({ refused: 'REFUND_EXCEEDS_BALANCE' });
  expect(planRefund(whole, [], 1n)).toEqual({ refused: 'REFUND_EXCEEDS_BALANCE' });
});

test('what a merchant has voided cannot be refunded; what a refund has voided is used up', () => {
  expect(planRefund(whole, [earlier({ operation: 'cardVoid', means: 'void' })], undefined)).toEqual({
    refused: 'NOT_REFUNDABLE',
  });
  expect(planRefund(whole, [earlier({ means: 'void' })], undefined)).toEqual({ refused: 'REFUND_EXCEEDS_BALANCE' });
});

test('once the processor said that the sale is settled it is refunded, and never voided', () => {
  const tooLate = earlier({ means: 'void', state: 'REFUSED', outcome: settled });
  expect(planRefund(sale, [tooLate], undefined)).toMatchObject({ means: 'refund' });
  expect(planVoid(sale, [tooLate])).toEqual({ refused: 'ALREADY_SETTLED' });
  expect(planVoid(sale, [])).toMatchObject({ means: 'void', amountMinor: 2575n, remainingMinor: 0n });
  expect(planVoid(partly, [])).toEqual({ refused: 'REFUND_EXCEEDS_BALANCE' });
});

test('a void stands when it happened or may have', () => {
  const standing = (state: RefundState) => isStandingVoid(earlier({ means: 'void', state }));
  expect(['INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED'].map((state) => standing(state as RefundState))).toEqual(
    Array(5).fill(true),
  );
  expect(['DECLINED', 'REFUSED', 'NOT_SENT', 'NOT_PROCESSED'].map((state) => standing(state as RefundState))).toEqual(
    Array(4).fill(false),
  );
  expect(isStandingVoid(earlier({ state: 'APPROVED' }))).toBe(false);
});

test('a void that came too late is followed by a refund only where money was asked for', () => {
  expect(isFollowedByRefund('cardRefund', 'void', settled)).toBe(true);
  expect(isFollowedByRefund('cardVoid', 'void', settled)).toBe(false);
  expect(isFollowedByRefund('cardRefund', 'refund', settled)).toBe(false);
  expect(isFollowedByRefund('cardRefund', 'void', { kind: 'unknown', reason: '' })).toBe(false);
});

const outcomes: readonly Outcome[] = [
  { kind: 'approved', processorTransactionId: 'x', avsResult: '', cvvResult: '' },
  { kind: 'declined', declineCode: 'generic_decline' },
  settled,
  { kind: 'unknown', reason: '' },
  { kind: 'unknown', reason: '', wronglyBooked: true },
];

test('every move is an edge of an attempt, and none leaves an end', () => {
  for (const state of Object.keys(ATTEMPT_EDGES) as RefundState[]) {
    for (const outcome of outcomes) {
      const next = stateAfter(state, outcome);
      if (next !== undefined) expect(ATTEMPT_EDGES[state]).toContain(next);
    }
  }
  expect(stateAfter('SENT', outcomes[4] as Outcome)).toBe('UNKNOWN');
  expect(stateAfter('UNKNOWN', outcomes[4] as Outcome)).toBeUndefined();
});

test('no series of accepted refunds returns more than the sale', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(1n, 3000n), { maxLength: 20 }), (asked) => {
      let state = sale;
      for (const amount of asked) {
        const plan = planRefund(state, [], amount);
        if ('refused' in plan) continue;
        state = {
          ...state,
          refundedMinor: state.refundedMinor + plan.amountMinor,
          refundedSurchargeMinor: state.refundedSurchargeMinor + plan.surchargeMinor,
        };
        expect(plan.remainingMinor).toBe(state.totalMinor - state.refundedMinor);
        expect(state.refundedMinor <= state.totalMinor).toBe(true);
        expect(state.refundedSurchargeMinor <= state.surchargeMinor).toBe(true);
      }
    }),
  );
});
