// What answers of Converge to a sale amount to. The documents are written from the field tables of the integration guide.
import { DECLINES } from '@ozura/core/attempt-decline';
import { describe, expect, test } from 'vitest';
import { type Expected, readOutcome } from './response.ts';
import { writeTxn } from './txn.ts';

const ours: Expected = {
  reference: '261125ABCDEFGHJKMNPQRSTVWX',
  amountMinor: 1840n,
  currency: 'USD',
  terminalCurrency: 'USD',
  lastFour: '4242',
};

const approval = {
  ssl_issuer_response: '00',
  ssl_transaction_type: 'SALE',
  ssl_card_number: '42**********4242',
  ssl_result: '0',
  ssl_txn_id: '251126ED4-48E1CA31-F2C5-411B-9543-AEA81EFB81B9',
  ssl_avs_response: 'Y',
  ssl_approval_code: '259849',
  ssl_amount: '18.40',
  ssl_txn_time: '11/25/2026 07:09:28 PM',
  ssl_ps2000_data: 'A9151909286574590030VE',
  ssl_oar_data: '0100123443',
  ssl_result_message: 'APPROVAL',
  ssl_invoice_number: '61125ABCDEFGHJKMNPQRSTVWX',
  ssl_cvv2_response: 'M',
};
type Change = Readonly<Record<string, string | undefined>>;

const xml = '<?xml version="1.0" encoding="UTF-8"?>\n';
const read = (fields: Change, expected: Partial<Expected> = {}, status = 200) =>
  readOutcome({ ...ours, ...expected }, { status, body: xml + writeTxn(fields) });
const readBody = (body: unknown, status = 200) => readOutcome(ours, { status, body });

describe('an approval', () => {
  test('is one when it is whole and ours', () => {
    expect(read(approval)).toEqual({
      kind: 'approved',
      processorTransactionId: '251126ED4-48E1CA31-F2C5-411B-9543-AEA81EFB81B9',
      authCode: '259849',
      avsResult: 'Y',
      cvvResult: 'M',
      networkReference: '259849|A9151909286574590030VE|0100123443',
    });
  });

  test('needs no more than the guide promises', () => {
    const least = { ssl_result: '0', ssl_txn_id: 'A-1', ssl_amount: '18.40' };
    expect(read(least)).toEqual({ kind: 'approved', processorTransactionId: 'A-1', avsResult: '', cvvResult: '' });
  });

  test.each(['<errorCode></errorCode>', '<errorCode/><errorName/>', '<errorCode>0</errorCode>'])(
    'may say that there is no error: %s',
    (none) => {
      const body = `  ${xml}${writeTxn(approval).replace('</txn>', `${none}</txn>`)}\n`;
      expect(readBody(body).kind).toBe('approved');
    },
  );

  test.each<[string, Change]>([
    ['another reference', { ssl_merchant_txn_id: '261125ABCDEFGHJKMNPQRSTVW0' }],
    ['another invoice', { ssl_invoice_number: 'order-7' }],
    ['another card', { ssl_card_number: '42**********1111' }],
    ['no id', { ssl_txn_id: undefined }],
    ['no amount', { ssl_amount: undefined }],
    ['an amount that is none', { ssl_amount: '***' }],
    ['words that contradict it', { ssl_result_message: 'DECLINED' }],
    ['words for a part, over the whole', { ssl_result_message: 'PARTIAL APPROVAL' }],
    ['another type', { ssl_transaction_type: 'AUTHONLY' }],
    ['an error beside it', { errorCode: '5000' }],
    ['a result that is none', { ssl_result: 'OK' }],
    ['no result', { ssl_result: undefined }],
  ])('with %s is unknown', (_what, change) => {
    const outcome = read({ ...approval, ...change });
    expect(outcome.kind).toBe('unknown');
    expect(outcome).not.toHaveProperty('wronglyBooked');
  });

  test.each<[string, Change, Partial<Expected>, object]>([
    ['another amount', { ssl_amount: '18.41' }, {}, { amountMinor: 1841, currency: 'USD' }],
    [
      'a part of it',
      { ssl_amount: '.40', ssl_result_message: 'PARTIAL APPROVAL' },
      {},
      { amountMinor: 40, currency: 'USD' },
    ],
    ['another currency', { ssl_transaction_currency: 'EUR' }, {}, { amountMinor: 1840, currency: 'EUR' }],
  ])('over %s is an alarm', (_what, change, expected, booked) => {
    expect(read({ ...approval, ...change }, expected)).toMatchObject({ kind: 'unknown', wronglyBooked: true, booked });
  });

  test('of another currency than the terminal’s has to name it', () => {
    expect(read(approval, { currency: 'EUR' })).toEqual({ kind: 'unknown', reason: expect.stringContaining('amount') });
    for (const named of ['EUR', 'eur']) {
      expect(read({ ...approval, ssl_transaction_currency: named }, { currency: 'EUR' }).kind).toBe('approved');
    }
    const yen = { ...approval, ssl_amount: '1500', ssl_transaction_currency: 'JPY' };
    expect(read(yen, { currency: 'JPY', amountMinor: 1500n }).kind).toBe('approved');
  });

  test.each(['Y', 'X', 'D', 'M', 'F', 'Z', 'W', 'P', 'A', 'N', 'B', 'C', 'E', 'G', 'I', 'R', 'S', 'U'])(
    'has the address result %s as it is',
    (letter) => expect(read({ ...approval, ssl_avs_response: letter })).toMatchObject({ avsResult: letter }),
  );

  test('has small letters for what capitals say', () => {
    const small = { ...approval, ssl_avs_response: 'n', ssl_cvv2_response: 'n' };
    expect(read(small)).toMatchObject({ avsResult: 'N', cvvResult: 'N' });
  });

  test('has no result of what was not checked', () => {
    expect(read({ ...approval, ssl_avs_response: ' ', ssl_cvv2_response: undefined })).toMatchObject({
      avsResult: '',
      cvvResult: '',
    });
    expect(read({ ...approval, ssl_avs_response: 'O', ssl_cvv2_response: 'Q' })).toMatchObject({
      avsResult: '',
      cvvResult: '',
    });
  });
});

describe('a decline', () => {
  const declined = { ...approval, ssl_result: '1', ssl_approval_code: '      ' };
  const decline = (message: string, issuer?: string) =>
    read({ ...declined, ssl_result_message: message, ssl_issuer_response: issuer });

  test.each([
    ['DECLINED', 'generic_decline'],
    ['DECLINED T4', 'generic_decline'],
    ['CANNOT CONVERT', 'generic_decline'],
    ['DECLINE CVV2', 'invalid_cvv'],
    ['PICK UP CARD', 'pickup_card'],
    ['EXPIRED CARD', 'expired_card'],
    ['INVALID CARD', 'invalid_number'],
    ['AMOUNT ERROR', 'invalid_amount'],
    ['AMT OVER SVC LMT', 'limit_exceeded'],
    ['REQ. EXCEEDS BAL.', 'insufficient_funds'],
    ['DECLINED: NSF', 'insufficient_funds'],
    ['SUSPECTED FRAUD', 'fraudulent'],
    ['CALL AUTH. CENTER', 'call_issuer'],
    ['SEQ ERR PLS CALL', 'call_issuer'],
    ['APPL TYPE ERROR', 'call_issuer'],
    ['INCORRECT PIN', 'authentication_required'],
    ['INVALID CAVV', 'authentication_required'],
    ['SERV NOT ALLOWED', 'card_not_supported'],
    ['INVALID TERM ID', 'merchant_not_permitted'],
    ['INVLD TERM ID 1', 'merchant_not_permitted'],
    ['INVLD TERM ID 2', 'merchant_not_permitted'],
    ['MAX MONTHLY VOL', 'merchant_not_permitted'],
    ['MUST SETTLE MMDD', 'processing_error'],
    ['DECLINED-HELP 9999', 'processing_error'],
    ['NETWORK ERROR', 'issuer_unavailable'],
    ['PLEASE RETRY', 'try_again_later'],
  ])('that says %s is %s', (message, declineCode) => {
    expect(decline(message)).toEqual({ kind: 'declined', declineCode, processorCode: message });
    expect(DECLINES).toHaveProperty(declineCode);
  });

  test('is told apart by the issuer’s own code', () => {
    expect(decline('PICK UP CARD', '41')).toEqual({ kind: 'declined', declineCode: 'lost_card', processorCode: '41' });
    expect(decline('PICK UP CARD', '43')).toMatchObject({ declineCode: 'stolen_card' });
    expect(decline('DECLINED', '51')).toMatchObject({ declineCode: 'insufficient_funds' });
    expect(decline('DECLINED', '1A')).toMatchObject({ declineCode: 'authentication_required' });
    expect(decline('DECLINED', 'Z9')).toMatchObject({ declineCode: 'generic_decline', processorCode: 'Z9' });
  });

  test.each([
    ['SOMETHING NEW', 'Z9'],
    ['', ''],
    ['APPROVAL', '00'],
    ['Approval', '05'],
    ['PARTIAL APPROVAL', '05'],
    ['DUPLICATE TRAN', '94'],
    ['DUP CHECK NBR', ''],
    ['DECLINED', '94'],
    ['RECORD NOT FOUND', ''],
    ['constructor', 'toString'],
  ])('that says %s %s is unknown', (message, issuer) => {
    expect(decline(message, issuer).kind).toBe('unknown');
  });

  test('of somebody else is unknown', () => {
    expect(read({ ...declined, ssl_result_message: 'DECLINED', ssl_merchant_txn_id: 'X' }).kind).toBe('unknown');
  });
});

describe('a fault', () => {
  const fault = (errorCode: string) => read({ errorCode, errorName: 'Name', errorMessage: 'Words & words' });

  test.each(['4000', '4013', '4014', '4016', '4019', '4025'])('%s refuses the credentials', (code) => {
    expect(fault(code)).toEqual({ kind: 'refused', cause: 'credentials', reason: `error ${code}` });
  });
  test.each([
    '4002',
    '4003',
    '4005',
    '4006',
    '4007',
    '4009',
    '4010',
    '4011',
    '5000',
    '5001',
    '5002',
    '5004',
    '5005',
    '5040',
    '5091',
    '9999',
  ])('%s refuses the request', (code) =>
    expect(fault(code)).toEqual({ kind: 'refused', cause: 'unavailable', reason: `error ${code}` }),
  );
  test.each(['3000', '3001', '3002', '3003', '4017', '4018', '4022', '4999', '', '__proto__'])(
    '%s proves nothing',
    (code) => expect(fault(code).kind).toBe('unknown'),
  );
  test('that has a transaction contradicts itself', () => {
    expect(read({ errorCode: '5000', errorName: 'Name', ssl_txn_id: 'A-1' }).kind).toBe('unknown');
  });
});

test.each<[string, unknown, number]>([
  ['a page', '<html><body>Internal Server Error</body></html>', 200],
  ['a broken page', '<html><br>', 200],
  ['nothing', '', 200],
  ['JSON', { ssl_result: '0' }, 200],
  ['a part of a document', writeTxn(approval).slice(0, -20), 200],
  ['two documents', writeTxn(approval) + writeTxn(approval), 200],
  ['words behind it', `${writeTxn(approval)} more`, 200],
  [
    'a field that is there twice',
    writeTxn(approval).replace('<ssl_result>', '<ssl_result>1</ssl_result><ssl_result>'),
    200,
  ],
  ['a document type', `<!DOCTYPE txn [<!ENTITY a "0">]>${writeTxn(approval)}`, 200],
  ['another document', '<txnlist><ssl_txn_count>0</ssl_txn_count></txnlist>', 200],
  ['another status', writeTxn(approval), 500],
  ['a redirect', writeTxn(approval), 302],
])('%s is unknown', (_what, body, status) => {
  expect(readBody(body, status).kind).toBe('unknown');
});

test('elements that are empty, have attributes or others below them do no harm', () => {
  const body = writeTxn(approval).replace('</txn>', '<ssl_email/><ssl_x a="b"><y>1</y></ssl_x><!-- c --></txn>');
  expect(readBody(xml + body).kind).toBe('approved');
});

test('text may stand in CDATA, and characters may be written by their numbers', () => {
  for (const message of ['<![CDATA[APPROVAL]]>', '<![CDATA[APPR]]>OVAL', 'APPR&#79;VAL', 'APPR&#x4f;VAL']) {
    const body = writeTxn(approval).replace('>APPROVAL<', `>${message}<`);
    expect(readBody(xml + body).kind).toBe('approved');
  }
  for (const message of ['<![CDATA[APPROVAL', '<![CDATA[APPR&#79;VAL]]>', '<![CDATA[</ssl_result_message>]]>']) {
    const body = writeTxn(approval).replace('>APPROVAL<', `>${message}<`);
    expect(readBody(xml + body).kind).toBe('unknown');
  }
});
