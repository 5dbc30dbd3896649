// What Worldpay's answers to a sale and to a refund amount to: what is not explicit, ours and listed is unknown.

import { access, approval, done, link, paymentId, sale, worldpay } from '@ozura/e2e/worldpay-answers';
import { expect, test } from 'vitest';
import type { SaleInput } from '../port.ts';

const read = (body: unknown, status = 202, change: Partial<SaleInput> = {}) =>
  done(worldpay.sale(sale(change), [{ status, body }], access));

test('a payment that is authorised and sent for settlement is approved, with all that came with it', () => {
  expect(read(approval)).toEqual({
    kind: 'approved',
    processorTransactionId: paymentId,
    processorLink: link,
    authCode: '675725',
    avsResult: 'Y',
    cvvResult: 'M',
    networkReference: '060720116005060',
  });
  expect(read({ ...approval, outcome: 'authorized' }, 201)).toMatchObject({ kind: 'approved' });
});

const avs = (address: string | undefined, postcode: string | undefined) => ({
  riskFactors: [
    ...(address === undefined ? [] : [{ type: 'avs', detail: 'address', risk: address }]),
    ...(postcode === undefined ? [] : [{ type: 'avs', detail: 'postcode', risk: postcode }]),
  ],
});

test.each([
  [undefined, undefined, 'Y'],
  [undefined, 'notMatched', 'A'],
  ['notMatched', undefined, 'Z'],
  ['not_matched', 'not_matched', 'N'],
  ['notMatched', 'notChecked', 'N'],
  [undefined, 'notChecked', 'B'],
  ['notSupplied', undefined, 'P'],
  ['notChecked', 'notChecked', 'U'],
  ['verificationFailed', 'notSupplied', 'U'],
])('street %s and postal code %s are %s', (address, postcode, avsResult) => {
  expect(read({ ...approval, ...avs(address, postcode) })).toMatchObject({ avsResult });
});

test('of an address that was not sent nothing is said', () => {
  const address = { ...sale().billing.address, zip: '', country: 'HK' };
  expect(read(approval, 202, { billing: { ...sale().billing, address } })).toMatchObject({ avsResult: '' });
});

test.each([
  ['notMatched', 'N'],
  ['NOT_MATCHED', 'N'],
  ['notChecked', 'P'],
  ['not_supplied', 'P'],
  ['verificationFailed', 'P'],
])('a code that is %s is %s', (risk, cvvResult) => {
  for (const type of ['cvc', 'CVC']) {
    expect(read({ ...approval, riskFactors: [{ type, risk }] })).toMatchObject({ cvvResult });
  }
});

test('a code that was not sent was not checked', () => {
  expect(read(approval, 202, { hasSecurityCode: false })).toMatchObject({ cvvResult: 'P' });
});

const refused = (refusalCode: unknown) => read({ ...approval, outcome: 'refused', refusalCode }, 201);

// Every code of "Refusal response codes", and the scheme's own where Worldpay passes it on.
test.each([
  ['1', 'call_issuer'],
  ['2', 'call_issuer'],
  ['3', 'merchant_not_permitted'],
  ['4', 'pickup_card'],
  ['5', 'do_not_honor'],
  ['05', 'do_not_honor'],
  ['6', 'generic_decline'],
  ['7', 'pickup_card'],
  ['12', 'invalid_transaction'],
  ['13', 'invalid_amount'],
  ['14', 'invalid_number'],
  ['15', 'invalid_number'],
  ['19', 'try_again_later'],
  ['20', 'processing_error'],
  ['25', 'generic_decline'],
  ['28', 'try_again_later'],
  ['30', 'processing_error'],
  ['33', 'expired_card'],
  ['34', 'fraudulent'],
  ['39', 'card_not_supported'],
  ['41', 'lost_card'],
  ['43', 'stolen_card'],
  ['46', 'closed_account'],
  ['51', 'insufficient_funds'],
  ['52', 'card_not_supported'],
  ['53', 'card_not_supported'],
  ['54', 'expired_card'],
  ['55', 'invalid_cvv'],
  ['56', 'invalid_number'],
  ['57', 'card_not_supported'],
  ['58', 'merchant_not_permitted'],
  ['59', 'fraudulent'],
  ['61', 'limit_exceeded'],
  ['62', 'restricted_card'],
  ['65', 'authentication_required'],
  ['85', 'do_not_honor'],
  ['91', 'issuer_unavailable'],
  ['97', 'security_violation'],
  ['N7', 'invalid_cvv'],
  ['R1', 'stop_payment_order'],
  ['1A', 'authentication_required'],
])('code %s is declined as %s', (code, declineCode) => {
  expect(refused(code)).toEqual({ kind: 'declined', declineCode, processorCode: code });
});

test.each(['8', '10', '26', '68', '80', '94', '00', '0', '131', 'constructor', '', undefined, null, {}])(
  'a refusal with the code %s is unknown',
  (code) => {
    expect(refused(code)).toMatchObject({ kind: 'unknown' });
  },
);

test('what fraud screening or authentication has stopped is declined', () => {
  const stopped = (outcome: string) => read({ ...approval, outcome }, 201);
  expect(stopped('fraudHighRisk')).toMatchObject({ kind: 'declined', declineCode: 'security_violation' });
  expect(stopped('3dsAuthenticationFailed')).toMatchObject({ declineCode: 'authentication_required' });
  expect(stopped('3dsUnavailable')).toMatchObject({ declineCode: 'authentication_required' });
});

test.each([
  ['another reference', { ...approval, transactionReference: 'ANOTHER' }, 202],
  ['no reference', { ...approval, transactionReference: undefined }, 202],
  ['no id', { ...approval, paymentId: undefined }, 202],
  ['a cancellation', { ...approval, outcome: 'sentForCancellation' }, 202],
  ['authentication to come', { ...approval, outcome: '3dsDeviceDataRequired' }, 201],
  ['a challenge', { ...approval, outcome: '3dsChallenged' }, 201],
  ['an outcome of no list', { ...approval, outcome: 'sentForInspection' }, 202],
  ['no outcome', { ...approval, outcome: undefined }, 202],
  ['a good body with an error status', approval, 500],
  ['a page', '<html></html>', 200],
  ['a list', [approval], 202],
  ['nothing', undefined, 202],
  ['a page of a firewall', '<html>Forbidden</html>', 403],
  ['an error without a name', { message: 'no' }, 400],
  ['too many requests', { errorName: 'tooManyRequests' }, 429],
])('%s is unknown', (_name, body, status) => {
  expect(read(body, status)).toMatchObject({ kind: 'unknown' });
});

const error = (errorName: string, more: object = {}) => ({ errorName, message: 'no', ...more });

test('named errors say that nothing was processed', () => {
  expect(read(error('accessDenied'), 401)).toMatchObject({ kind: 'refused', cause: 'credentials' });
  for (const [status, name] of [
    [400, 'bodyDoesNotMatchSchema'],
    [404, 'resourceNotFound'],
    [406, 'headerHasInvalidValue'],
    [415, 'unsupportedContentType'],
  ] as const) {
    expect(read(error(name), status)).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  }
});

test('an error about our reference may speak of an earlier payment', () => {
  const about = { errorName: 'fieldHasInvalidValue', message: 'must be unique', jsonPath: '$.transactionReference' };
  expect(read(error('bodyDoesNotMatchSchema', { validationErrors: [about] }), 400)).toMatchObject({ kind: 'unknown' });
  expect(read(error('duplicate', { message: 'transactionReference was used' }), 400)).toMatchObject({
    kind: 'unknown',
  });
});

test('a part of the amount is to be undone', () => {
  expect(read({ ...approval, amounts: { totalAuthorized: 10, currency: 'USD' } })).toMatchObject({
    kind: 'unknown',
    wronglyBooked: true,
    processorTransactionId: paymentId,
    booked: { amountMinor: 10, currency: 'USD' },
  });
  const unreadable = read({ ...approval, amounts: { totalAuthorized: 'ten' } });
  expect(unreadable).toMatchObject({ wronglyBooked: true });
  expect(unreadable).not.toHaveProperty('booked');
});

test('the whole amount, repeated, is no part', () => {
  const { amountMinor, currency } = sale();
  const amounts = { requested: Number(amountMinor), totalAuthorized: Number(amountMinor), currency };
  expect(read({ ...approval, amounts })).toMatchObject({ kind: 'approved' });
  expect(read({ ...approval, amounts: null })).toMatchObject({ kind: 'approved' });
  const written = { totalAuthorized: String(amountMinor), currency: currency.toLowerCase() };
  expect(read({ ...approval, amounts: written })).toMatchObject({ kind: 'approved' });
  const contradicting = read({ ...approval, amounts: { ...amounts, partialAuthorization: true } });
  expect(contradicting).toMatchObject({ kind: 'unknown', wronglyBooked: true });
  expect(read({ ...approval, amounts: { ...amounts, currency: 'JPY' } })).toMatchObject({ wronglyBooked: true });
});

test('the reference of the card scheme is where either version of the reference has it', () => {
  const { schemeReference: _none, ...rest } = approval;
  expect(read({ ...rest, scheme: { reference: 'MCCOLXT1C0104  ' } })).toMatchObject({
    networkReference: 'MCCOLXT1C0104',
  });
});

test('an error that says it was there before is no refusal, whichever field it names', () => {
  const replayed = error('transactionHasAlreadyBeenProcessed', {
    message: 'The transaction has already been processed.',
  });
  expect(read(replayed, 400)).toMatchObject({ kind: 'unknown' });
  expect(refund(replayed, 400)).toMatchObject({ kind: 'unknown' });
  const about = { errorName: 'fieldHasInvalidValue', message: 'no', jsonPath: '$.reference' };
  expect(refund(error('bodyDoesNotMatchSchema', { validationErrors: [about] }), 400)).toMatchObject({
    kind: 'unknown',
  });
  const amount = { errorName: 'fieldHasInvalidValue', message: 'no', jsonPath: '$.value.amount' };
  expect(refund(error('bodyDoesNotMatchSchema', { validationErrors: [amount] }), 400)).toMatchObject({
    kind: 'refused',
  });
});

test('a link to another host is not kept', () => {
  const body = { ...approval, _links: { self: { href: `https://example.com${link}` } } };
  expect(read(body)).not.toHaveProperty('processorLink');
});

const refund = (body: unknown, status = 202) =>
  done(
    worldpay.refund(
      { ...sale(), reference: 'F1', saleReference: 'S1', saleTransactionId: paymentId, saleLink: link },
      [{ status, body }],
      access,
    ),
  );

test('a refund is given once Worldpay has accepted it, and has the id of its command', () => {
  const accepted = { outcome: 'sentForPartialRefund', paymentId };
  expect(refund({ ...accepted, commandId: 'cmdRvD-OxCyXgJLQ9_jbqXAC0' })).toMatchObject({
    kind: 'approved',
    processorTransactionId: 'cmdRvD-OxCyXgJLQ9_jbqXAC0',
  });
  expect(refund(accepted)).toMatchObject({ kind: 'approved', processorTransactionId: `${paymentId}/F1` });
  // By the links of Payment Queries.
  expect(refund({ paymentId, commandId: 'cmd1' })).toMatchObject({ processorTransactionId: 'cmd1' });
});

test('any other answer to a refund is what it says, or unknown', () => {
  expect(refund({ outcome: 'refused', refusalCode: '5', paymentId })).toMatchObject({ kind: 'declined' });
  expect(refund(error('actionNotAllowed'), 400)).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  expect(refund(error('accessDenied'), 401)).toMatchObject({ kind: 'refused', cause: 'credentials' });
  for (const [body, status] of [
    [{ outcome: 'sentForPartialRefund', paymentId: 'another' }, 202],
    [{ outcome: 'sentForInspection', paymentId }, 202],
    [{ outcome: 'sentForPartialRefund', paymentId }, 500],
    [{ _links: {} }, 202],
    ['<html>', 202],
  ] as const) {
    expect(refund(body, status)).toMatchObject({ kind: 'unknown' });
  }
});
