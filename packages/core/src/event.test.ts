import { expect, test } from 'vitest';
import { isEventType, objectOf } from './event.ts';

test('a payment, its undoing and its refunds are about the same object; cycles are about their plan', () => {
  expect(objectOf('payment.approved', { transactionId: 'A', attemptId: 'A', planId: 'plan_1' })).toBe('A');
  expect(objectOf('payment.reversed', { transactionId: 'B', originalTransactionId: 'A' })).toBe('A');
  expect(objectOf('refund.failed', { originalTransactionId: 'A' })).toBe('A');
  expect(objectOf('plan.charged', { planId: 'plan_1', transactionId: 'A' })).toBe('plan_1');
  expect(objectOf('payment.approved', {})).toBeUndefined();
});

test('types are those of the contract, to the letter', () => {
  expect([isEventType('session.completed'), isEventType('Session.completed'), isEventType('*')]).toEqual([
    true,
    false,
    false,
  ]);
});
