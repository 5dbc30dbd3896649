// A sale for the tests of these translations, and answers in the words of the reference.
import { Secret } from '@ozura/core/secret';
import type { Access, ProcessorAnswer, ProcessorRequest, SaleInput, Step } from '@ozura/pay/processors/port';
import { openWorldpay } from '@ozura/pay/processors/worldpay/index';

export const host = 'https://try.access.worldpay.com';
export const worldpay = openWorldpay(host);

export const access: Access = {
  credentials: { entity: new Secret('default'), username: new Secret('user'), password: new Secret('pass:word') },
  nowMs: 0,
};

export const sale = (change: Partial<SaleInput> = {}): SaleInput => ({
  reference: '261125ABCDEFGHJKMNPQRSTVWX',
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
  ...change,
});

export const paymentId = 'payI-dUcet9fk4_X4qZU0hpU0';
export const link = '/api/payments/eyJrIjoiazNhYjYzMiJ9.sN%3Ag8wd64';
const action = (path: string) => ({ href: `${host}${link}/${path}`, method: 'POST' });

export const actions = {
  refundPayment: action('refunds'),
  partiallyRefundPayment: action('partialRefunds'),
  reversePayment: action('reversals'),
};

/** "Take a payment", 202 with automatic settlement. */
export const approval = {
  outcome: 'sentForSettlement',
  paymentId,
  transactionReference: sale().reference,
  schemeReference: '060720116005060 ',
  issuer: { authorizationCode: '675725' },
  _links: { self: { href: host + link } },
  _actions: actions,
};

/** "Query payments by transaction reference". */
export const listed = {
  timestamp: '2026-11-25T07:10:58.319Z',
  paymentId,
  transactionReference: sale().reference,
  entity: 'default',
  lastEvent: 'settlementRequestSubmitted',
  scheme: { reference: 'MCCOLXT1C0104  ' },
  issuer: { authorizationCode: 'T31306' },
  paymentInstrument: { type: 'card/plain+masked', card: { number: { last4Digits: '4242' } } },
  value: { currency: 'USD', amount: 1840 },
};

export const page = (...payments: readonly object[]): ProcessorAnswer => ({
  status: 200,
  body: {
    _links: { self: { href: '/paymentQueries/payments' } },
    ...(payments.length > 0 && { _embedded: { payments } }),
  },
});

export const notFound: ProcessorAnswer = { status: 404, body: { errorName: 'resourceNotFound', message: 'not found' } };

export function sent(step: Step<unknown>): ProcessorRequest {
  if (!('send' in step)) throw new Error(`done: ${JSON.stringify(step.done)}`);
  return step.send;
}

export function done<Result>(step: Step<Result>): Result {
  if (!('done' in step)) throw new Error(`sent: ${step.send.url}`);
  return step.done;
}
