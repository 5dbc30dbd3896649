// The simulated Nuvei is strict: whatever is not as the reference says gets Nuvei's own error, and books nothing.
import { createHash } from 'node:crypto';
import { openLog } from '@ozura/kit/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SIMULATED_CREDENTIALS } from '../credentials.ts';
import { type RunningSimulator, startSimulator } from '../main.ts';

const { merchantId, merchantSiteId, secretKey } = SIMULATED_CREDENTIALS.nuvei;
const timeStamp = '20261125184500';

let nuvei: RunningSimulator;
beforeAll(async () => {
  nuvei = await startSimulator('nuvei', openLog({ program: 'test', level: 'silent' }));
});
afterAll(() => nuvei.stop());

type Json = Record<string, unknown>;

const SIGNED: Record<string, string[]> = {
  getSessionToken: ['clientRequestId'],
  payment: ['clientRequestId', 'amount', 'currency'],
  refundTransaction: ['clientRequestId', 'clientUniqueId', 'amount', 'currency', 'relatedTransactionId'],
  voidTransaction: ['clientRequestId', 'clientUniqueId', 'amount', 'currency', 'relatedTransactionId'],
  getTransactionDetails: ['transactionId', 'clientUniqueId'],
};

function signed(call: string, fields: Json): Json {
  const body: Json = { merchantId, merchantSiteId, timeStamp, ...fields };
  const names = ['merchantId', 'merchantSiteId', ...(SIGNED[call] ?? []), 'timeStamp'];
  const text = names.map((name) => String(body[name] ?? '')).join('') + secretKey;
  return { ...body, checksum: createHash('sha256').update(text).digest('hex') };
}

const post = (call: string, body: Json, type = 'application/json') =>
  fetch(`${nuvei.address}/${call}.do`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
const say = async (call: string, body: Json): Promise<Json> => (await (await post(call, body)).json()) as Json;
const ask = (call: string, fields: Json): Promise<Json> => say(call, signed(call, fields));

let count = 0;
const newName = (): string => `T${++count}`;
const newToken = async (): Promise<string> =>
  String((await ask('getSessionToken', { clientRequestId: newName() })).sessionToken);

async function payment(changes: Json = {}): Promise<Json> {
  const name = newName();
  return {
    sessionToken: await newToken(),
    clientRequestId: name,
    clientUniqueId: name,
    amount: '18.40',
    currency: 'USD',
    paymentOption: {
      card: {
        cardNumber: '4242424242424242',
        cardHolderName: 'Ines Duarte',
        expirationMonth: '12',
        expirationYear: '2030',
        CVV: '123',
      },
    },
    billingAddress: { email: 'ines@example.com', country: 'US' },
    deviceDetails: { ipAddress: '198.51.100.7' },
    ...changes,
  };
}

const booked = async (): Promise<number> => {
  const { entries } = (await (await fetch(`${nuvei.url}/control/journal`)).json()) as { entries: unknown[] };
  return entries.length;
};

test('a payment is booked and found, once in a session and once by a name', async () => {
  const fields = await payment();
  const sold = await ask('payment', fields);
  expect(sold).toMatchObject({ status: 'SUCCESS', transactionStatus: 'APPROVED', transactionType: 'Sale' });
  expect(sold).not.toHaveProperty('amount');
  expect(await ask('getTransactionDetails', { clientUniqueId: fields.clientUniqueId })).toMatchObject({
    transactionDetails: { transactionId: sold.transactionId, processedAmount: '18.40', isVoided: 'False' },
  });
  const before = await booked();
  expect(await ask('payment', fields)).toMatchObject({ status: 'ERROR', errCode: 1012 });
  expect(await ask('payment', { ...fields, clientRequestId: newName() })).toMatchObject({ errCode: 1064 });
  expect(await booked()).toBe(before);
});

test.each<[string, Json, number]>([
  ['an unknown element', { surprise: 'x' }, 1019],
  ['an unknown element within', { deviceDetails: { ipAddress: '1.1.1.1', shape: 'x' } }, 1019],
  ['markup', { customData: '<b>' }, 1019],
  ['a text that is too long', { clientUniqueId: 'x'.repeat(46) }, 1019],
  ['a number in place of a text', { isMoto: 1 }, 1019],
  ['no amount', { amount: undefined }, 1019],
  ['an amount without its decimals', { amount: '18.4' }, 1040],
  ['nothing as the amount', { amount: '0.00' }, 1040],
  ['no such currency', { currency: 'ZZZ' }, 1041],
  ['no such session', { sessionToken: 'nobody' }, 1065],
  ['no address for mail', { billingAddress: { country: 'US' } }, 1019],
  ['no country', { billingAddress: { email: 'i@example.com', country: 'us' } }, 1014],
  ['another type', { transactionType: 'Guess' }, 1067],
])('%s is refused', async (_name, change, errCode) => {
  const before = await booked();
  expect(await ask('payment', await payment(change))).toMatchObject({ status: 'ERROR', errCode });
  expect(await booked()).toBe(before);
});

test('who it is, when, and the checksum come first', async () => {
  const fields = await payment();
  const body = signed('payment', fields);
  const codes = [
    { ...body, merchantId: '1' },
    { ...body, merchantSiteId: '1' },
    signed('payment', { ...fields, timeStamp: '2026' }),
    { ...body, amount: '1.00' },
    { ...body, checksum: 'none' },
  ].map(async (sent) => (await say('payment', sent)).errCode);
  expect(await Promise.all(codes)).toEqual([1013, 1022, 1021, 1001, 1001]);
  expect((await post('payment', body, 'text/plain')).status).toBe(415);
});

test('no more goes back than came, and what has settled is not voided', async () => {
  const { transactionId } = await ask('payment', await payment());
  const giving = (amount: string) =>
    ask('refundTransaction', {
      clientRequestId: newName(),
      clientUniqueId: newName(),
      amount,
      currency: 'USD',
      relatedTransactionId: transactionId,
    });
  expect(await giving('10.00')).toMatchObject({ transactionStatus: 'APPROVED', transactionType: 'Credit' });
  expect(await giving('8.41')).toMatchObject({ transactionStatus: 'ERROR', gwExtendedErrorCode: 1106 });
  await fetch(`${nuvei.url}/control/settlements`, { method: 'POST' });
  const undone = await ask('voidTransaction', {
    clientRequestId: newName(),
    clientUniqueId: newName(),
    amount: '18.40',
    currency: 'USD',
    relatedTransactionId: transactionId,
  });
  expect(undone).toMatchObject({ status: 'SUCCESS', transactionStatus: 'ERROR', gwErrorCode: -1100 });
  expect(await ask('getTransactionDetails', { clientUniqueId: 'nobody' })).toMatchObject({ errCode: 9146 });
});
