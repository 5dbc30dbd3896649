// Requests to Worldpay: the members of its reference, card data as placeholders, and no text of a customer raw.

import { access, host, link, paymentId, sale, sent, worldpay } from '@ozura/e2e/worldpay-answers';
import { expect, test } from 'vitest';
import type { SaleInput } from '../port.ts';

const dollar = '\u0024';
const request = (change: Partial<SaleInput> = {}) => sent(worldpay.sale(sale(change), [], access));
interface Instruction extends Record<string, unknown> {
  readonly paymentInstrument: Readonly<Record<string, unknown>>;
  readonly narrative: { readonly line1: string };
}

const instruction = (change: Partial<SaleInput> = {}): Instruction =>
  (request(change).body as unknown as { instruction: Instruction }).instruction;

test('a sale has the members of the Payments API, and settles by itself whatever the checks say', () => {
  expect(request()).toEqual({
    method: 'POST',
    url: `${host}/api/payments`,
    headers: {
      Authorization: `Basic ${Buffer.from('user:pass:word').toString('base64')}`,
      'Content-Type': 'application/json',
      'WP-Api-Version': '2024-06-01',
    },
    body: {
      transactionReference: sale().reference,
      merchant: { entity: 'default' },
      channel: 'ecom',
      instruction: {
        method: 'card',
        paymentInstrument: {
          type: 'plain',
          cardHolderName: 'Ines Duarte',
          cardNumber: `${dollar}{cardNumber}`,
          expiryDate: { month: `${dollar}{expirationMonth|number}`, year: `${dollar}{expirationYear4|number}` },
          cvc: `${dollar}{cvc}`,
          billingAddress: {
            address1: '9 Pier Road',
            postalCode: '94607',
            city: 'Oakland',
            state: 'CA',
            countryCode: 'US',
          },
        },
        narrative: { line1: 'Blue Kettle' },
        value: { currency: 'USD', amount: 1840 },
        settlement: { auto: true, cancelOn: { cvcNotMatched: 'disabled', avsNotMatched: 'disabled' } },
      },
    },
  });
});

test('amounts are minor units, with as many decimals as the currency has', () => {
  expect(instruction({ currency: 'JPY', amountMinor: 1500n }).value).toEqual({ currency: 'JPY', amount: 1500 });
  expect(instruction({ currency: 'KWD', amountMinor: 12345n }).value).toEqual({ currency: 'KWD', amount: 12345 });
});

test.each(['CLP', 'CVE', 'ISK', 'UGX'])('%s, whose exponent is not settled, is not sent', (currency) => {
  expect(worldpay.sale(sale({ currency }), [], access)).toMatchObject({
    done: { kind: 'refused', cause: 'unavailable' },
  });
});

test('an amount that its integers cannot hold, and a bank account, are not sent', () => {
  const bank = { accountType: 'checking', secCode: 'WEB' } as SaleInput['bank'];
  for (const change of [{ amountMinor: 2_147_483_648n }, bank === undefined ? {} : { bank }]) {
    expect(worldpay.sale(sale(change), [], access)).toMatchObject({ done: { kind: 'refused' } });
  }
});

test('a telephone order is one, and comes without a code', () => {
  expect(request({ channel: 'moto' }).body).toMatchObject({ channel: 'moto' });
  expect(instruction({ hasSecurityCode: false }).paymentInstrument).not.toHaveProperty('cvc');
});

test('the charges of a plan name the agreement, and the later ones the card scheme’s reference', () => {
  expect(instruction()).not.toHaveProperty('customerAgreement');
  expect(instruction({ startsPlan: true }).customerAgreement).toEqual({
    type: 'subscription',
    storedCardUsage: 'first',
  });
  expect(instruction({ initiator: 'merchant', networkReference: 'MCCOLXT1C0104' }).customerAgreement).toEqual({
    type: 'subscription',
    storedCardUsage: 'subsequent',
    schemeReference: 'MCCOLXT1C0104',
  });
  // Of another processor's own making, where the first charge of a plan went there.
  const foreign = '259849|A9151909286574590030VE|0100123443';
  expect(instruction({ initiator: 'merchant', networkReference: foreign }).customerAgreement).toEqual({
    type: 'subscription',
    storedCardUsage: 'subsequent',
  });
});

test('texts of customers are spelled in plain characters, cut to length, and can be neither markup nor placeholder', () => {
  const address = { ...sale().billing.address, line1: `${'Łódź '.repeat(40)}${dollar}{cvc}`, city: '"Größe" 🎉' };
  const { paymentInstrument } = instruction({
    billing: { ...sale().billing, firstName: `${dollar}{cardNumber}`, lastName: '","cvc":"1', address },
  });
  const texts = JSON.stringify([paymentInstrument.cardHolderName, paymentInstrument.billingAddress]);
  expect(texts).not.toContain(dollar);
  expect(texts).not.toMatch(/[^\x20-\x7e]/);
  expect(paymentInstrument).toMatchObject({ billingAddress: { city: 'Grosse' }, cvc: `${dollar}{cvc}` });
  expect((paymentInstrument.billingAddress as { address1: string }).address1.length).toBeLessThanOrEqual(80);
});

test('an address that Worldpay would refuse stays away, and with it no sale', () => {
  const addressed = (change: object) =>
    'billingAddress' in
    instruction({ billing: { ...sale().billing, address: { ...sale().billing.address, ...change } } })
      .paymentInstrument;
  expect(addressed({ city: 'Москва' })).toBe(false);
  expect(addressed({ zip: '', country: 'HK' })).toBe(false);
  expect(addressed({ zip: '', country: 'IE' })).toBe(true);
});

test('the name on the statement has 24 characters of those that are allowed, and is never missing', () => {
  expect(instruction({ descriptor: "Blue/Kettle's (Tea) & Co, Oakland" }).narrative.line1).toBe(
    'Blue Kettle s Tea and Co',
  );
  expect(instruction({ descriptor: '青いやかん' }).narrative.line1).toBe('Card payment');
});

test('another version of the interface is the merchant’s to name', () => {
  const { credentials } = access;
  const other = { ...access, credentials: { ...credentials, apiVersion: { open: () => '2025-01-01' } as never } };
  expect(sent(worldpay.sale(sale(), [], other)).headers).toMatchObject({ 'WP-Api-Version': '2025-01-01' });
});

const refund = { ...sale(), reference: 'F1', amountMinor: 840n, saleReference: 'S1', saleTransactionId: paymentId };

test('a refund goes to the link of its sale, under a reference of its own', () => {
  expect(sent(worldpay.refund({ ...refund, saleLink: link }, [], access))).toMatchObject({
    method: 'POST',
    url: `${host}${link}/partialRefunds`,
    body: { reference: 'F1', value: { currency: 'USD', amount: 840 } },
  });
});

test('a refund of a sale whose link was lost asks for it, and goes only to the host that was asked', () => {
  expect(sent(worldpay.refund(refund, [], access)).url).toBe(`${host}/paymentQueries/payments/${paymentId}`);
  const answered = (href: string, id = paymentId) => [
    { status: 200, body: { paymentId: id, _links: { 'cardPayments:partialRefund': { href } } } },
  ];
  const path = '/payments/settlements/refunds/partials/eyJr';
  expect(sent(worldpay.refund(refund, answered(host + path), access))).toMatchObject({
    url: host + path,
    headers: { 'Content-Type': 'application/vnd.worldpay.payments-v7+json' },
    body: { reference: 'F1' },
  });
  for (const answers of [answered(`https://example.com${path}`), answered(host + path, 'another')]) {
    expect(worldpay.refund(refund, answers, access)).toMatchObject({ done: { kind: 'refused' } });
  }
});

test('a link that is none is not followed', () => {
  const { url } = sent(worldpay.refund({ ...refund, saleLink: '/api/payments/a/../../evil' }, [], access));
  expect(url).toBe(`${host}/paymentQueries/payments/${paymentId}`);
});
