// The simulated Converge is strict: what the real one would refuse it refuses with the same error, and books nothing.
import { openLog } from '@ozura/kit/log';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SIMULATED_CREDENTIALS } from '../credentials.ts';
import { type RunningSimulator, startSimulator } from '../main.ts';

let simulator: RunningSimulator;
let bookedBefore = 0;
beforeAll(async () => {
  simulator = await startSimulator('elavon', openLog({ program: 'test', level: 'silent' }));
});
beforeEach(async () => {
  bookedBefore = (await journal()).length;
});
afterAll(() => simulator.stop());

type Fields = Readonly<Record<string, string | undefined>>;

const { merchantId, userId, pin } = SIMULATED_CREDENTIALS.elavon;
const known = { ssl_merchant_id: merchantId, ssl_user_id: userId, ssl_pin: pin };
const sale = {
  ssl_transaction_type: 'ccsale',
  ssl_amount: '18.40',
  ssl_card_number: '4242424242424242',
  ssl_exp_date: '1139',
  ssl_cvv2cvc2_indicator: '1',
  ssl_cvv2cvc2: '123',
  ssl_merchant_txn_id: 'R1',
};

const write = (fields: Fields): string =>
  `<txn>${Object.entries(fields)
    .map(([name, text]) => (text === undefined ? '' : `<${name}>${text}</${name}>`))
    .join('')}</txn>`;

async function sendXml(xml: string, type = 'application/x-www-form-urlencoded'): Promise<string> {
  const body = type.includes('form') ? `xmldata=${encodeURIComponent(xml)}` : xml;
  const answer = await fetch(simulator.address, { method: 'POST', headers: { 'content-type': type }, body });
  return answer.text();
}
const send = (fields: Fields): Promise<string> => sendXml(write({ ...known, ...fields }));
const field = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</`).exec(xml)?.[1] ?? '';

interface Entry {
  readonly kind: string;
  readonly reference: string;
}
async function journal(): Promise<Entry[]> {
  const answer = await fetch(`${simulator.url}/control/journal`);
  return ((await answer.json()) as { entries: Entry[] }).entries;
}

test.each<[string, Fields, string]>([
  ['no account', { ssl_merchant_id: undefined }, '4000'],
  ['no user', { ssl_user_id: undefined }, '4019'],
  ['no PIN', { ssl_pin: undefined }, '4013'],
  ['a wrong PIN', { ssl_pin: 'WRONG' }, '4025'],
  ['an unknown type', { ssl_transaction_type: 'ccguess' }, '4010'],
  ['no amount', { ssl_amount: undefined }, '4009'],
  ['minor units', { ssl_amount: '1840' }, '5002'],
  ['no money', { ssl_amount: '0.00' }, '5002'],
  ['a currency that is none', { ssl_transaction_currency: 'ZZZ' }, '5002'],
  ['a mistyped number', { ssl_card_number: '4242424242424241' }, '5000'],
  ['a card of the past', { ssl_exp_date: '1119' }, '5001'],
  ['a year before the month', { ssl_exp_date: '3911' }, '5001'],
  ['a code without its indicator', { ssl_cvv2cvc2_indicator: undefined }, '4006'],
  ['an indicator without a code', { ssl_cvv2cvc2: undefined }, '4007'],
  ['a long name', { ssl_first_name: 'x'.repeat(21) }, '5005'],
  ['an unknown field', { ssl_tip: '1.00' }, '3003'],
  ['letters that no network takes', { ssl_city: 'Łódź' }, '3003'],
  ['a recurring charge that follows nothing', { ssl_recurring_flag: '1' }, '4009'],
  ['an unknown transaction', { ssl_transaction_type: 'ccvoid', ssl_txn_id: 'X' }, '5040'],
  ['a query for nothing', { ssl_transaction_type: 'txnquery', ssl_merchant_txn_id: undefined }, '4009'],
])('%s is refused with an error of its own, and nothing is booked', async (_what, change, errorCode) => {
  expect(field(await send({ ...sale, ...change }), 'errorCode')).toBe(errorCode);
  expect(await journal()).toHaveLength(bookedBefore);
});

test.each<[string, string, string | undefined, string]>([
  ['another content type', write({ ...known, ...sale }), 'text/xml', '4000'],
  ['what is no document', '<txn><ssl_amount>', undefined, '3003'],
  ['elements below elements', '<txn><a><b>1</b></a></txn>', undefined, '3003'],
  ['a field that is there twice', '<txn><a>1</a><a>2</a></txn>', undefined, '3003'],
  ['a bare ampersand', '<txn><a>A & B</a></txn>', undefined, '3003'],
])('%s is refused', async (_what, xml, type, errorCode) => {
  expect(field(await sendXml(xml, type), 'errorCode')).toBe(errorCode);
  expect(await journal()).toHaveLength(bookedBefore);
});

test('a reference that is sent twice is booked twice', async () => {
  const [first, second] = [await send(sale), await send(sale)];
  expect(field(first, 'ssl_result')).toBe('0');
  expect(field(second, 'ssl_txn_id')).not.toBe(field(first, 'ssl_txn_id'));
  expect(await journal()).toHaveLength(bookedBefore + 2);
});

test('no more goes back than was paid, and nothing of what is voided', async () => {
  const ssl_txn_id = field(await send(sale), 'ssl_txn_id');
  const back = (ssl_amount: string) => send({ ssl_transaction_type: 'ccreturn', ssl_txn_id, ssl_amount });
  expect(field(await back('18.00'), 'ssl_result')).toBe('0');
  expect(field(await back('0.41'), 'errorCode')).toBe('5091');
  expect(field(await send({ ssl_transaction_type: 'ccvoid', ssl_txn_id }), 'ssl_result')).toBe('0');
  expect(field(await back('0.40'), 'errorCode')).toBe('5040');
});
