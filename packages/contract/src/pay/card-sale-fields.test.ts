// The body of a card sale: what is read, and every failure in the order of the field table (contract 8.1).
import { Refusal } from '@ozura/core/errors';
import { readAll } from '@ozura/core/validation';
import { expect, test } from 'vitest';
import { cardSaleFields } from './card-sale-fields.ts';

const good = {
  merchantId: 'ozu_bluekettle',
  amount: '18.40',
  ozuraCardToken: 'tok_1',
  ozuraCvcSession: 'cvc_1',
  billingFirstName: 'Ines',
  billingLastName: 'Duarte',
  billingEmail: 'ines@example.com',
  billingPhone: '+14155550134',
  billingAddress1: '9 Pier Road',
  billingCity: 'Oakland',
  billingState: 'CA',
  billingZipcode: '94607',
  billingCountry: 'US',
};

const read = (changes: Record<string, unknown> = {}) => readAll(cardSaleFields, { ...good, ...changes });

const failures = (changes: Record<string, unknown>): readonly string[] => {
  try {
    read(changes);
  } catch (error) {
    if (error instanceof Refusal) return error.options.details ?? [error.message];
    throw error;
  }
  return [];
};

test('defaults are filled in', () => {
  expect(read()).toMatchObject({
    currency: 'USD',
    subtotalMinor: 1840n,
    surchargeHundredths: 0n,
    tipMinor: 0n,
    salesTaxExempt: false,
    channel: 'ecommerce',
  });
});

test('amounts are read in the currency of the request, as text or as numbers', () => {
  expect(read({ currency: 'jpy', amount: 1840, tipAmount: '5', expectedTotal: '1845.00' })).toMatchObject({
    currency: 'JPY',
    subtotalMinor: 1840n,
    tipMinor: 5n,
    expectedTotalMinor: 1845n,
  });
});

test('both names of the token are accepted', () => {
  expect(read({ ozuraCardToken: undefined, ozuraVaultToken: 'tok_2' }).token).toBe('tok_2');
});

test('the CVC session cannot be printed', () => {
  expect(JSON.stringify(read(), (_name, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
    'cvc_1',
  );
});

test('an expected total may be larger than the largest amount', () => {
  expect(read({ amount: '999999.99', expectedTotal: '1029999.99' }).expectedTotalMinor).toBe(102_999_999n);
});

test.each([
  [{ merchantId: undefined }, 'merchantId: is required'],
  [{ merchantId: 'x'.repeat(31) }, 'merchantId: must be 1-30 characters'],
  [{ amount: undefined }, 'amount: is required'],
  [{ amount: '10.075' }, 'amount: USD allows at most 2 decimals'],
  [{ amount: '0.00' }, 'amount: must be greater than 0'],
  [{ amount: '1,000.00' }, 'amount: must be a decimal number such as "25.00"'],
  [{ amount: 1_000_000 }, 'amount: must be at most 999999.99 USD'],
  [{ amount: '1000.50', currency: 'JPY' }, 'amount: JPY allows at most 0 decimals'],
  [{ currency: 'XTS' }, 'currency: must be a supported ISO 4217 currency'],
  [{ ozuraCardToken: '' }, 'ozuraCardToken: must be 1-255 characters'],
  [{ ozuraCvcSession: null }, 'ozuraCvcSession: is required'],
  [{ billingEmail: 'ines' }, 'billingEmail: must be a valid e-mail address'],
  [{ billingZipcode: '9460' }, 'billingZipcode: must be like 12345 or 12345-6789'],
  [{ clientIpAddress: 'x'.repeat(65) }, 'clientIpAddress: must be at most 64 characters'],
  [{ clientIpAddress: 2_130_706_433 }, 'clientIpAddress: must be a string'],
  [{ clientIpAddress: ['203.0.113.9'] }, 'clientIpAddress: must be a string'],
  [{ processor: 'stripe' }, 'processor: must be one of elavon, nuvei, worldpay, sandbox'],
  [{ surchargePercent: '3.01' }, 'surchargePercent: must be between 0 and 3.00'],
  [{ tipAmount: '-1' }, 'tipAmount: must be a decimal number such as "25.00"'],
  [{ salesTaxExempt: 'true' }, 'salesTaxExempt: must be a boolean'],
  [{ transactionChannel: 'phone' }, 'transactionChannel: must be one of ecommerce, moto'],
  [{ orderId: 7 }, 'orderId: must be a string'],
  [{ orderId: '4242424242424242' }, 'orderId: must not contain a card number'],
  [{ billingLastName: '3056 9309 0259 04' }, 'billingLastName: must not contain a card number'],
  [{ billingAddress1: '4911830000000' }, 'billingAddress1: must not contain a card number'],
  [{ expectedTotal: 'x' }, 'expectedTotal: must be a decimal number such as "25.00"'],
])('%j is refused: %s', (changes, failure) => {
  expect(failures(changes)).toEqual([failure]);
});

test('all failures come at once, in the order of the table', () => {
  const wrong = {
    orderId: '',
    billingCity: undefined,
    amount: 'x',
    tipAmount: 'y',
    merchantId: undefined,
    currency: 'ZZZ',
  };
  expect(failures(wrong).map((failure) => failure.split(':')[0])).toEqual([
    'merchantId',
    'amount',
    'currency',
    'billingCity',
    'tipAmount',
    'orderId',
  ]);
});
