// What Converge is sent: a document in a form, with what the terminal was set up for, and nothing that a customer made up.
import { Secret } from '@ozura/core/secret';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asksForCode, asksForNumber, placeholder } from '../placeholders.ts';
import type { ProcessorRequest, SaleInput } from '../port.ts';
import { dayRequest, queryRequest, returnRequest, saleRequest, type Terminal, voidRequest } from './request.ts';
import { readTxn } from './txn.ts';

const url = 'https://elavon.test/VirtualMerchantDemo/processxml.do';
const terminal = (more: Record<string, string> = {}): Terminal => ({
  url,
  credentials: Object.fromEntries(
    Object.entries({ merchantId: '000127', userId: 'webpage', pin: 'PIN&1', ...more }).map(([name, text]) => [
      name,
      new Secret(text),
    ]),
  ),
});

const sale: SaleInput = {
  reference: '261125ABCDEFGHJKMNPQRSTVWX',
  account: 'ozu_bluekettle',
  amountMinor: 1840n,
  currency: 'USD',
  bin: '424242',
  lastFour: '4242',
  billing: {
    firstName: 'Ines',
    lastName: 'Duarte',
    email: 'ines@bluekettle.test',
    phone: '+14155550134',
    address: {
      line1: '1 Main Street',
      line2: 'Flat 2',
      city: 'Springfield',
      state: 'IL',
      zip: '62701-0001',
      country: 'US',
    },
  },
  channel: 'ecommerce',
  hasSecurityCode: true,
  initiator: 'customer',
  orderId: 'order-7',
  clientIpAddress: '198.51.100.7',
  taxMinor: 140n,
  surchargeMinor: 50n,
  descriptor: 'BLUE KETTLE TEA AND COFFEE',
};

const fieldsOf = ({ body }: ProcessorRequest): Record<string, string> => {
  const xml = new URLSearchParams(String(body)).get('xmldata');
  return Object.fromEntries(readTxn(xml) ?? []);
};
const saleFields = (change: Partial<SaleInput> = {}, more?: Record<string, string>) =>
  fieldsOf(saleRequest(terminal(more), { ...sale, ...change }));

test('a sale is one document in a form', () => {
  const request = saleRequest(terminal(), sale);
  expect(request).toMatchObject({
    method: 'POST',
    url,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  expect(asksForNumber(request)).toBe(true);
  expect(asksForCode(request)).toBe(true);
  expect(fieldsOf(request)).toEqual({
    ssl_merchant_id: '000127',
    ssl_user_id: 'webpage',
    ssl_pin: 'PIN&1',
    ssl_transaction_type: 'ccsale',
    ssl_amount: '18.40',
    ssl_salestax: '1.40',
    ssl_merchant_txn_id: '261125ABCDEFGHJKMNPQRSTVWX',
    ssl_invoice_number: '61125ABCDEFGHJKMNPQRSTVWX',
    ssl_description: 'order-7',
    ssl_card_number: placeholder('cardNumber'),
    ssl_exp_date: placeholder('expirationMonth') + placeholder('expirationYear2'),
    ssl_card_present: 'N',
    ssl_cvv2cvc2_indicator: '1',
    ssl_cvv2cvc2: placeholder('cvc'),
    ssl_first_name: 'Ines',
    ssl_last_name: 'Duarte',
    ssl_avs_address: '1 Main Street',
    ssl_address2: 'Flat 2',
    ssl_avs_zip: '627010001',
    ssl_city: 'Springfield',
    ssl_state: 'IL',
    ssl_country: 'US',
    ssl_email: 'ines@bluekettle.test',
    ssl_phone: '+14155550134',
    ssl_cardholder_ip: '198.51.100.7',
  });
});

test('a newer account goes by its own number', () => {
  expect(saleFields({}, { accountId: '2159250' })).toMatchObject({ ssl_account_id: '2159250' });
  expect(saleFields({}, { accountId: '2159250' })).not.toHaveProperty('ssl_merchant_id');
});

test('a currency is named unless it is the terminal’s own, and amounts have its decimals', () => {
  expect(saleFields()).not.toHaveProperty('ssl_transaction_currency');
  expect(saleFields({ currency: 'JPY', amountMinor: 1500n, taxMinor: 0n })).toMatchObject({
    ssl_amount: '1500',
    ssl_transaction_currency: 'JPY',
  });
  expect(saleFields({ currency: 'KWD', amountMinor: 12345n })).toMatchObject({ ssl_amount: '12.345' });
  expect(saleFields({}, { terminalCurrency: 'CAD' })).toMatchObject({ ssl_transaction_currency: 'USD' });
  expect(saleFields({ currency: 'CAD' }, { terminalCurrency: 'CAD' })).not.toHaveProperty('ssl_transaction_currency');
});

test('a name for the statement is sent in the length that the terminal takes', () => {
  expect(saleFields()).not.toHaveProperty('ssl_dynamic_dba');
  expect(saleFields({}, { descriptorLength: '12' })).toMatchObject({ ssl_dynamic_dba: 'BLUE KETTLE' });
  expect(saleFields({}, { descriptorLength: 'long' })).not.toHaveProperty('ssl_dynamic_dba');
});

test('without a code none is asked for', () => {
  const request = saleRequest(terminal(), { ...sale, hasSecurityCode: false });
  expect(fieldsOf(request)).toMatchObject({ ssl_cvv2cvc2_indicator: '9' });
  expect(asksForCode(request)).toBe(false);
});

test('a merchant’s own charge follows the customer’s', () => {
  const follows = { initiator: 'merchant', hasSecurityCode: false } as const;
  expect(saleFields({ ...follows, networkReference: '259849|A9151909286574590030VE|0100123443' })).toMatchObject({
    ssl_recurring_flag: '1',
    ssl_approval_code: '259849',
    ssl_ps2000_data: 'A9151909286574590030VE',
    ssl_oar_data: '0100123443',
  });
  // Of another processor.
  expect(saleFields({ ...follows, networkReference: '</ssl_pin>' })).not.toHaveProperty('ssl_ps2000_data');
});

test('returns, voids and queries go by Converge’s id, our reference, or dates', () => {
  const { reference, account, currency } = sale;
  const refund = { reference, account, currency, amountMinor: 5n, saleReference: 'S', saleTransactionId: 'ABC-1' };
  expect(fieldsOf(returnRequest(terminal(), refund))).toMatchObject({
    ssl_transaction_type: 'ccreturn',
    ssl_txn_id: 'ABC-1',
    ssl_amount: '0.05',
    ssl_merchant_txn_id: reference,
  });
  expect(fieldsOf(voidRequest(terminal(), 'ABC-1'))).toMatchObject({
    ssl_transaction_type: 'ccvoid',
    ssl_txn_id: 'ABC-1',
  });
  expect(fieldsOf(queryRequest(terminal(), reference))).toMatchObject({
    ssl_transaction_type: 'txnquery',
    ssl_merchant_txn_id: reference,
  });
  expect(fieldsOf(dayRequest(terminal(), { account, day: '2026-12-31' }))).toMatchObject({
    ssl_search_start_date: '12/31/2026',
    ssl_search_end_date: '01/01/2027',
    ssl_time_zone_request_utc: 'Y',
  });
});

test('whatever a customer writes stays within its field', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 80 });
  const nasty = fc.constantFrom(
    '</ssl_city><ssl_amount>0.01</ssl_amount>',
    placeholder('cvc'),
    '&xmldata=<txn/>',
    ']]>',
    '%26',
    '&#60;',
  );
  const written = fc.oneof(
    anything,
    nasty,
    fc.tuple(nasty, anything).map(([a, b]) => a + b),
  );
  const names = Object.keys(saleFields({}, { descriptorLength: '21' }));
  fc.assert(
    fc.property(written, (text) => {
      const { address } = sale.billing;
      const billing = {
        ...{ firstName: text, lastName: text, email: text, phone: text },
        address: { ...address, line1: text, line2: text, city: text, state: text, zip: text, country: text },
      };
      const request = saleRequest(terminal({ descriptorLength: '21' }), {
        ...sale,
        ...{ billing, orderId: text, descriptor: text, clientIpAddress: text },
      });
      const fields = fieldsOf(request);
      expect(names).toEqual(expect.arrayContaining(Object.keys(fields)));
      expect(fields.ssl_amount).toBe('18.40');
      // Each placeholder once: the Vault refuses a body with two of a kind.
      expect(decodeURIComponent(String(request.body)).match(/\$\{\w+\}/g)).toHaveLength(4);
      expect(
        Object.values(fields)
          .join('')
          .replace(/\$\{\w+\}/g, ''),
      ).toMatch(/^[\x20-\x7e]*$/);
    }),
  );
});
