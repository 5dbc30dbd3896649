import { expect, test } from 'vitest';
import { readAnswer } from './page-answer.ts';
import { payStep } from './pay-step.ts';

const refused = (status: number, errorCode: string, more: object = {}) =>
  payStep(readAnswer(status, { success: false, error: 'Text', errorCode, requestId: 'req_1', ...more }));
const answered = (status: number, data: object) => payStep(readAnswer(status, { success: true, data }));

test('a paid session leaves for the success page', () => {
  const paymentData = { success: true, transactionId: 't-1' };
  const data = { status: 'completed', paymentState: null, redirectUrl: 'https://shop.example/thanks', paymentData };
  const event = { type: 'PAYMENT_SUCCESS', paymentData };
  expect(answered(200, data)).toEqual({ do: 'leave', departure: { url: 'https://shop.example/thanks', event } });
});

test('an outcome that is not known yet is asked for again', () => {
  expect(answered(202, { status: 'pending', paymentState: 'processing' })).toEqual({
    do: 'repeat',
    because: 'pending',
  });
});

test('after a minute the answer names the page of a review', () => {
  const redirectUrl =
    'https://shop.example/error?a=1&errorCode=MANUAL_REVIEW&error=Your%20payment%20is%20being%20reviewed';
  const event = { type: 'CHECKOUT_ERROR', error: 'Your payment is being reviewed', errorCode: 'MANUAL_REVIEW' };
  expect(answered(202, { status: 'pending', paymentState: 'review', redirectUrl })).toEqual({
    do: 'leave',
    departure: { url: redirectUrl, event },
  });
});

test('a lost answer and an answer that says nothing about the charge repeat the same attempt', () => {
  expect(payStep(undefined)).toEqual({ do: 'repeat', because: 'no answer' });
  expect(refused(500, 'INTERNAL_ERROR')).toEqual({ do: 'repeat', because: 'failure' });
  expect(payStep(readAnswer(502, {}))).toEqual({ do: 'repeat', because: 'failure' });
});

test('a declined card can be corrected on the page', () => {
  expect(refused(402, 'INSUFFICIENT_FUNDS', { attemptsLeft: 3 })).toEqual({
    do: 'decline',
    code: 'INSUFFICIENT_FUNDS',
    attemptsLeft: 3,
  });
});

test('a decline of a code the page does not know is a plain decline', () => {
  expect(refused(402, 'SOMETHING_NEW')).toEqual({ do: 'decline', code: 'CARD_DECLINED', attemptsLeft: undefined });
});

test.each([
  [403, 'FORBIDDEN'],
  [500, 'SYSTEM_ERROR'],
  [502, 'AUTH_ERROR'],
])('%i %s leaves for the error page', (status, code) => {
  const redirectUrl = `https://shop.example/error?errorCode=${code}&error=Text`;
  const event = { type: 'CHECKOUT_ERROR', error: 'Text', errorCode: code };
  expect(refused(status, code, { redirectUrl })).toEqual({ do: 'leave', departure: { url: redirectUrl, event } });
});

test('a higher price is shown and asked about', () => {
  expect(refused(409, 'PRICE_CHANGED', { pricing: { total: 20.4 } })).toEqual({
    do: 'ask-price',
    pricing: { total: 20.4 },
  });
});

test('a security code or card that is gone is asked for again', () => {
  expect(refused(400, 'CVC_SESSION_EXPIRED')).toEqual({ do: 'retype', what: 'cvv' });
  expect(refused(404, 'TOKEN_NOT_FOUND')).toEqual({ do: 'retype', what: 'card' });
});

test('one or several validation failures are named at their fields', () => {
  expect(refused(400, 'VALIDATION_FAILED', { error: 'billing.email: is required' })).toEqual({
    do: 'correct',
    failures: ['billing.email: is required'],
  });
  const details = ['billing.email: is required', 'billing.phone: is required'];
  expect(refused(400, 'VALIDATION_FAILED', { details })).toEqual({ do: 'correct', failures: details });
});

test.each([
  [503, 'TAX_UNAVAILABLE', 'taxUnavailable'],
  [429, 'RATE_LIMITED', 'busy'],
  [503, 'OVERLOADED', 'tryAgain'],
  [409, 'PAYMENT_LINK_LIMIT_REACHED', 'linkLimit'],
] as const)('%i %s is said on the page, and nothing was charged', (status, code, sentence) => {
  expect(refused(status, code)).toEqual({ do: 'say', sentence });
});

test('another running attempt is waited for', () => {
  expect(refused(409, 'PAYMENT_IN_PROGRESS')).toEqual({ do: 'watch' });
});

test.each([
  [409, 'SESSION_COMPLETED'],
  [409, 'SESSION_CANCELLED'],
  [410, 'SESSION_EXPIRED'],
  [401, 'PAGE_CREDENTIAL_REQUIRED'],
])('%i %s lets the server draw the page anew', (status, code) => {
  expect(refused(status, code)).toEqual({ do: 'reload' });
});
