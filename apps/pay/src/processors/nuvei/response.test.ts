// What answers of Nuvei amount to. The whole answers are as its sandbox writes them; each code of its tables has a row.
import { DECLINES } from '@ozura/core/attempt-decline';
import { Secret } from '@ozura/core/secret';
import { describe, expect, test } from 'vitest';
import type { ProcessorAnswer, Referred, SaleInput } from '../port.ts';
import { openNuvei } from './index.ts';

const nuvei = openNuvei('https://nuvei.test/ppp/api/v1');
const access = {
  credentials: { merchantId: new Secret('4'), merchantSiteId: new Secret('1'), secretKey: new Secret('s') },
  nowMs: 0,
};
const ours: Referred = { reference: 'R1', account: 'ozu_bluekettle', amountMinor: 1840n, currency: 'USD' };
const session: ProcessorAnswer = { status: 200, body: { status: 'SUCCESS', sessionToken: 'a-token' } };

const head = {
  internalRequestId: 1172848838,
  status: 'SUCCESS',
  errCode: 0,
  reason: '',
  merchantId: '4',
  merchantSiteId: '1',
  version: '1.0',
  clientRequestId: 'R1',
  clientUniqueId: 'R1',
};
const approved = {
  ...head,
  sessionToken: 'a-token',
  orderId: '471833818',
  paymentOption: {
    userPaymentOptionId: '',
    card: { ccCardNumber: '4****1390', bin: '476134', last4Digits: '1390', cvv2Reply: 'M', avsCode: 'Y' },
  },
  transactionStatus: 'APPROVED',
  gwErrorCode: 0,
  gwExtendedErrorCode: 0,
  issuerDeclineCode: '',
  issuerDeclineReason: '',
  transactionType: 'Sale',
  transactionId: '7110000000001990927',
  externalTransactionId: '',
  authCode: '111711',
  externalSchemeTransactionId: 'MCS000111',
  merchantAdviceCode: '',
};
const declined = {
  ...approved,
  transactionStatus: 'DECLINED',
  gwErrorCode: -1,
  gwErrorReason: 'Decline',
  authCode: '',
};
const failed = (errCode: number) => ({ ...head, status: 'ERROR', errCode, reason: 'something' });
const filtered = (gwExtendedErrorCode: number) => ({
  ...approved,
  transactionStatus: 'ERROR',
  gwErrorCode: -1100,
  gwErrorReason: 'filter',
  gwExtendedErrorCode,
});

function done<Result>(step: { readonly send: unknown } | { readonly done: Result }): Result {
  if (!('done' in step)) throw new Error('it asks for more');
  return step.done;
}

const sale = (body: unknown, status = 200) => done(nuvei.sale(ours as SaleInput, [session, { status, body }], access));

test('a complete approval of ours is one', () => {
  expect(sale(approved)).toEqual({
    kind: 'approved',
    processorTransactionId: '7110000000001990927',
    authCode: '111711',
    avsResult: 'Y',
    cvvResult: 'M',
    networkReference: 'MCS000111',
  });
});

test('less than we asked for, or another currency, is an alarm and not a success', () => {
  const partial = (processedAmount: string, processedCurrency: string) => ({
    ...approved,
    partialApproval: { requestedAmount: '18.40', requestedCurrency: 'USD', processedAmount, processedCurrency },
  });
  expect(sale(partial('17.00', 'USD'))).toEqual({
    kind: 'unknown',
    reason: 'booked over another amount',
    wronglyBooked: true,
    processorTransactionId: '7110000000001990927',
    booked: { amountMinor: 1700, currency: 'USD' },
  });
  expect(sale(partial('18.40', 'EUR'))).toMatchObject({ wronglyBooked: true, booked: { currency: 'EUR' } });
  for (const unreadable of [partial('a lot', 'USD'), partial('18.40', 'XYZ'), partial('17.00', '')]) {
    expect(sale(unreadable).kind).toBe('unknown');
    expect(sale(unreadable)).not.toHaveProperty('wronglyBooked');
  }
  expect(sale(partial('18.40', 'USD')).kind).toBe('approved');
  expect(sale(partial('18.4', 'usd')).kind).toBe('approved');
  expect(sale(partial('', '')).kind).toBe('approved');
});

// Public samples and client libraries write the same things in these ways.
test('words in another case, codes as texts and nulls say what they say', () => {
  const nulls = { partialApproval: null, gwErrorReason: null, gwExtendedErrorCode: null, merchantAdviceCode: null };
  expect(sale({ ...approved, ...nulls, status: 'Success', transactionStatus: 'Approved' }).kind).toBe('approved');
  for (const gwErrorCode of ['0', null, '']) expect(sale({ ...approved, gwErrorCode }).kind).toBe('approved');
  for (const gwErrorCode of ['-1', ' 0', 'none', true, []]) {
    expect(sale({ ...approved, gwErrorCode }).kind).toBe('unknown');
  }
  const text = { transactionStatus: 'Declined', gwErrorCode: '-1', issuerDeclineCode: '51' };
  expect(sale({ ...declined, ...text })).toMatchObject({ kind: 'declined', declineCode: 'insufficient_funds' });
  expect(sale({ ...filtered(1103), gwErrorCode: '-1100', gwExtendedErrorCode: '1103' })).toEqual({
    kind: 'declined',
    declineCode: 'invalid_number',
    processorCode: '1103',
  });
  expect(sale({ ...failed(1001), errCode: '1001' })).toMatchObject({ kind: 'refused', cause: 'credentials' });
  expect(sale({ ...failed(1001), errCode: '1001x' }).kind).toBe('unknown');
  expect(sale({ ...failed(1001), transactionId: null }).kind).toBe('refused');
});

test('a total beyond what a single amount may be is read all the same', () => {
  const inquiry = done(
    nuvei.inquire(
      { ...ours, amountMinor: 150_000_000n },
      [{ status: 200, body: { ...head, transactionDetails: { ...transaction, processedAmount: '1500000.00' } } }],
      access,
    ),
  );
  expect(inquiry).toMatchObject({ kind: 'found', outcome: { kind: 'approved' } });
});

test.each([
  ['another reference', { ...approved, clientUniqueId: 'R2' }, 200],
  ['no name of ours', { ...approved, clientUniqueId: undefined, clientRequestId: undefined }, 200],
  ['another request', { ...approved, clientRequestId: 'R2' }, 200],
  ['a name that is no text', { ...approved, clientUniqueId: 7 }, 200],
  ['a request that is no text', { ...approved, clientRequestId: ['R1'] }, 200],
  ['another type', { ...approved, transactionType: 'Auth' }, 200],
  ['no id', { ...approved, transactionId: '' }, 200],
  ['an approval with an error', { ...approved, gwErrorCode: -1 }, 200],
  ['a success with an error of the call', { ...approved, errCode: 1019 }, 200],
  ['a decline with an error of the call', { ...declined, errCode: '1019' }, 200],
  ['a decline with another code', { ...declined, gwErrorCode: -2 }, 200],
  ['PENDING', { ...approved, transactionStatus: 'PENDING' }, 200],
  ['REDIRECT', { ...approved, transactionStatus: 'REDIRECT' }, 200],
  ['a status of no table', { ...approved, transactionStatus: 'MAYBE' }, 200],
  ['no status', { ...approved, transactionStatus: undefined }, 200],
  ['an error with a code that is none', { ...filtered(1103), gwExtendedErrorCode: 'x1103' }, 200],
  ['an error of the gateway that is no filter', { ...filtered(1103), gwErrorCode: -1001 }, 200],
  ['an error of another request', { ...failed(1001), clientUniqueId: 'R2' }, 200],
  ['an error with a transaction', { ...failed(1019), transactionId: '7' }, 200],
  ['a page', '<html></html>', 200],
  ['nothing', undefined, 200],
  ['a list', [approved], 200],
  ['a good body with an error status', approved, 500],
  ['a redirect', approved, 302],
])('%s is unknown', (_name, body, status) => {
  const outcome = sale(body, status);
  expect(outcome.kind).toBe('unknown');
  expect(outcome).not.toHaveProperty('wronglyBooked');
});

describe('a request that was not carried out', () => {
  const credentials = [1001, 1002, 1003, 1013, 1017, 1022];
  const malformed = [
    1007, 1010, 1011, 1014, 1015, 1016, 1019, 1020, 1021, 1023, 1024, 1034, 1040, 1041, 1055, 1056, 1059, 1060, 1061,
    1063, 1065, 1066, 1067, 1068, 1069, 1070,
  ];
  const cards = {
    1004: 'invalid_number',
    1005: 'invalid_expiry',
    1006: 'invalid_expiry',
    1008: 'expired_card',
    1018: 'invalid_number',
    1028: 'card_not_supported',
    1029: 'invalid_expiry',
    1062: 'invalid_cvv',
  };
  // What may come after the bank, or speaks of another charge, and what no table has.
  const open = [0, 1000, 1012, 1038, 1057, 1058, 1064, 9146, 4711];

  test.each(credentials)('%s: the credentials', (code) => {
    expect(sale(failed(code))).toMatchObject({ kind: 'refused', cause: 'credentials' });
  });
  test.each(malformed)('%s: provably nothing', (code) => {
    expect(sale(failed(code))).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  });
  test.each(Object.entries(cards))('%s: the card, %s', (code, declineCode) => {
    expect(sale(failed(Number(code)))).toEqual({ kind: 'declined', declineCode, processorCode: code });
  });
  test.each(open)('%s: unknown', (code) => expect(sale(failed(code)).kind).toBe('unknown'));
});

describe('a filter of the gateway', () => {
  const cards = {
    1001: 'invalid_expiry',
    1002: 'expired_card',
    1101: 'invalid_number',
    1102: 'invalid_number',
    1103: 'invalid_number',
    1104: 'invalid_cvv',
    1109: 'card_not_supported',
    1110: 'card_not_supported',
    1113: 'card_not_supported',
    1114: 'restricted_card',
    1115: 'invalid_number',
    1116: 'generic_decline',
    1127: 'limit_exceeded',
    1132: 'limit_exceeded',
  };
  const ofTheRequest = [
    1105, 1106, 1107, 1108, 1111, 1112, 1118, 1119, 1120, 1121, 1122, 1124, 1125, 1126, 1128, 1130, 1131, 1133, 1135,
    1136, 1137, 1138, 1139, 1181,
  ];
  test.each(Object.entries(cards))('%s: declined, %s', (code, declineCode) => {
    expect(sale(filtered(Number(code)))).toEqual({ kind: 'declined', declineCode, processorCode: code });
    expect(DECLINES).toHaveProperty(declineCode);
  });
  test.each(ofTheRequest)('%s: provably nothing', (code) => {
    expect(sale(filtered(code))).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  });
  test.each([0, 1129, 1134, 1271, 4711])('%s: unknown', (code) => expect(sale(filtered(code)).kind).toBe('unknown'));
});

test.each([
  [{}, 'generic_decline', '-1'],
  [{ issuerDeclineCode: '05' }, 'do_not_honor', '05'],
  [{ issuerDeclineCode: '51' }, 'insufficient_funds', '51'],
  [{ issuerDeclineCode: '41' }, 'lost_card', '41'],
  [{ issuerDeclineCode: '43' }, 'stolen_card', '43'],
  [{ issuerDeclineCode: '1A' }, 'authentication_required', '1A'],
  [{ issuerDeclineCode: 'ZZ' }, 'generic_decline', 'ZZ'],
  [{ gwErrorReason: 'Insufficient Funds' }, 'insufficient_funds', '-1'],
  [{ gwErrorReason: 'Do not honor' }, 'do_not_honor', '-1'],
  [{ gwErrorReason: 'Lost/Stolen' }, 'lost_card', '-1'],
  [{ gwErrorReason: 'constructor' }, 'generic_decline', '-1'],
  [{ issuerDeclineCode: '51', merchantAdviceCode: '03' }, 'stop_payment_order', '51'],
  [{ merchantAdviceCode: '21' }, 'stop_payment_order', '-1'],
  [{ merchantAdviceCode: '01' }, 'generic_decline', '-1'],
])('a decline with %j is %s', (words, declineCode, processorCode) => {
  expect(sale({ ...declined, ...words })).toEqual({ kind: 'declined', declineCode, processorCode });
});

test.each([
  ['A', 'A'],
  ['B', 'U'],
  ['N', 'N'],
  ['n', 'N'],
  ['R', 'R'],
  ['S', 'S'],
  ['U', 'U'],
  ['W', 'W'],
  ['X', 'X'],
  ['Y', 'Y'],
  ['Z', 'Z'],
  ['', ''],
  ['Q', ''],
  [7, ''],
])('the AVS letter %s is %s', (avsCode, avsResult) => {
  expect(sale({ ...approved, paymentOption: { card: { avsCode } } })).toMatchObject({ avsResult, cvvResult: '' });
});

test.each([
  ['M', 'M'],
  ['N', 'N'],
  ['n', 'N'],
  ['P', 'P'],
  ['U', 'U'],
  ['S', 'U'],
  ['', ''],
  ['X', ''],
])('the CVV letter %s is %s', (cvv2Reply, cvvResult) => {
  expect(sale({ ...approved, paymentOption: { card: { cvv2Reply } } })).toMatchObject({ cvvResult });
});

test('without a session no card was sent, whatever came in its place', () => {
  const opened = (body: unknown, status = 200) => done(nuvei.sale(ours as SaleInput, [{ status, body }], access));
  expect(opened(failed(1001))).toMatchObject({ kind: 'refused', cause: 'credentials' });
  for (const body of [failed(1000), failed(1062), { status: 'SUCCESS' }, '<html>', undefined]) {
    expect(opened(body)).toMatchObject({ kind: 'refused', cause: 'unavailable' });
  }
  expect(opened({ status: 'SUCCESS', sessionToken: 't' }, 500)).toMatchObject({
    kind: 'refused',
    cause: 'unavailable',
  });
});

test('a refund is a credit of ours', () => {
  const refund = (changes: object) =>
    done(
      nuvei.refund(
        { ...ours, reference: 'R1', saleReference: 'S', saleTransactionId: '7' },
        [
          {
            status: 200,
            body: { ...approved, clientRequestId: 'R1-19700101000000', transactionType: 'Credit', ...changes },
          },
        ],
        access,
      ),
    );
  expect(refund({})).toMatchObject({ kind: 'approved', processorTransactionId: '7110000000001990927' });
  expect(refund({ clientUniqueId: undefined }).kind).toBe('approved');
  expect(refund({ clientRequestId: undefined }).kind).toBe('approved');
  expect(refund({ clientUniqueId: undefined, clientRequestId: undefined }).kind).toBe('unknown');
  expect(refund({ clientRequestId: 'R1-19700101000001' }).kind).toBe('unknown');
  expect(refund({ transactionType: 'Sale' }).kind).toBe('unknown');
  // As in the samples of Nuvei's library for Java.
  expect(refund({ transactionType: undefined, clientUniqueId: undefined }).kind).toBe('approved');
  expect(refund({ transactionStatus: 'ERROR', gwErrorCode: -1100, gwExtendedErrorCode: 1106 }).kind).toBe('refused');
  expect(refund({ transactionStatus: 'DECLINED', gwErrorCode: -1 }).kind).toBe('declined');
});

const transaction = {
  date: '2026-11-25T18:45:00',
  credited: 'False',
  isVoided: 'False',
  transactionStatus: 'APPROVED',
  transactionType: 'Sale',
  transactionId: '7110000000001990927',
  clientUniqueId: 'R1',
  authCode: '111711',
  processedAmount: '18.40',
  processedCurrency: 'USD',
};
const found = (changes: object = {}): ProcessorAnswer => ({
  status: 200,
  body: { ...head, clientUniqueId: undefined, transactionDetails: { ...transaction, ...changes } },
});

test('an inquiry tells a finding, a miss, or nothing', () => {
  const inquire = (answer: ProcessorAnswer) => done(nuvei.inquire(ours, [answer], access));
  expect(inquire(found())).toMatchObject({ kind: 'found', voided: false, outcome: { kind: 'approved' } });
  for (const isVoided of ['True', 'true', true, '1']) {
    expect(inquire(found({ isVoided }))).toMatchObject({ kind: 'found', voided: true });
  }
  expect(inquire(found({ transactionStatus: 'DECLINED' }))).toMatchObject({ outcome: { kind: 'declined' } });
  expect(inquire(found({ transactionStatus: 'PENDING' }))).toMatchObject({ outcome: { kind: 'unknown' } });
  expect(inquire(found({ processedAmount: '18.41' }))).toMatchObject({ outcome: { wronglyBooked: true } });
  expect(inquire(found({ clientUniqueId: 'R2' }))).toMatchObject({ outcome: { kind: 'unknown' } });
  expect(inquire(found({ transactionType: undefined }))).toMatchObject({ outcome: { kind: 'unknown' } });
  expect(inquire(found({ processedAmount: undefined, processedCurrency: undefined })).kind).toBe('unanswered');
  expect(inquire({ status: 200, body: failed(9146) })).toEqual({ kind: 'not_found' });
  for (const body of [failed(1001), failed(1000), '<html>', undefined]) {
    expect(inquire({ status: 200, body }).kind).toBe('unanswered');
  }
  expect(inquire({ ...found(), status: 503 }).kind).toBe('unanswered');
});

test('a lookup in the words of public samples is read all the same', () => {
  const inquire = (answer: ProcessorAnswer) => done(nuvei.inquire(ours, [answer], access));
  const words = { transactionStatus: 'Approved', gwErrorCode: null, processedAmount: 18.4, processedCurrency: 'usd' };
  expect(inquire(found(words))).toMatchObject({ kind: 'found', voided: false, outcome: { kind: 'approved' } });
  expect(inquire(found({ transactionStatus: 'Declined' }))).toMatchObject({ outcome: { kind: 'declined' } });
  const outside = found({ clientUniqueId: null });
  const body = { ...(outside.body as object), clientUniqueId: 'R1' };
  expect(inquire({ ...outside, body })).toMatchObject({ outcome: { kind: 'approved' } });
  // Only what was asked for is told: nobody knows what was processed.
  const asked = { partialApproval: { requestedAmount: '18.40', requestedCurrency: 'USD' } };
  expect(inquire(found({ ...asked, processedAmount: '', processedCurrency: null })).kind).toBe('unanswered');
  expect(nuvei.void({ ...ours, voidReference: 'V1' }, [found(words)], access)).toMatchObject({
    send: { body: { amount: '18.40', currency: 'USD' } },
  });
});

describe('a void', () => {
  const voided = (...answers: ProcessorAnswer[]) => nuvei.void({ ...ours, voidReference: 'V1' }, answers, access);
  const answer = (changes: object): ProcessorAnswer => ({
    status: 200,
    body: {
      ...approved,
      clientUniqueId: 'V1',
      clientRequestId: 'V1-19700101000000',
      transactionType: 'Void',
      transactionId: '72',
      ...changes,
    },
  });

  test('looks at what it undoes first', () => {
    expect(voided(found({ isVoided: 'True' }))).toEqual({ done: { kind: 'voided' } });
    const unseen = { status: 200, body: failed(9146) };
    expect(nuvei.void(ours, [unseen], access)).toEqual({ done: { kind: 'not_found' } });
    const known = { ...ours, processorTransactionId: '71', voidReference: 'V1' };
    expect(nuvei.void(known, [unseen], access)).toMatchObject({ done: { kind: 'unanswered' } });
    expect(voided({ status: 200, body: failed(1001) })).toMatchObject({
      done: { kind: 'refused', cause: 'credentials' },
    });
    for (const change of [{ clientUniqueId: 'R2' }, { transactionStatus: 'PENDING' }, { processedAmount: undefined }]) {
      expect(voided(found(change))).toMatchObject({ done: { kind: 'unanswered' } });
    }
  });

  test('goes over what was booked, by its id', () => {
    expect(voided(found({ processedAmount: '19.40' }))).toMatchObject({
      send: { body: { amount: '19.40', relatedTransactionId: '7110000000001990927', clientUniqueId: 'V1' } },
    });
  });

  test.each([
    [answer({}), { kind: 'voided', processorTransactionId: '72' }],
    [answer({ clientUniqueId: 'V2' }), { kind: 'unanswered' }],
    [answer({ gwErrorCode: -1 }), { kind: 'unanswered' }],
    [answer({ transactionStatus: 'DECLINED', gwErrorCode: -1 }), { kind: 'refused', cause: 'unavailable' }],
    [answer({ transactionStatus: 'ERROR', gwErrorCode: -1100, gwExtendedErrorCode: 1112 }), { kind: 'unanswered' }],
    [answer({ transactionStatus: 'ERROR', gwErrorCode: -1999 }), { kind: 'unanswered' }],
    [answer({ transactionStatus: 'PENDING' }), { kind: 'unanswered' }],
    [
      { status: 200, body: failed(1022) },
      { kind: 'refused', cause: 'credentials' },
    ],
    [{ status: 200, body: failed(1000) }, { kind: 'unanswered' }],
    [{ status: 500, body: '<html>' }, { kind: 'unanswered' }],
  ] as const)('answered as in row %# is what it says', (said, outcome) => {
    expect(voided(found(), said)).toMatchObject({ done: outcome });
  });
});

test('whether the merchant is known there is asked by a session, and told in words', () => {
  const about = { account: 'ozu_bluekettle' };
  const check = (answer: ProcessorAnswer) => nuvei.check?.(about, [answer], access);
  expect(nuvei.check?.(about, [], access)).toMatchObject({ send: { body: { clientRequestId: 'C0-S' } } });
  expect(check(session)).toEqual({ done: { kind: 'accepted' } });
  for (const code of [1001, 1002, 1003, 1013, 1017, 1021, 1022, 1034]) {
    expect(check({ status: 200, body: failed(code) })).toMatchObject({
      done: { kind: 'refused', reason: expect.stringContaining(`it says ${code} something: `) },
    });
  }
  expect(check({ status: 200, body: failed(1000) })).toMatchObject({ done: { kind: 'unanswered' } });
  expect(check({ status: 403, body: '<html>' })).toMatchObject({ done: { kind: 'unanswered', reason: 'status 403' } });
});

test('a void that a filter refuses has come after settlement only if nothing was undone meanwhile', () => {
  const names = { clientUniqueId: 'V1', clientRequestId: undefined };
  const body = { ...approved, ...names, transactionStatus: 'ERROR', gwErrorCode: -1100 };
  const refused: ProcessorAnswer = { status: 200, body: { ...body, gwExtendedErrorCode: 1131 } };
  const voided = (...answers: ProcessorAnswer[]) => nuvei.void({ ...ours, voidReference: 'V1' }, answers, access);
  expect(voided(found(), refused)).toMatchObject({ send: { body: { transactionId: '7110000000001990927' } } });
  expect(voided(found(), refused, found())).toEqual({ done: { kind: 'settled' } });
  expect(voided(found(), refused, found({ isVoided: 'True' }))).toEqual({ done: { kind: 'voided' } });
  expect(voided(found(), refused, { status: 500, body: '' })).toMatchObject({ done: { kind: 'unanswered' } });
});

test('a total of several large amounts is read as it is', () => {
  const inquire = (answer: ProcessorAnswer) =>
    done(nuvei.inquire({ ...ours, amountMinor: 120_000_000n }, [answer], access));
  expect(inquire(found({ processedAmount: '1200000.00' }))).toMatchObject({ outcome: { kind: 'approved' } });
});

test('an amount that cannot be read is no other amount', () => {
  for (const change of [{ processedAmount: 'a lot' }, { processedCurrency: 'XYZ' }, { processedCurrency: undefined }]) {
    expect(done(nuvei.inquire(ours, [found(change)], access)).kind).toBe('unanswered');
  }
});

test('a sale is no finding of a refund, and a refund none of a sale', () => {
  const refund = { ...ours, saleTransactionId: '7' };
  expect(done(nuvei.inquire(refund, [found()], access))).toMatchObject({ outcome: { kind: 'unknown' } });
  const credit = found({ transactionType: 'Credit', isVoided: 'True' });
  expect(done(nuvei.inquire(refund, [credit], access))).toMatchObject({ outcome: { kind: 'approved' }, voided: true });
  expect(done(nuvei.inquire(ours, [credit], access))).toMatchObject({ outcome: { kind: 'unknown' }, voided: false });
  expect(done(nuvei.inquire(ours, [found({ clientUniqueId: 'R2', isVoided: 'True' })], access))).toMatchObject({
    outcome: { kind: 'unknown' },
    voided: false,
  });
});

test('there are no lists', () => {
  expect(nuvei.list({ account: 'ozu_bluekettle', day: '2026-11-25' }, [], access)).toEqual({
    done: { kind: 'unsupported' },
  });
});
