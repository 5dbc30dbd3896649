// Undoing at Worldpay: asked first what can be done, by the links that it gives.

import {
  access,
  actions,
  done,
  host,
  link,
  listed,
  notFound,
  page,
  paymentId,
  sale,
  sent,
  worldpay,
} from '@ozura/e2e/worldpay-answers';
import { expect, test } from 'vitest';
import type { ProcessorAnswer, VoidInput } from '../port.ts';

const linked = { ...sale(), processorTransactionId: paymentId, processorLink: link };
const undo = (input: VoidInput, ...answers: readonly ProcessorAnswer[]) => worldpay.void(input, answers, access);
const state = (lastEvent: string, _actions: object = {}) => ({ status: 200, body: { lastEvent, _actions } });
const standing = state('settlementRequestSubmitted', actions);
const accepted = { status: 202, body: { outcome: 'sentForReversal', commandId: 'cmd1' } };

test('what stands is reversed, or cancelled where that is offered', () => {
  expect(sent(undo(linked))).toMatchObject({ method: 'GET', url: host + link });
  expect(sent(undo(linked, standing))).toMatchObject({ method: 'POST', url: `${host}${link}/reversals` });
  const cancelPayment = { href: `${host}${link}/cancellations` };
  expect(sent(undo(linked, state('authorizationSucceeded', { ...actions, cancelPayment }))).url).toBe(
    `${host}${link}/cancellations`,
  );
  expect(done(undo(linked, standing, accepted))).toEqual({ kind: 'voided', processorTransactionId: 'cmd1' });
  const cancelled = { status: 202, body: { outcome: 'sentForCancellation' } };
  expect(done(undo(linked, standing, cancelled))).toEqual({ kind: 'voided' });
});

test('what was undone before is not undone again', () => {
  expect(done(undo(linked, state('reversalRequested')))).toEqual({ kind: 'voided' });
  expect(done(undo(linked, state('cancellationRequestSubmitted')))).toEqual({ kind: 'voided' });
});

test.each(['Authorized', 'Sent for Settlement', 'sentForSettlement', 'Settled'])(
  'one whose state is told as %s is reversed',
  (lastEvent) => {
    expect(sent(undo(linked, state(lastEvent, actions)))).toMatchObject({ url: `${host}${link}/reversals` });
  },
);

test('one that is sent for cancellation is undone; of one that is sent for refund the events are asked for', () => {
  expect(done(undo(linked, state('Sent for Cancellation')))).toEqual({ kind: 'voided' });
  const given = state('Sent for Refund');
  expect(sent(undo(linked, given)).url).toBe(`${host}/paymentQueries/payments/${paymentId}`);
  const reversed = { status: 200, body: { paymentId, lastEvent: 'reversalRequestSubmitted' } };
  expect(done(undo(linked, given, reversed))).toEqual({ kind: 'voided' });
  const unknown = { status: 200, body: { paymentId, lastEvent: 'somethingNew' } };
  expect(done(undo(linked, state('somethingNew', actions), unknown))).toMatchObject({ kind: 'unanswered' });
});

test('where only giving back is left it has settled', () => {
  const { reversePayment: _reverse, ...left } = actions;
  expect(done(undo(linked, state('settlementRequestSubmitted', left)))).toEqual({ kind: 'settled' });
  expect(done(undo(linked, state('settlementRequestSubmitted')))).toMatchObject({ kind: 'unanswered' });
});

test('what was refused was never booked', () => {
  expect(done(undo(linked, state('authorizationRefused')))).toEqual({ kind: 'not_found' });
});

test.each([
  ['an error', { status: 500, body: '' }],
  ['a payment that is too fresh to be known', notFound],
  ['a payment that is not authorised yet', state('authorizationRequested', actions)],
  ['a page', { status: 200, body: '<html>' }],
])('after %s it is asked again later', (_name, answer) => {
  expect(done(undo(linked, answer))).toMatchObject({ kind: 'unanswered' });
});

test.each([
  ['an error', { status: 500, body: '' }],
  ['a refusal, which may have come because it was done before', { status: 400, body: { errorName: 'no' } }],
  ['another outcome', { status: 202, body: { outcome: 'sentForInspection' } }],
  ['a body without anything', { status: 202, body: {} }],
])('%s to the undoing itself proves nothing', (_name, answer) => {
  expect(done(undo(linked, standing, answer))).toMatchObject({ kind: 'unanswered' });
});

test('refused credentials are told', () => {
  const denied = { status: 401, body: { errorName: 'accessDenied' } };
  for (const answers of [[denied], [standing, denied]]) {
    expect(done(undo(linked, ...answers))).toMatchObject({ kind: 'refused', cause: 'credentials' });
  }
  expect(done(undo(sale(), denied))).toMatchObject({ kind: 'refused', cause: 'credentials' });
});

const details = (href: string, id = paymentId) => ({
  status: 200,
  body: {
    paymentId: id,
    lastEvent: 'settlementRequestSubmitted',
    _links: { self: { href: '/paymentQueries/payments/x' }, 'cardPayments:reverse': { href } },
  },
});

test('without its link a payment is looked for by its id, or by our reference', () => {
  const byId = { ...sale(), processorTransactionId: paymentId };
  const path = '/payments/authorizations/reversals/eyJr';
  expect(sent(undo(byId)).url).toBe(`${host}/paymentQueries/payments/${paymentId}`);
  expect(sent(undo(byId, details(host + path)))).toMatchObject({
    url: host + path,
    headers: { Accept: 'application/vnd.worldpay.payments-v7+json' },
  });
  expect(sent(undo(sale(), page(listed))).url).toBe(`${host}/paymentQueries/payments/${paymentId}`);
  expect(sent(undo(sale(), page(listed), details(host + path))).url).toBe(host + path);
  const bare = { status: 202, body: { paymentId, commandId: 'cmd1' } };
  expect(done(undo(sale(), page(listed), details(host + path), bare))).toMatchObject({ kind: 'voided' });
  const other = { status: 202, body: { outcome: 'sentForReversal', paymentId: 'payOther', commandId: 'cmd1' } };
  expect(done(undo(sale(), page(listed), details(host + path), other))).toMatchObject({ kind: 'unanswered' });
  for (const answer of [details(`https://example.com${path}`), details(host + path, 'another')]) {
    expect(done(undo(byId, answer))).toMatchObject({ kind: 'unanswered' });
  }
});

test('what neither the queries nor the service for recovery know is not found', () => {
  expect(sent(undo(sale(), page())).url).toContain('/payments/events?');
  expect(done(undo(sale(), page(), notFound))).toEqual({ kind: 'not_found' });
  expect(done(undo(sale(), page(), { status: 200, body: {} }))).toMatchObject({ kind: 'unanswered' });
});
