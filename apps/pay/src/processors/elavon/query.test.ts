// What Converge's answers to queries prove, and how a void finds out what it could not do.
import { Secret } from '@ozura/core/secret';
import { expect, test } from 'vitest';
import type { ProcessorAnswer } from '../port.ts';
import { readCheck, readInquiry, readListing } from './query.ts';
import type { Terminal } from './request.ts';
import { type Fields, writeTxn } from './txn.ts';
import { voidSteps } from './void.ts';

const reference = '261125ABCDEFGHJKMNPQRSTVWX';
const ours = { reference, amountMinor: 1840n, currency: 'USD', terminalCurrency: 'USD' };

const sale = {
  ssl_txn_id: '251126ED4-48E1CA31-F2C5-411B-9543-AEA81EFB81B9',
  ssl_user_id: 'webpage',
  ssl_trans_status: 'OPN',
  ssl_card_type: 'CREDITCARD',
  ssl_transaction_type: 'SALE',
  ssl_txn_time: '11/25/2026 07:09:28 PM',
  ssl_card_number: '42**********4242',
  ssl_amount: '18.40',
  ssl_merchant_txn_id: reference,
  ssl_invoice_number: reference.slice(1),
  ssl_result_message: 'APPROVAL',
  ssl_approval_code: '259849',
};
const voided = { ...sale, ssl_txn_id: 'V-1', ssl_transaction_type: 'VOID' };
const returned = { ...sale, ssl_txn_id: 'R-1', ssl_transaction_type: 'RETURN', ssl_amount: '8.40' };

const list = (...txns: Fields[]): ProcessorAnswer => ({
  status: 200,
  body: `<txnlist><ssl_txn_count>${txns.length}</ssl_txn_count>${txns.map(writeTxn).join('')}</txnlist>`,
});
const single = (fields: Fields): ProcessorAnswer => ({ status: 200, body: writeTxn(fields) });
const fault = (errorCode: string): ProcessorAnswer => single({ errorCode, errorName: 'Name' });
const inquiry = (...txns: Fields[]) => readInquiry(ours, list(...txns));

test('a sale is found, open or settled, in a list or alone', () => {
  const found = {
    kind: 'found',
    voided: false,
    outcome: { kind: 'approved', processorTransactionId: sale.ssl_txn_id },
  };
  expect(inquiry(sale)).toMatchObject(found);
  expect(inquiry({ ...sale, ssl_trans_status: 'STL' })).toMatchObject(found);
  expect(readInquiry(ours, single(sale))).toMatchObject(found);
  expect(inquiry({ ...sale, ssl_merchant_txn_id: undefined })).toMatchObject(found);
  expect(inquiry({ ...sale, errorCode: '0', ssl_conversion_rate: '0.0' })).toMatchObject(found);
});

test('an empty list is an absence, and nothing else is', () => {
  expect(inquiry()).toEqual({ kind: 'not_found' });
  const broken = { status: 200, body: '<txnlist><ssl_txn_count>1</ssl_txn_count></txnlist>' };
  const answers = [broken, fault('5040'), fault('4025'), { ...list(), status: 500 }, { status: 200, body: '' }];
  for (const answer of answers) expect(readInquiry(ours, answer)).toMatchObject({ kind: 'unanswered' });
});

test('the filter is not trusted alone', () => {
  const nameless = { ...sale, ssl_merchant_txn_id: undefined, ssl_invoice_number: undefined };
  const others = [nameless, { ...sale, ssl_merchant_txn_id: 'X' }, { ...sale, ssl_invoice_number: 'order-7' }];
  for (const other of others) {
    expect(inquiry(other)).toMatchObject({ kind: 'unanswered' });
    expect(inquiry(sale, other)).toMatchObject({ kind: 'unanswered' });
  }
});

test('a void is one of the sale, by its amount; a return is not', () => {
  expect(inquiry(sale, voided)).toMatchObject({ kind: 'found', voided: true });
  expect(inquiry(sale, { ...voided, ssl_transaction_type: 'DELETE' })).toMatchObject({ kind: 'found', voided: true });
  expect(inquiry(voided)).toMatchObject({ kind: 'found', voided: true });
  expect(inquiry(sale, returned)).toMatchObject({
    voided: false,
    outcome: { processorTransactionId: sale.ssl_txn_id },
  });
  expect(inquiry(sale, returned, { ...voided, ssl_amount: '8.40' })).toMatchObject({ voided: false });
});

test('a void that was declined has undone nothing', () => {
  const failed = { ...voided, ssl_result_message: 'INVLD VOID DATA' };
  expect(inquiry(sale, failed)).toMatchObject({ voided: false, outcome: { kind: 'approved' } });
  expect(inquiry(failed)).toMatchObject({ kind: 'unanswered' });
});

test('a decline does not speak for another try with its name', () => {
  const declined = { ...returned, ssl_txn_id: 'R-0', ssl_result_message: 'DECLINED', ssl_trans_status: undefined };
  const refund = { ...ours, amountMinor: 840n };
  expect(readInquiry(refund, list(declined, returned))).toMatchObject({
    outcome: { kind: 'approved', processorTransactionId: 'R-1' },
  });
  expect(readInquiry(refund, list(declined, { ...declined, ssl_txn_id: 'R-2' }))).toMatchObject({
    outcome: { kind: 'declined' },
  });
  expect(readInquiry(refund, list(returned, { ...returned, ssl_txn_id: 'R-2' }))).toMatchObject({ kind: 'unanswered' });
  expect(inquiry(sale, { ...sale, ssl_txn_id: 'S-2' })).toMatchObject({ kind: 'unanswered' });
});

test.each(['PEN', 'REV', 'PST', 'FPR', 'PRE', '', 'NEW'])('in state %s nothing is final', (ssl_trans_status) => {
  expect(inquiry({ ...sale, ssl_trans_status })).toMatchObject({ kind: 'found', outcome: { kind: 'unknown' } });
});

test('declines and other amounts are found as such', () => {
  const declined = { ...sale, ssl_result_message: 'DECLINED', ssl_trans_status: undefined };
  expect(inquiry(declined)).toMatchObject({ outcome: { kind: 'declined', declineCode: 'generic_decline' } });
  expect(inquiry({ ...sale, ssl_result_message: 'NEVER HEARD' })).toMatchObject({ outcome: { kind: 'unknown' } });
  expect(inquiry({ ...sale, ssl_amount: '18.41' })).toMatchObject({ outcome: { wronglyBooked: true } });
});

test('a day has its own sales, with times of the clock of UTC', () => {
  const day = { day: '2026-11-25', terminalCurrency: 'USD' };
  const midnight = { ...sale, ssl_txn_id: 'M', ssl_txn_time: '11/25/2026 12:00:00 AM', ssl_merchant_txn_id: 'other' };
  const after = { ...midnight, ssl_txn_id: 'N', ssl_txn_time: '11/26/2026 12:00:00 AM' };
  const listing = readListing(day, list(sale, midnight, after, returned, voided));
  expect(listing).toMatchObject({ kind: 'listed' });
  expect('sales' in listing && listing.sales).toMatchObject([
    { reference, lastFour: '4242', amountMinor: 1840n, voided: true, bookedAtMs: Date.UTC(2026, 10, 25, 19, 9, 28) },
    { processorTransactionId: 'M', voided: false, bookedAtMs: Date.UTC(2026, 10, 25) },
  ]);
  const cash = { ...midnight, ssl_card_type: 'CASH', ssl_card_number: undefined, ssl_merchant_txn_id: undefined };
  expect(readListing(day, list(sale, cash))).toMatchObject({ kind: 'listed', sales: [{ reference }] });
  for (const change of [
    { ssl_txn_time: '11/25/26' },
    { ssl_amount: '' },
    { ssl_card_number: '' },
    { ssl_txn_id: '' },
  ]) {
    expect(readListing(day, list(sale, { ...midnight, ...change }))).toMatchObject({ kind: 'unanswered' });
  }
});

test('credentials are good when a list is shown, and else the words are passed on', () => {
  expect(readCheck(list())).toEqual({ kind: 'accepted' });
  expect(readCheck(fault('4025'))).toEqual({ kind: 'refused', reason: expect.stringContaining('4025 Name') });
  expect(readCheck(fault('4022'))).toEqual({ kind: 'unanswered', reason: expect.stringContaining('4022') });
  expect(readCheck({ status: 404, body: '<html>' })).toMatchObject({ kind: 'unanswered' });
});

const credentials = Object.fromEntries(['merchantId', 'userId', 'pin'].map((name) => [name, new Secret(name)]));
const terminal: Terminal = { url: 'https://elavon.test', credentials };

/** Which calls it takes, and what comes of them. */
function undo(known: string | undefined, ...answers: ProcessorAnswer[]) {
  const calls: string[] = [];
  for (let count = 0; count <= answers.length; count += 1) {
    const about = { reference, ...(known === undefined ? {} : { processorTransactionId: known }) };
    const step = voidSteps(terminal, about, answers.slice(0, count));
    if ('done' in step) return { calls, done: step.done };
    calls.push(/ccvoid|txnquery/.exec(decodeURIComponent(String(step.send.body)))?.[0] ?? '');
  }
  throw new Error('not done');
}

const accepted = single({ ssl_result: '0', ssl_txn_id: 'V-1', ssl_result_message: 'APPROVAL' });
const open = list(sale);

test.each<[string, string | undefined, ProcessorAnswer[], object]>([
  ['by id', 'A-1', [accepted], { calls: ['ccvoid'], done: { kind: 'voided', processorTransactionId: 'V-1' } }],
  [
    'by reference',
    undefined,
    [open, accepted],
    { calls: ['txnquery', 'ccvoid'], done: { kind: 'voided', processorTransactionId: 'V-1' } },
  ],
  ['what is not there', undefined, [list()], { calls: ['txnquery'], done: { kind: 'not_found' } }],
  ['what is voided', undefined, [list(sale, voided)], { calls: ['txnquery'], done: { kind: 'voided' } }],
  ['again', 'A-1', [fault('5040'), list(sale, voided)], { calls: ['ccvoid', 'txnquery'], done: { kind: 'voided' } }],
  [
    'what has settled',
    'A-1',
    [fault('5040'), list({ ...sale, ssl_trans_status: 'STL' })],
    { calls: ['ccvoid', 'txnquery'], done: { kind: 'settled' } },
  ],
  ['while it settles', 'A-1', [fault('4018'), open], { calls: ['ccvoid', 'txnquery'], done: { kind: 'unanswered' } }],
  [
    'declined',
    'A-1',
    [single({ ssl_result: '1', ssl_result_message: 'INVLD VOID DATA' }), open],
    { calls: ['ccvoid', 'txnquery'], done: { kind: 'unanswered' } },
  ],
  [
    'with the answer to another',
    'A-1',
    [single({ ssl_result: '0', ssl_txn_id: 'V-1', ssl_invoice_number: 'other' }), open],
    { calls: ['ccvoid', 'txnquery'], done: { kind: 'unanswered' } },
  ],
  [
    'without an answer',
    'A-1',
    [
      { status: 500, body: '' },
      { status: 500, body: '' },
    ],
    { calls: ['ccvoid', 'txnquery'], done: { kind: 'unanswered' } },
  ],
  [
    'what the query does not find yet',
    'A-1',
    [{ status: 502, body: '' }, list()],
    { calls: ['ccvoid', 'txnquery'], done: { kind: 'unanswered' } },
  ],
  [
    'with wrong credentials',
    'A-1',
    [fault('4025')],
    { calls: ['ccvoid'], done: { kind: 'refused', cause: 'credentials' } },
  ],
  [
    'by reference, with wrong credentials',
    undefined,
    [fault('4025')],
    { calls: ['txnquery'], done: { kind: 'refused', cause: 'credentials' } },
  ],
])('voids %s', (_what, known, answers, undone) => {
  expect(undo(known, ...answers)).toMatchObject(undone);
});
