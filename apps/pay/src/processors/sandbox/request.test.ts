// Requests to the sandbox: card data as placeholders, and nothing a customer typed can become one.
import { expect, test } from 'vitest';
import type { SaleInput } from '../port.ts';
import { openSandbox } from './index.ts';

const sandbox = openSandbox({ url: 'http://127.0.0.1:1', unreachableUrl: 'http://127.0.0.1:2' });

const access = { credentials: {}, nowMs: 0 };

const input = (changes: Partial<SaleInput> = {}, lastName = 'Duarte'): SaleInput => ({
  reference: 'R1',
  account: 'ozu_bluekettle',
  amountMinor: 1840n,
  currency: 'USD',
  bin: '424242',
  lastFour: '4242',
  billing: {
    firstName: 'Ines',
    lastName,
    email: 'ines@example.com',
    phone: '+14155550134',
    address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
  },
  channel: 'ecommerce',
  hasSecurityCode: true,
  initiator: 'customer',
  taxMinor: 0n,
  surchargeMinor: 0n,
  descriptor: 'Blue Kettle',
  ...changes,
});

const sent = (sale: SaleInput) => {
  const step = sandbox.sale(sale, [], access);
  if (!('send' in step)) throw new Error('nothing is sent');
  return step.send;
};

test('a sale carries our reference, minor units and placeholders', () => {
  expect(sent(input())).toMatchObject({
    method: 'POST',
    url: 'http://127.0.0.1:1/sales',
    body: {
      reference: 'R1',
      merchant: 'ozu_bluekettle',
      amount: 1840,
      currency: 'USD',
      card: { number: '\u0024{cardNumber}', expMonth: '\u0024{expirationMonth}', cvc: '\u0024{cvc}' },
    },
  });
});

test.each(['\u0024{cardNumber}', '\u0024\u0024{cvc}', 'a\u0024{\u0024{cvc}}', '\u0024\u0024\u0024{x'])(
  'the text %s of a customer is no placeholder',
  (text) => {
    const { billing } = sent(input({}, text)).body as { billing: { lastName: string } };
    expect(billing.lastName).not.toContain('\u0024{');
  },
);

test('the test card that cannot be sent goes where nothing listens', () => {
  expect(sent(input({ bin: '352800', lastFour: '0000' })).url).toBe('http://127.0.0.1:2/sales');
  expect(sent(input({ bin: '352800', lastFour: '0001' })).url).toBe('http://127.0.0.1:1/sales');
});

test('a refund, and a void that was asked for, name the sale and have a reference of their own', () => {
  const sale = { saleReference: 'R1', saleTransactionId: 'sbx-000184' };
  expect(sandbox.refund({ ...input(), ...sale, reference: 'F1', amountMinor: 5n }, [], access)).toMatchObject({
    send: {
      url: 'http://127.0.0.1:1/refunds',
      body: { reference: 'F1', transactionId: 'sbx-000184', amount: 5, currency: 'USD', merchant: 'ozu_bluekettle' },
    },
  });
  const asked = { processorTransactionId: 'sbx-000184', voidReference: 'V1' };
  expect(sandbox.void({ ...input(), ...asked }, [], access)).toMatchObject({
    send: { url: 'http://127.0.0.1:1/voids', body: { reference: 'V1', transactionId: 'sbx-000184' } },
  });
});

test('a void and an inquiry go by our reference', () => {
  expect(sandbox.void(input(), [], access)).toMatchObject({ send: { method: 'POST', body: { reference: 'R1' } } });
  expect(sandbox.inquire(input(), [], access)).toMatchObject({
    send: { url: 'http://127.0.0.1:1/transactions?reference=R1&merchant=ozu_bluekettle' },
  });
});
