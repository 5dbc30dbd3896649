// Requests to Nuvei: fields, checksums pinned to vectors made with `sha256sum`, and texts of customers that stay texts.
import { Secret } from '@ozura/core/secret';
import { expect, test } from 'vitest';
import type { ProcessorAnswer, SaleInput } from '../port.ts';
import { openNuvei } from './index.ts';

const nuvei = openNuvei('https://nuvei.test/ppp/api/v1');
const access = {
  credentials: {
    merchantId: new Secret('427583496191624621'),
    merchantSiteId: new Secret('142033'),
    secretKey: new Secret('secret'),
  },
  nowMs: Date.parse('2026-11-25T18:45:00.789Z'),
};

const input = (changes: Partial<SaleInput> = {}): SaleInput => ({
  reference: 'R1',
  account: 'ozu_bluekettle',
  amountMinor: 1840n,
  currency: 'USD',
  bin: '424242',
  lastFour: '4242',
  billing: {
    firstName: 'Ines',
    lastName: 'Duarte',
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
  clientIpAddress: '198.51.100.7',
  ...changes,
});

const session: ProcessorAnswer = { status: 200, body: { status: 'SUCCESS', sessionToken: 'a-token' } };
const detailed = (transaction: object): ProcessorAnswer => ({
  status: 200,
  body: { status: 'SUCCESS', transactionDetails: transaction },
});

function sent(step: object): { url: string; body: Record<string, unknown> } {
  if (!('send' in step)) throw new Error(`nothing is sent: ${JSON.stringify(step)}`);
  return step.send as { url: string; body: Record<string, unknown> };
}

const payment = (changes: Partial<SaleInput> = {}) => sent(nuvei.sale(input(changes), [session], access)).body;

test('a sale asks for a session first, without the card', () => {
  const { url, body } = sent(nuvei.sale(input(), [], access));
  expect(url).toBe('https://nuvei.test/ppp/api/v1/getSessionToken.do');
  expect(body).toEqual({
    merchantId: '427583496191624621',
    merchantSiteId: '142033',
    clientRequestId: 'R1-S',
    timeStamp: '20261125184500',
    checksum: '90579dcee545a18e870f0271855f9e1407dca4f935a5b62d01886c056062bb4b',
  });
});

test('and pays in it: our reference, the amount in decimals, the card as placeholders', () => {
  expect(sent(nuvei.sale(input(), [session], access))).toEqual({
    method: 'POST',
    url: 'https://nuvei.test/ppp/api/v1/payment.do',
    body: {
      merchantId: '427583496191624621',
      merchantSiteId: '142033',
      sessionToken: 'a-token',
      clientRequestId: 'R1',
      clientUniqueId: 'R1',
      amount: '18.40',
      currency: 'USD',
      transactionType: 'Sale',
      paymentOption: {
        card: {
          cardNumber: '\u0024{cardNumber}',
          cardHolderName: 'Ines Duarte',
          expirationMonth: '\u0024{expirationMonth}',
          expirationYear: '\u0024{expirationYear4}',
          CVV: '\u0024{cvc}',
        },
      },
      billingAddress: {
        firstName: 'Ines',
        lastName: 'Duarte',
        email: 'ines@example.com',
        phone: '+14155550134',
        address: '9 Pier Road',
        city: 'Oakland',
        zip: '94607',
        state: 'CA',
        country: 'US',
      },
      deviceDetails: { ipAddress: '198.51.100.7' },
      dynamicDescriptor: { merchantName: 'Blue Kettle' },
      isPartialApproval: '0',
      timeStamp: '20261125184500',
      checksum: 'b739a4b8f25ddfe64b1910ff01ce1d9f0b953d23b0dd3421895eb6c2aefb51c8',
    },
  });
});

test('the checksums of the other calls', () => {
  const about = { reference: 'R1', account: 'ozu_bluekettle', amountMinor: 1840n, currency: 'USD' };
  const id = '7110000000001884667';
  const checksums = [
    nuvei.refund(
      { ...about, reference: 'F1', amountMinor: 500n, saleReference: 'R1', saleTransactionId: id },
      [],
      access,
    ),
    nuvei.void(
      { ...about, processorTransactionId: id },
      [
        detailed({
          transactionId: id,
          clientUniqueId: 'R1',
          transactionStatus: 'APPROVED',
          processedAmount: '18.40',
          processedCurrency: 'USD',
        }),
      ],
      access,
    ),
    nuvei.inquire(about, [], access),
    nuvei.void({ ...about, processorTransactionId: id }, [], access),
  ].map((step) => sent(step).body.checksum);
  expect(checksums).toEqual([
    'e5cb648e63ccaef90ec5c9c9b8204645ca107cae9b611fadb0f0cde1d74411f4',
    '26007c12b8410d2aff43c3b2c91a7ea76e7afdb438e1501bd1109dd9a02f218c',
    'e0ad8fa2f6f40e456b9ba236cf7e32231f41941f47fa367b930213bc0fe8a901',
    'd979a385c971736ba2ab9fe5295571cf81a68a76064f96c62c908eca053781f6',
  ]);
});

test('a checksum is over bytes: a secret in any script gives the one of its UTF-8', () => {
  const foreign = { ...access, credentials: { ...access.credentials, secretKey: new Secret('ключ') } };
  const { checksum } = sent(nuvei.inquire({ ...input(), reference: 'R1' }, [], foreign)).body;
  expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  expect(checksum).not.toBe(sent(nuvei.inquire(input(), [], access)).body.checksum);
});

test.each([
  [1500n, 'JPY', '1500'],
  [12345n, 'KWD', '12.345'],
  [5n, 'EUR', '0.05'],
])('%s of %s is %s', (amountMinor, currency, amount) => {
  expect(payment({ amountMinor, currency })).toMatchObject({ amount, currency });
});

test('an order by telephone, with no code and no browser', () => {
  const { clientIpAddress: _none, ...rest } = input();
  const body = sent(nuvei.sale({ ...rest, channel: 'moto', hasSecurityCode: false }, [session], access)).body;
  expect(body).toMatchObject({ isMoto: '1', cvvNotUsed: 'true', deviceDetails: { ipAddress: '127.0.0.1' } });
  expect(JSON.stringify(body)).not.toContain('CVV"');
});

test('the first charge of a plan says so, the later ones refer to it', () => {
  expect(payment()).not.toHaveProperty('isRebilling');
  expect(payment({ startsPlan: true })).toMatchObject({
    isRebilling: '0',
    paymentOption: { card: { storedCredentials: { storedCredentialsMode: '0' } } },
  });
  const later = { initiator: 'merchant', hasSecurityCode: false } as const;
  expect(payment({ ...later, networkReference: 'MCS123' })).toMatchObject({
    isRebilling: '1',
    externalSchemeDetails: { transactionId: 'MCS123', brand: 'VISA' },
    paymentOption: { card: { storedCredentials: { storedCredentialsMode: '1' } } },
  });
  expect(payment({ ...later, networkReference: 'M', bin: '356600' }).externalSchemeDetails).toEqual({
    transactionId: 'M',
  });
  expect(payment(later)).not.toHaveProperty('externalSchemeDetails');
  // Of another processor's own making, where the first charge of a plan went there.
  const foreign = '259849|A9151909286574590030VE|0100123443';
  expect(payment({ ...later, networkReference: foreign })).not.toHaveProperty('externalSchemeDetails');
});

test('texts are spelled plainly and cut to what Nuvei takes, and what is left empty is not sent', () => {
  const { billing } = input();
  const body = payment({
    descriptor: 'Bläue Kettle & Söhne of Springfield',
    orderId: 'order <7>\n"8"',
    billing: {
      ...billing,
      firstName: '张',
      lastName: '伟 🎉',
      email: 'jörg@example.com',
      address: {
        line1: `Große ${'Straße '.repeat(20)}`,
        line2: 'Łódź',
        city: 'Москва',
        state: 'Bavaria',
        zip: '80331-12345678',
        country: 'DE',
      },
    },
  });
  expect(body).toMatchObject({
    dynamicDescriptor: { merchantName: 'Blaue Kettle and Sohne of' },
    customData: 'order 7 8',
    paymentOption: { card: { cardHolderName: 'Cardholder' } },
  });
  expect(body.billingAddress).toEqual({
    email: 'unknown@example.com',
    country: 'DE',
    phone: '+14155550134',
    address: expect.stringMatching(/^Grosse Strasse .{45}$/),
    addressLine2: 'Lodz',
    zip: '80331-1234',
  });
});

test.each(['\u0024{cardNumber}', '\u0024\u0024{cvc}', '","amount":"0.01', '<script>'])(
  'the text %s of a customer or of Nuvei is no placeholder and no member',
  (text) => {
    const { billing } = input();
    const hostile = { ...billing, firstName: text, lastName: text, address: { ...billing.address, line1: text } };
    const token: ProcessorAnswer = { status: 200, body: { status: 'SUCCESS', sessionToken: `t${text}` } };
    const step = nuvei.sale(input({ billing: hostile, orderId: text, descriptor: text }), [token], access);
    const wire = JSON.stringify(sent(step).body);
    expect(wire.match(/\$\{/g)).toHaveLength(4);
    expect(JSON.parse(wire)).toMatchObject({ amount: '18.40' });
  },
);

test('a refund goes by the id of the sale, under a name of its own, and a second try is another request', () => {
  const about = {
    reference: 'F1',
    account: 'ozu_bluekettle',
    amountMinor: 500n,
    currency: 'USD',
    saleReference: 'R1',
    saleTransactionId: '711',
  };
  const later = { ...access, nowMs: access.nowMs + 1_000 };
  const [first, second] = [access, later].map((at) => sent(nuvei.refund(about, [], at)).body);
  expect(first).toMatchObject({ clientUniqueId: 'F1', amount: '5.00', relatedTransactionId: '711' });
  expect(second?.clientRequestId).not.toBe(first?.clientRequestId);
});
