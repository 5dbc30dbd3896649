// What Checkout concludes from Pay's answer to a sale (contract 12.5), over HTTP: a small server answers in Pay's place.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openClient } from '@ozura/contract/client';
import { Secret } from '@ozura/core/secret';
import { openContext } from '@ozura/kit/context';
import { openOutbound } from '@ozura/kit/fetch';
import { openLog } from '@ozura/kit/log';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { send } from './charge.ts';
import type { ChargeOrder } from './charge-request.ts';
import type { CheckoutContext } from './context.ts';

interface Scripted {
  readonly status: number;
  readonly body: object;
}

const outbound = openOutbound();
const failure = (status: number, errorCode: string): Scripted => ({ status, body: { success: false, errorCode } });
const charge = (state: string, errorCode: string): Scripted => ({
  status: 200,
  body: { success: true, data: { chargeId: 'chg_1', state, failure: { errorCode, error: errorCode } } },
});
const unavailable = failure(503, 'PROCESSOR_UNAVAILABLE');

let server: Server;
let url: string;
let answers: Record<string, Scripted> = {};
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, reply) => {
    const what = `${request.method} ${request.url}`;
    asked.push(what);
    const answer = answers[what];
    if (answer === undefined) request.socket.destroy();
    else reply.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await outbound.close();
  server.close();
});

beforeEach(() => {
  asked = [];
});

const order = {
  chargeId: 'chg_1',
  session: { id: 'session_1', request: { merchantId: 'ozu_bluekettle', currency: 'USD' } },
  cvcSession: new Secret('cvc_1'),
  billing: { address: {} },
  subtotalMinor: 1840n,
  totalMinor: 1840n,
} as unknown as ChargeOrder;

const base = openContext(openLog({ program: 'test', level: 'silent' }));
const sendTo = (payUrl: string) =>
  send({ ...base, pay: openClient(payUrl, outbound.send) } as unknown as CheckoutContext, order);

test.each([
  ['reversed', 'PROCESSOR_UNAVAILABLE', { kind: 'undone', errorCode: 'CARD_DECLINED' }],
  ['not_processed', 'PROCESSOR_UNAVAILABLE', { kind: 'undone', errorCode: 'CARD_DECLINED' }],
  ['refused', 'PROCESSOR_UNAVAILABLE', { kind: 'refused', errorCode: 'SYSTEM_ERROR' }],
  ['not_sent', 'PROCESSOR_UNAVAILABLE', { kind: 'not-sent', errorCode: 'OVERLOADED' }],
])('of a sale that no processor did, the charge says more: %s', async (state, code, outcome) => {
  answers = { 'POST /cardSale': unavailable, 'GET /charges/chg_1': charge(state, code) };
  expect(await sendTo(url)).toEqual({ outcome });
  expect(asked).toEqual(['POST /cardSale', 'GET /charges/chg_1']);
});

test.each([
  ['has no answer', undefined],
  ['is answered with a failure', failure(500, 'INTERNAL_ERROR')],
  ['finds no charge', failure(404, 'NOT_FOUND')],
  ['finds it still running', charge('processing', 'PAYMENT_UNKNOWN')],
])('when that question %s, nothing is concluded, and the charge is not given up', async (_what, answer) => {
  answers = { 'POST /cardSale': unavailable, ...(answer && { 'GET /charges/chg_1': answer }) };
  expect(await sendTo(url)).toBeUndefined();
  expect(asked).toEqual(['POST /cardSale', 'GET /charges/chg_1']);
});

const given = ['POST /cardSale', 'GET /charges/chg_1', 'POST /charges/chg_1/abandon'];
const gone = { 'GET /charges/chg_1': failure(404, 'NOT_FOUND') };

test.each(['PRICE_CHANGED', 'TOKEN_NOT_FOUND', 'OVERLOADED'] as const)(
  'a sale that was refused before it was written (%s) is given up, so that no copy of it charges later',
  async (code) => {
    const abandoned = charge('abandoned', 'OVERLOADED');
    answers = { 'POST /cardSale': failure(409, code), ...gone, 'POST /charges/chg_1/abandon': abandoned };
    expect(await sendTo(url)).toEqual({ outcome: { kind: 'not-sent', errorCode: code } });
    expect(asked).toEqual(given);
  },
);

test('a copy of it that was faster decides, and while nobody can tell nothing is concluded', async () => {
  const declined = charge('declined', 'INSUFFICIENT_FUNDS');
  answers = { 'POST /cardSale': failure(503, 'OVERLOADED'), 'GET /charges/chg_1': declined };
  expect(await sendTo(url)).toEqual({ outcome: { kind: 'declined', errorCode: 'INSUFFICIENT_FUNDS' } });
  answers = { 'POST /cardSale': failure(503, 'OVERLOADED'), ...gone };
  expect(await sendTo(url)).toBeUndefined();
});

test('a plain decline needs no second question', async () => {
  answers = { 'POST /cardSale': failure(402, 'INSUFFICIENT_FUNDS') };
  expect(await sendTo(url)).toEqual({ outcome: { kind: 'declined', errorCode: 'INSUFFICIENT_FUNDS' } });
  expect(asked).toEqual(['POST /cardSale']);
});

test('what somebody on the way to Pay answers proves nothing', async () => {
  for (const status of [403, 404, 408, 413, 429]) {
    answers = { 'POST /cardSale': { status, body: { message: 'no such upstream' } } };
    expect(await sendTo(url)).toBeUndefined();
  }
});

test('an answer that never came proves nothing, a connection that never was proves that nothing was sent', async () => {
  answers = {};
  expect(await sendTo(url)).toBeUndefined();
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  expect(await sendTo(`http://127.0.0.1:${port}`)).toEqual({
    outcome: { kind: 'not-sent', errorCode: 'OVERLOADED' },
  });
});
