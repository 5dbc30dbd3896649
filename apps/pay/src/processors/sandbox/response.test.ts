// What answers of the sandbox amount to: success and decline only when everything in them is explicit and ours.
import { expect, test } from 'vitest';
import type { Referred } from '../port.ts';
import { readInquiry, readRefund, readSale, readVoid } from './response.ts';

const ours: Referred = { reference: 'R1', account: 'ozu_bluekettle', amountMinor: 1840n, currency: 'USD' };
const approved = {
  reference: 'R1',
  transactionId: 'sbx-000184',
  status: 'approved',
  amount: 1840,
  currency: 'USD',
  authCode: '083712',
  avsResult: 'Y',
  cvvResult: 'M',
  networkReference: 'net-1',
};
const lost = { bin: '400000', lastFour: '9987' };
const sale = (body: unknown, status = 200, card = lost) => readSale({ ...ours, ...card }, { status, body });

test('a complete approval of our amount is one', () => {
  expect(sale(approved)).toEqual({
    kind: 'approved',
    processorTransactionId: 'sbx-000184',
    authCode: '083712',
    avsResult: 'Y',
    cvvResult: 'M',
    networkReference: 'net-1',
  });
});

test('an approval over another amount or currency is an alarm, not a success', () => {
  for (const change of [{ amount: 1841 }, { amount: '1840' }, { currency: 'EUR' }]) {
    expect(sale({ ...approved, ...change })).toMatchObject({ kind: 'unknown', wronglyBooked: true });
  }
});

test('a decline has a code', () => {
  const declined = { reference: 'R1', status: 'declined', declineCode: 'lost_card', processorCode: '41' };
  expect(sale(declined)).toEqual({ kind: 'declined', declineCode: 'lost_card', processorCode: '41' });
  const other = { bin: '424242', lastFour: '4242' };
  expect(sale(declined, 200, other)).toMatchObject({ declineCode: 'lost_card', staged: true });
  expect(sale({ ...declined, declineCode: undefined }).kind).toBe('unknown');
});

test('only an explicit "not processed", refused credentials or a malformed request is a refusal', () => {
  expect(sale({ reference: 'R1', status: 'not_processed' })).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  expect(sale({ message: 'INVALID CREDENTIALS' }, 401)).toMatchObject({ kind: 'refused', cause: 'credentials' });
  expect(sale({ errorCode: 'VALIDATION_FAILED' }, 400)).toMatchObject({ kind: 'refused', cause: 'unavailable' });
});

test.each([
  ['another reference', { ...approved, reference: 'R2' }, 200],
  ['no reference', { ...approved, reference: undefined }, 200],
  ['no transaction id', { ...approved, transactionId: '' }, 200],
  ['a duplicate', { ...approved, status: 'duplicate' }, 200],
  ['a review', { ...approved, status: 'review' }, 200],
  ['a page', '<html></html>', 200],
  ['nothing', undefined, 200],
  ['a list', [approved], 200],
  ['a good body with an error status', approved, 500],
  ['a redirect', approved, 302],
  ['a plain 401', 'no', 401],
  ['a plain 400', { message: 'no' }, 400],
])('%s is unknown', (_name, body, status) => {
  const outcome = sale(body, status);
  expect(outcome.kind).toBe('unknown');
  expect(outcome).not.toHaveProperty('wronglyBooked');
});

test('an inquiry tells a finding, a miss, or nothing', () => {
  const inquiry = (body: unknown, status = 200) => readInquiry(ours, { status, body });
  expect(inquiry({ found: false })).toEqual({ kind: 'not_found' });
  expect(inquiry({ found: true, transaction: { ...approved, voided: true } })).toMatchObject({
    kind: 'found',
    outcome: { kind: 'approved' },
    voided: true,
  });
  expect(inquiry({ found: true }).kind).toBe('unanswered');
  expect(inquiry({ found: 'no' }).kind).toBe('unanswered');
  expect(inquiry({ found: false }, 500).kind).toBe('unanswered');
});

test('a void is done when the processor says so', () => {
  const voided = (status: unknown) => readVoid(ours, { status: 200, body: { status } }).kind;
  expect(['voided', 'already_voided', 'settled', 'not_found', 'ok', undefined].map(voided)).toEqual([
    'voided',
    'voided',
    'settled',
    'not_found',
    'unanswered',
    'unanswered',
  ]);
  expect(readVoid(ours, { status: 500, body: { status: 'voided' } }).kind).toBe('unanswered');
});

test('a void under a reference of its own has to be answered under it', () => {
  const asked = { ...ours, processorTransactionId: 'sbx-000184', voidReference: 'V1' };
  const voided = (reference: string) => readVoid(asked, { status: 200, body: { status: 'voided', reference } }).kind;
  expect([voided('V1'), voided('V1X')]).toEqual(['voided', 'unanswered']);
  const refusal = (body: unknown, status = 200) => readVoid(asked, { status, body });
  expect(refusal({ reference: 'V1', status: 'not_processed' })).toMatchObject({
    kind: 'refused',
    cause: 'unavailable',
  });
  expect(refusal({ reference: 'V1', status: 'declined' })).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  expect(refusal({ message: 'INVALID CREDENTIALS' }, 401)).toMatchObject({ kind: 'refused', cause: 'credentials' });
});

test('a refund is what its answer says of our reference, amount and currency', () => {
  const refund = (changes: object) => readRefund(ours, { status: 200, body: { ...approved, ...changes } });
  expect(refund({})).toMatchObject({ kind: 'approved', processorTransactionId: 'sbx-000184' });
  expect(refund({ reference: 'R2' }).kind).toBe('unknown');
  expect(refund({ amount: 1841 })).toMatchObject({ kind: 'unknown', wronglyBooked: true });
  expect(refund({ status: 'declined', declineCode: 'generic_decline' }).kind).toBe('declined');
  expect(refund({ status: 'refused', reason: 'not_settled' })).toMatchObject({ kind: 'refused', cause: 'not_settled' });
  expect(refund({ status: 'refused', reason: 'voided' })).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  expect(refund({ status: 'refused', reason: 'not_settled', reference: 'R2' }).kind).toBe('unknown');
});
