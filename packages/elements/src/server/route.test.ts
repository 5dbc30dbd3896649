// The routes on a merchant's server, as a Fetch API handler and as middleware on a real Node server.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as sdk from './index.ts';
import {
  createCardSaleHandler,
  createCardSaleMiddleware,
  createSessionHandler,
  createSessionMiddleware,
  Ozura,
} from './index.ts';

let service: Server;
let ozura: Ozura;
let answer: { readonly status: number; readonly body: object } = { status: 200, body: {} };
let asked: Record<string, unknown>[] = [];

beforeAll(async () => {
  service = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    asked.push(JSON.parse(text));
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  ozura = new Ozura({ vaultKey: 'v', apiKey: 'a', merchantId: 'ozu_shop', apiUrl: url, vaultUrl: url, retries: 0 });
});
afterAll(() => {
  service.closeAllConnections();
  service.close();
});
beforeEach(() => {
  asked = [];
  answer = {
    status: 200,
    body: {
      data: {
        session_key: 'vs_1',
        expires_in_seconds: 1800,
        transactionId: 'T1',
        amount: '49.00',
        cardLastFour: '4242',
        cardBrand: 'VISA',
      },
    },
  };
});

interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

type Ask = (init: RequestInit) => Promise<Heard>;
const heard = async (response: Response): Promise<Heard> => ({
  status: response.status,
  headers: response.headers,
  body: await response.json(),
});

const byFetch =
  (handler: sdk.FetchHandler): Ask =>
  async (init) =>
    heard(
      await handler(
        new Request('https://shop.example/route', {
          ...init,
          headers: { 'x-real-ip': '203.0.113.9', ...init.headers },
        }),
      ),
    );

/** As `express.json()` leaves a request. */
const byNode =
  (work: sdk.Middleware, parse = true): Ask =>
  async (init) => {
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      await work(parse ? Object.assign(request, { body: JSON.parse(text || '{}') }) : request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const headers = { 'x-real-ip': '203.0.113.9', ...init.headers };
    const result = await heard(
      await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { ...init, headers }),
    );
    server.close();
    return result;
  };

const post = (body: unknown, type = 'application/json'): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': type },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe.each<[string, (options?: sdk.SessionRouteOptions) => Ask]>([
  ['createSessionHandler', (options) => byFetch(createSessionHandler(ozura, options))],
  ['createSessionMiddleware', (options) => byNode(createSessionMiddleware(ozura, options))],
])('%s', (_name, route) => {
  const sessionId = '0b0e8f5e-1c1d-4a7b-9f57-0f1f2a3b4c5d';

  test('answers a session key for the page’s id, with the options of the shop', async () => {
    expect(await route({ sessionLimit: 5, orderId: 'o-1' })(post({ sessionId }))).toMatchObject({
      status: 200,
      body: { sessionKey: 'vs_1' },
    });
    expect(asked).toEqual([{ session_id: sessionId, session_limit: 5, order_id: 'o-1' }]);
  });

  test('answers older pages in their words too, and serves a page without an id', async () => {
    expect((await route()(post({ tokenizationSessionId: sessionId }))).body).toEqual({
      sessionKey: 'vs_1',
      waxKey: 'vs_1',
    });
    expect((await route()(post({}))).body).toEqual({ sessionKey: 'vs_1' });
    expect(asked[1]).toEqual({});
  });

  test('refuses other methods, other types and other bodies', async () => {
    const other = await route()({ method: 'GET' });
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await route()(post('{}', 'text/plain'))).status).toBe(415);
    expect(await route()(post('[]'))).toMatchObject({
      status: 400,
      body: { error: 'Request body must be a JSON object' },
    });
    expect(await route()(post({ sessionId: 7 }))).toMatchObject({
      status: 400,
      body: { error: 'sessionId: must be a string' },
    });
    expect(asked).toEqual([]);
  });
});

describe.each<[string, (options: sdk.CardSaleRouteOptions) => Ask]>([
  ['createCardSaleHandler', (options) => byFetch(createCardSaleHandler(ozura, options))],
  ['createCardSaleMiddleware', (options) => byNode(createCardSaleMiddleware(ozura, options))],
])('%s', (_name, route) => {
  const getAmount = async (body: sdk.RequestBody) => (body.orderId === 'o-1' ? '49.00' : '1.00');
  const body = { token: 'tok_1', cvcSession: 'cvc_1', orderId: 'o-1', amount: '0.01', billing: { address: {} } };

  test('charges the amount of the shop’s own records, and answers a receipt', async () => {
    expect(await route({ getAmount, getCurrency: () => 'CAD' })(post(body))).toMatchObject({
      status: 200,
      body: { transactionId: 'T1', amount: '49.00', cardLastFour: '4242', cardBrand: 'VISA' },
    });
    expect(asked).toMatchObject([
      { amount: '49.00', currency: 'CAD', clientIpAddress: '203.0.113.9', ozuraCardToken: 'tok_1' },
    ]);
  });

  test.each(['token', 'cvcSession', 'billing'])('needs %s', async (name) => {
    expect(await route({ getAmount })(post({ ...body, [name]: undefined }))).toMatchObject({
      status: 400,
      body: { error: `${name} is required` },
    });
    expect(asked).toEqual([]);
  });

  test('passes on what the service says, and nothing of the inside', async () => {
    answer = { status: 402, body: { error: 'Insufficient funds', errorCode: 'INSUFFICIENT_FUNDS' } };
    expect(await route({ getAmount })(post(body))).toMatchObject({
      status: 402,
      body: { error: 'Insufficient funds' },
    });
    answer = { status: 429, body: { retry_after_seconds: 9 } };
    const limited = await route({ getAmount })(post(body));
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '9']);
    answer = { status: 504, body: { errorCode: 'PAYMENT_UNKNOWN', attemptId: 'A1' } };
    expect((await route({ getAmount })(post(body))).body).toEqual({
      error: 'The outcome of this payment is being confirmed. Do not pay again.',
      errorCode: 'PAYMENT_UNKNOWN',
      attemptId: 'A1',
    });
    const broken = () => Promise.reject(new Error('SELECT password FROM orders'));
    expect(await route({ getAmount: broken })(post(body))).toMatchObject({
      status: 500,
      body: { error: 'Internal server error' },
    });
  });
});

test('a service that cannot be reached is a bad gateway', async () => {
  const nowhere = new Ozura({ vaultKey: 'v', vaultUrl: 'http://127.0.0.1:1', retries: 0 });
  expect(await byFetch(createSessionHandler(nowhere))(post({}))).toMatchObject({ status: 502 });
  for (const status of [304, 308]) {
    const fetch = async (): Promise<Response> => new Response(null, { status });
    const moved = new Ozura({ vaultKey: 'v', fetch, retries: 0 });
    expect(await byFetch(createSessionHandler(moved))(post({}))).toMatchObject({ status: 502 });
    expect(await byNode(createSessionMiddleware(moved))(post({}))).toMatchObject({ status: 502 });
  }
});

test('middleware without a body parser says what is missing', async () => {
  const { status, body } = await byNode(createSessionMiddleware(ozura), false)(post({}));
  expect([status, body]).toEqual([400, { error: expect.stringContaining('express.json()') }]);
});

test('older names work, and say once what to use instead', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  for (let i = 0; i < 2; i += 1) {
    expect((await byFetch(sdk.createMintWaxHandler(ozura))(post({}))).status).toBe(200);
    expect((await byNode(sdk.createMintWaxMiddleware(ozura))(post({}))).status).toBe(200);
    expect(await ozura.mintWaxKey()).toMatchObject({ sessionKey: 'vs_1' });
    await ozura.revokeWaxKey('vs_1');
  }
  expect(warn.mock.calls.map(([line]) => line)).toEqual([
    '@ozura/elements: createMintWaxHandler is deprecated, use createSessionHandler',
    '@ozura/elements: createMintWaxMiddleware is deprecated, use createSessionMiddleware',
    '@ozura/elements: mintWaxKey is deprecated, use createSession',
    '@ozura/elements: revokeWaxKey is deprecated, use revokeSession',
  ]);
  warn.mockRestore();
});
