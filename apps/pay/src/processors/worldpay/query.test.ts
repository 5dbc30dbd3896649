// What Worldpay says of a sale, a refund and a day when it is asked.

import {
  access,
  done,
  host,
  listed,
  notFound,
  page,
  paymentId,
  sale,
  sent,
  worldpay,
} from '@ozura/e2e/worldpay-answers';
import { expect, test } from 'vitest';
import type { ProcessorAnswer } from '../port.ts';

const ask = (...answers: readonly ProcessorAnswer[]) => worldpay.inquire(sale(), answers, access);
const found = (change: object = {}) => done(ask(page({ ...listed, ...change })));

test('a sale is asked for by our reference alone, in the words of Payment Queries', () => {
  expect(sent(ask())).toEqual({
    method: 'GET',
    url: `${host}/paymentQueries/payments?transactionReference=${sale().reference}`,
    headers: {
      Authorization: expect.stringMatching(/^Basic /),
      Accept: 'application/vnd.worldpay.payment-queries-v1.hal+json',
    },
  });
});

test.each([
  'authorizationSucceeded',
  'saleSucceeded',
  'settlementRequested',
  'settlementRequestSubmitted',
  'refundRequested',
  'refundRequestSubmitted',
  'refundFailed',
  'refundTimedOut',
  'cancellationFailed',
  'cancellationTimedOut',
  'reversalFailed',
  'reversalTimedOut',
])('a payment whose last event is %s stands', (lastEvent) => {
  expect(found({ lastEvent })).toEqual({
    kind: 'found',
    voided: false,
    outcome: {
      kind: 'approved',
      processorTransactionId: paymentId,
      authCode: 'T31306',
      avsResult: '',
      cvvResult: '',
      networkReference: 'MCCOLXT1C0104',
    },
  });
});

test.each(['cancellationRequested', 'cancellationRequestSubmitted', 'reversalRequested', 'reversalRequestSubmitted'])(
  'a payment whose last event is %s is undone',
  (lastEvent) => {
    expect(found({ lastEvent })).toMatchObject({ kind: 'found', voided: true, outcome: { kind: 'approved' } });
  },
);

test.each(['authorizationRequested', 'saleRequested'])('one whose last event is %s is waited for', (lastEvent) => {
  expect(found({ lastEvent })).toMatchObject({ kind: 'unanswered' });
});

test.each([
  'authorizationFailed',
  'authorizationTimedOut',
  'saleFailed',
  'saleTimedOut',
  'settlementFailed',
  'settlementTimedOut',
  'somethingNew',
  undefined,
])('one whose last event is %s is a person’s to judge', (lastEvent) => {
  expect(found({ lastEvent })).toMatchObject({ kind: 'found', outcome: { kind: 'unknown' } });
});

test('a payment that was refused does not speak for another one with its reference', () => {
  const refused = { ...listed, paymentId: 'payREFUSED', lastEvent: 'authorizationRefused' };
  const undone = { ...listed, paymentId: 'payUNDONE', lastEvent: 'reversalRequested' };
  const pending = { ...listed, lastEvent: 'authorizationRequested' };
  expect(done(ask(page(refused, pending)))).toMatchObject({ kind: 'unanswered' });
  expect(done(ask(page(refused, undone)))).toMatchObject({ kind: 'found', voided: true });
  for (const alone of [page(refused, listed), page(undone, listed)]) {
    expect(done(ask(alone))).toMatchObject({ kind: 'found', voided: false, outcome: { kind: 'approved' } });
  }
  const twice = page(listed, { ...listed, paymentId: 'payTWICE' });
  expect(done(ask(twice))).toEqual({ kind: 'unanswered', reason: 'several payments with one reference' });
});

test('the service for recovery that cannot be asked yet does not say that there is nothing', () => {
  const tooFresh = { status: 404, body: { errorName: 'urlContainsInvalidValue', message: 'no' } };
  expect(done(ask(page(), tooFresh))).toMatchObject({ kind: 'unanswered' });
});

test('another amount or currency is an alarm', () => {
  for (const value of [
    { currency: 'USD', amount: 1940 },
    { currency: 'EUR', amount: 1840 },
  ]) {
    expect(found({ value })).toMatchObject({
      outcome: {
        kind: 'unknown',
        wronglyBooked: true,
        processorTransactionId: paymentId,
        booked: { amountMinor: value.amount, currency: value.currency },
      },
    });
  }
  expect(found({ value: { currency: 'usd', amount: '1840' } })).toMatchObject({ outcome: { kind: 'approved' } });
  for (const value of [undefined, { currency: '', amount: 1840 }, { currency: 'USD', amount: '18.40' }]) {
    expect(found({ value })).toEqual({
      kind: 'found',
      outcome: { kind: 'unknown', reason: 'booked over an unknown amount' },
      voided: false,
    });
  }
});

test('why a payment was refused is told by the payment itself', () => {
  const first = page({ ...listed, lastEvent: 'authorizationRefused' });
  expect(sent(ask(first)).url).toBe(`${host}/paymentQueries/payments/${paymentId}`);
  const details = (events: unknown, id = paymentId) => ({ status: 200, body: { paymentId: id, events } });
  const refused = [{ eventName: 'authorizationRefused', code: '65' }];
  expect(done(ask(first, details(refused)))).toMatchObject({
    kind: 'found',
    outcome: { kind: 'declined', declineCode: 'authentication_required', processorCode: '65' },
  });
  for (const answer of [
    details([]),
    details(refused, 'another'),
    details([{ eventName: 'authorizationRefused', code: 'ZZZ' }]),
    { status: 500, body: '' },
  ]) {
    expect(done(ask(first, answer))).toMatchObject({ kind: 'found', outcome: { kind: 'unknown' } });
  }
});

test('nothing is absent before the service for recovery does not know it either', () => {
  expect(sent(ask(page()))).toMatchObject({
    url: `${host}/payments/events?transactionRef=${sale().reference}&entity=default`,
    headers: { Accept: 'application/vnd.worldpay.payments-v7+json' },
  });
  expect(done(ask(page(), notFound))).toEqual({ kind: 'not_found' });
  for (const answer of [
    { status: 200, body: { lastEvent: 'Authorized' } },
    { status: 404, body: '<html>Not Found</html>' },
    { status: 500, body: '' },
  ]) {
    expect(done(ask(page(), answer))).toMatchObject({ kind: 'unanswered' });
  }
});

test.each([
  ['an error', { status: 500, body: 'no' }],
  ['a missing resource', notFound],
  ['a page', { status: 200, body: '<html></html>' }],
  ['something else', { status: 200, body: {} }],
  ['another payment', page({ ...listed, transactionReference: 'ANOTHER' })],
  ['another entity’s', page({ ...listed, entity: 'other' })],
  ['one without an id', page({ ...listed, paymentId: undefined })],
])('of an answer with %s nothing is believed', (_name, answer) => {
  expect(done(ask(answer))).toMatchObject({ kind: 'unanswered' });
});

test('of two payments under one reference the one that stands is found', () => {
  const other = { ...listed, paymentId: 'payOther', lastEvent: 'authorizationRefused' };
  expect(done(ask(page(other, listed)))).toMatchObject({ outcome: { processorTransactionId: paymentId } });
});

const refund = { ...sale(), reference: 'F1', amountMinor: 840n, saleTransactionId: paymentId };
const inquire = (events: unknown, id = paymentId) =>
  done(worldpay.inquire(refund, [{ status: 200, body: { paymentId: id, events } }], access));
const event = (eventName: string, more: object = {}) => ({ eventName, commandId: 'cmd1', ...more });
const requested = event('refundRequested', { refundReference: 'F1', value: { amount: 840, currency: 'USD' } });

test('a refund is an event of its payment', () => {
  expect(sent(worldpay.inquire(refund, [], access)).url).toBe(`${host}/paymentQueries/payments/${paymentId}`);
  expect(inquire([requested])).toMatchObject({
    kind: 'found',
    outcome: { kind: 'approved', processorTransactionId: 'cmd1' },
  });
  expect(inquire([{ ...requested, refundReference: 'F2' }])).toEqual({ kind: 'not_found' });
  expect(inquire([requested, event('refundFailed')])).toMatchObject({ outcome: { kind: 'declined' } });
  expect(inquire([event('refundTimedOut', { refundReference: 'F1' })])).toMatchObject({ outcome: { kind: 'unknown' } });
  expect(inquire([requested, event('refundTimedOut')])).toMatchObject({ outcome: { kind: 'unknown' } });
  const again = { ...requested, commandId: 'cmd2' };
  expect(inquire([requested, event('refundFailed'), again])).toMatchObject({
    outcome: { kind: 'approved', processorTransactionId: 'cmd2' },
  });
  expect(inquire([requested, again])).toMatchObject({ outcome: { kind: 'unknown' } });
  expect(inquire([{ ...requested, value: { amount: 1840, currency: 'USD' } }])).toMatchObject({
    outcome: { wronglyBooked: true, booked: { amountMinor: 1840 } },
  });
  expect(inquire([requested], 'another')).toMatchObject({ kind: 'unanswered' });
  expect(inquire(undefined)).toMatchObject({ kind: 'unanswered' });
});

const day = { account: 'ozu_bluekettle', day: '2026-11-25' };
const list = (...answers: readonly ProcessorAnswer[]) => worldpay.list(day, answers, access);

test('a day is listed page by page', () => {
  const { searchParams } = new URL(sent(list()).url);
  expect(Object.fromEntries(searchParams)).toEqual({
    startDate: '2026-11-25T00:00:00Z',
    endDate: '2026-11-25T23:59:59.999Z',
    pageSize: '300',
    entityReferences: 'default',
  });
  const withNext = (href: string): ProcessorAnswer => {
    const { status, body } = page(listed);
    return { status, body: { ...(body as object), _links: { next: { href } } } };
  };
  expect(sent(list(withNext('/paymentQueries/payments?page=2'))).url).toBe(`${host}/paymentQueries/payments?page=2`);
  const undone = { ...listed, paymentId: 'pay2', lastEvent: 'reversalRequested' };
  const refused = { ...listed, paymentId: 'pay3', lastEvent: 'authorizationRefused' };
  const sales = done(list(withNext('/paymentQueries/payments?page=2'), page(undone, refused)));
  expect(sales).toMatchObject({
    kind: 'listed',
    sales: [
      {
        reference: sale().reference,
        lastFour: '4242',
        amountMinor: 1840n,
        voided: false,
        outcome: { kind: 'approved' },
      },
      { processorTransactionId: 'pay2', voided: true },
      { processorTransactionId: 'pay3', outcome: { kind: 'unknown' } },
    ],
  });
});

test('a list with an entry that cannot be read proves nothing', () => {
  for (const answer of [page({ ...listed, value: undefined }), page({ ...listed, timestamp: 'then' }), notFound]) {
    expect(done(list(answer))).toMatchObject({ kind: 'unanswered' });
  }
});

test('credentials are checked by asking for a payment that there is not', () => {
  const check = (...answers: readonly ProcessorAnswer[]) =>
    worldpay.check?.(day, answers, access) ?? { send: undefined };
  expect(check()).toMatchObject({ send: { method: 'GET', url: expect.stringContaining('/paymentQueries/payments?') } });
  expect(check(page())).toEqual({ done: { kind: 'accepted' } });
  const denied = { status: 401, body: { errorName: 'accessDenied', message: 'no' } };
  expect(check(denied)).toEqual({ done: { kind: 'refused', reason: 'HTTP status 401 accessDenied: no' } });
  expect(check({ status: 500, body: '<html>' })).toEqual({ done: { kind: 'unanswered', reason: 'HTTP status 500' } });
});
