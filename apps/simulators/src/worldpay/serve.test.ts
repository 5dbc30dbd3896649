// The simulated Worldpay takes what its reference describes, and refuses everything else by the error that it describes.
import { openLog } from '@ozura/kit/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SIMULATED_CREDENTIALS } from '../credentials.ts';
import { type RunningSimulator, startSimulator } from '../main.ts';

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await startSimulator('worldpay', openLog({ program: 'test', level: 'silent' }));
});
afterAll(() => simulator.stop());

const { username, password } = SIMULATED_CREDENTIALS.worldpay;
const headers = {
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  'content-type': 'application/json',
  'wp-api-version': '2024-06-01',
};

const instrument = {
  type: 'plain',
  cardNumber: '4242424242424242',
  expiryDate: { month: 11, year: 2035 },
  cvc: '123',
};
const instruction = {
  method: 'card',
  paymentInstrument: instrument,
  narrative: { line1: 'Blue Kettle' },
  value: { currency: 'GBP', amount: 1840 },
};

let count = 0;
const payment = (change: object = {}) => ({
  transactionReference: `REF-${++count}`,
  merchant: { entity: 'default' },
  instruction,
  ...change,
});

async function call(path: string, body?: object | string, changed: Record<string, string | undefined> = {}) {
  const sent = Object.fromEntries(
    Object.entries({ ...headers, ...changed }).filter(([, value]) => value !== undefined),
  );
  const answer = await fetch(simulator.address + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: sent as Record<string, string>,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const booked = async (): Promise<number> =>
  ((await (await fetch(`${simulator.url}/control/journal`)).json()) as { entries: unknown[] }).entries.length;

test('a payment is sent for settlement, and tells what can be done with it', async () => {
  const { status, body } = await call('/api/payments', payment());
  expect(status).toBe(202);
  expect(body).toMatchObject({
    outcome: 'sentForSettlement',
    transactionReference: `REF-${count}`,
    riskFactors: [
      { type: 'avs', detail: 'address', risk: 'notSupplied' },
      { type: 'avs', detail: 'postcode', risk: 'notSupplied' },
    ],
    _actions: { partiallyRefundPayment: { method: 'POST' }, reversePayment: { method: 'POST' } },
  });
});

const instructed = (change: object) => payment({ instruction: { ...instruction, ...change } });
const paidWith = (change: object) => instructed({ paymentInstrument: { ...instrument, ...change } });
const address = { address1: '9 Pier Road', city: 'Cork', countryCode: 'IE' };

test.each<[string, object, string]>([
  ['a missing member', payment({ merchant: {} }), '$.merchant.entity'],
  ['an unknown member', payment({ note: 'x' }), '$.note'],
  ['an unknown member further in', paidWith({ pin: '1' }), '$.instruction.paymentInstrument.pin'],
  [
    'a month as a text',
    paidWith({ expiryDate: { month: '11', year: 2035 } }),
    '$.instruction.paymentInstrument.expiryDate.month',
  ],
  ['an amount as a text', instructed({ value: { currency: 'GBP', amount: '1840' } }), '$.instruction.value.amount'],
  ['a currency of no list', instructed({ value: { currency: 'GBX', amount: 1 } }), '$.instruction.value.currency'],
  ['a long narrative', instructed({ narrative: { line1: 'x'.repeat(25) } }), '$.instruction.narrative.line1'],
  [
    'a narrative with other characters',
    instructed({ narrative: { line1: "Kettle's" } }),
    '$.instruction.narrative.line1',
  ],
  ['a wrong number', paidWith({ cardNumber: '4242424242424241' }), '$.instruction.paymentInstrument.cardNumber'],
  [
    'a card that has expired',
    paidWith({ expiryDate: { month: 1, year: 2020 } }),
    '$.instruction.paymentInstrument.expiryDate',
  ],
  [
    'letters that are not plain',
    paidWith({ cardHolderName: 'Łódź' }),
    '$.instruction.paymentInstrument.cardHolderName',
  ],
  [
    'an address without a code',
    paidWith({ billingAddress: address }),
    '$.instruction.paymentInstrument.billingAddress.postalCode',
  ],
  [
    'a later charge without the scheme’s reference',
    instructed({ customerAgreement: { type: 'subscription', storedCardUsage: 'subsequent' } }),
    '$.instruction.customerAgreement.schemeReference',
  ],
])('%s is told by its place, and books nothing', async (_name, body, jsonPath) => {
  const before = await booked();
  expect(await call('/api/payments', body)).toMatchObject({
    status: 400,
    body: { errorName: 'bodyDoesNotMatchSchema', validationErrors: [{ jsonPath }] },
  });
  expect(await booked()).toBe(before);
});

test('a reference is taken once', async () => {
  const body = payment();
  await call('/api/payments', body);
  expect(await call('/api/payments', body)).toMatchObject({
    status: 400,
    body: { validationErrors: [{ jsonPath: '$.transactionReference' }] },
  });
});

test.each<[string, Record<string, string | undefined>, object | string, string]>([
  ['wrong credentials', { authorization: 'Basic eA==' }, {}, '401 accessDenied'],
  ['no credentials', { authorization: undefined }, {}, '401 accessDenied'],
  ['no version', { 'wp-api-version': undefined }, {}, '400 headerIsMissing'],
  ['another version', { 'wp-api-version': '2023-06-01' }, {}, '406 headerHasInvalidValue'],
  ['another type', { 'content-type': 'text/plain' }, {}, '415 unsupportedContentType'],
  ['no JSON', {}, '{', '400 bodyIsNotJson'],
  ['another entity', {}, payment({ merchant: { entity: 'other' } }), '400 entityIsNotConfigured'],
])('%s is refused', async (_name, changed, sent, refusal) => {
  const { status, body } = await call('/api/payments', sent, changed);
  expect(`${status} ${body.errorName}`).toBe(refusal);
});

test('never more is given back than was paid, and what was given back is not reversed', async () => {
  const { body } = await call('/api/payments', payment());
  const { href } = (body._links as { self: { href: string } }).self;
  const path = href.slice(simulator.address.length);
  const refund = (amount: number) =>
    call(`${path}/partialRefunds`, { reference: 'F1', value: { currency: 'GBP', amount } });
  expect(await refund(1841)).toMatchObject({ status: 400 });
  expect(await refund(1000)).toMatchObject({ status: 202, body: { outcome: 'sentForPartialRefund' } });
  expect(await refund(841)).toMatchObject({ status: 400 });
  expect(await call(`${path}/reversals`, '')).toMatchObject({ status: 400, body: { errorName: 'actionNotAllowed' } });
  expect(await call(`${path}/partialRefunds`, { value: { currency: 'GBP', amount: 1 } })).toMatchObject({
    status: 400,
  });
});

test('queries have a media type of their own, and list a day by pages', async () => {
  const now = new Date().toISOString();
  const range = `startDate=${now.slice(0, 10)}T00:00:00Z&endDate=${now.slice(0, 10)}T23:59:59.999Z`;
  expect(await call(`/paymentQueries/payments?${range}`)).toMatchObject({ status: 406 });
  const accept = 'application/vnd.worldpay.payment-queries-v1.hal+json';
  expect(await call('/paymentQueries/payments', undefined, { accept })).toMatchObject({ status: 400 });
  const first = await call(`/paymentQueries/payments?${range}&pageSize=2`, undefined, { accept });
  const { href } = (first.body._links as { next: { href: string } }).next;
  const second = await call(href, undefined, { accept });
  const ids = [first, second].flatMap(({ body }) =>
    (body._embedded as { payments: { paymentId: string }[] }).payments.map(({ paymentId }) => paymentId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(2);
});
