// The server client against a server that answers as it is told: what goes over the wire, and what comes of each answer.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TokenResponse } from '../browser/vault.ts';
import { type CardSaleInput, Ozura, OzuraError } from './index.ts';

interface Received {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

type Answer = (response: ServerResponse) => void;

const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const failure = (status: number, errorCode: string, error: string, more: object = {}) =>
  json(status, { success: false, error, errorCode, requestId: 'req_1', ...more });

let server: Server;
let url: string;
let received: Received[] = [];
let answers: Answer[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push({
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    });
    const [next, ...rest] = answers;
    if (rest.length > 0) answers = rest;
    next?.(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
});

const vaultKey = 'key_shop_test_pvt_VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVV';
const apiKey = 'mk_test_MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM';
const open = (more: object = {}) =>
  new Ozura({
    vaultKey,
    apiKey,
    merchantId: 'ozu_shop',
    apiUrl: `${url}/api/v1/`,
    vaultUrl: url,
    checkoutUrl: url,
    retries: 0,
    ...more,
  });
const sale: CardSaleInput = {
  token: 'tok_1',
  cvcSession: 'cvc_secretsecret',
  amount: '49.00',
  billing: {
    firstName: 'Jane',
    lastName: 'Smith',
    email: 'jane@example.com',
    phone: '+15551234567',
    address: { line1: '123 Main St', city: 'San Francisco', state: 'CA', zip: '94102', country: 'US' },
  },
  clientIpAddress: '203.0.113.9',
};
const refusal = async (work: PromiseLike<unknown>): Promise<OzuraError> => {
  const error = await Promise.resolve(work).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OzuraError);
  return error as OzuraError;
};

test('billing of a token goes on as it is; without any the call is refused and says so', async () => {
  // As it came over the merchant's own wire, in the words of the browser's types.
  const tokenResponse: Pick<TokenResponse, 'token' | 'billing'> = { token: 'tok_1' };
  answers = [];
  expect(await refusal(open().cardSale({ ...sale, billing: tokenResponse.billing }))).toMatchObject({
    message: 'billing: must be an object with firstName, lastName, email, phone and address',
  });
  expect(received).toEqual([]);
});

test('a sale goes out in flat fields with both keys, and its data come back', async () => {
  answers = [json(200, { success: true, data: { transactionId: 'T1', amount: '49.00' } })];
  expect(await open().cardSale({ ...sale, idempotencyKey: 'order-7' })).toEqual({
    transactionId: 'T1',
    amount: '49.00',
  });
  expect(received).toMatchObject([
    {
      line: 'POST /api/v1/cardSale',
      headers: {
        'x-api-key': apiKey,
        'vault-api-key': vaultKey,
        'idempotency-key': 'order-7',
        'content-type': 'application/json',
      },
    },
  ]);
  expect(received[0]?.body).toEqual({
    merchantId: 'ozu_shop',
    amount: '49.00',
    currency: 'USD',
    ozuraCardToken: 'tok_1',
    ozuraCvcSession: 'cvc_secretsecret',
    billingFirstName: 'Jane',
    billingLastName: 'Smith',
    billingEmail: 'jane@example.com',
    billingPhone: '+15551234567',
    billingAddress1: '123 Main St',
    billingCity: 'San Francisco',
    billingState: 'CA',
    billingZipcode: '94102',
    billingCountry: 'US',
    clientIpAddress: '203.0.113.9',
    salesTaxExempt: false,
    surchargePercent: '0.00',
    tipAmount: '0.00',
  });
});

test('an answer without data is read from its top level', async () => {
  answers = [json(200, { transactionId: 'T2' })];
  expect(await open().cardSale(sale)).toMatchObject({ transactionId: 'T2' });
});

test('the options of a vault session are written as the Vault has them', async () => {
  answers = [json(201, { success: true, data: { session_key: 'vs_1', expires_in_seconds: 60 } })];
  const sessionId = '0b0e8f5e-1c1d-4a7b-9f57-0f1f2a3b4c5d';
  const options = {
    sessionId,
    sessionLimit: null,
    orderId: '💳'.repeat(255),
    customerId: 'c',
    cartId: 'k',
    metadata: { a: '💳'.repeat(256) },
    ttlSeconds: 60,
  };
  expect(await open().createSession(options)).toEqual({ sessionKey: 'vs_1', expiresInSeconds: 60 });
  expect(received[0]).toMatchObject({
    line: 'POST /sessions',
    headers: { 'x-api-key': vaultKey },
    body: {
      session_id: sessionId,
      session_limit: null,
      order_id: options.orderId,
      customer_id: 'c',
      cart_id: 'k',
      metadata: options.metadata,
      ttl_seconds: 60,
    },
  });
  await open().createSession();
  expect(received[1]?.body).toEqual({});
});

test.each([
  [{ sessionId: 'x' }, 'sessionId: must be a UUID'],
  [{ sessionLimit: 0 }, 'sessionLimit: must be an integer between 1 and 1000'],
  [{ maxProxyCalls: 1.5 }, 'maxProxyCalls: must be an integer between 1 and 100000'],
  [{ ttlSeconds: 59 }, 'ttlSeconds: must be an integer between 60 and 1800'],
  [{ orderId: '' }, 'orderId: must be 1-255 characters'],
  [{ orderId: '  ' }, 'orderId: must be 1-255 characters'],
  [{ metadata: [] as never }, 'metadata: must be an object'],
  [
    { metadata: Object.fromEntries(Array.from({ length: 17 }, (_none, i) => [`m${i}`, ''])) },
    'metadata: must have at most 16 members',
  ],
  [{ metadata: { a: 'x'.repeat(257) } }, 'metadata.a: must be a string of at most 256 characters'],
])('the option %j is refused before anything is sent', async (options, message) => {
  expect(await refusal(open().createSession(options))).toMatchObject({ statusCode: 400, message });
  expect(received).toEqual([]);
});

test('a query carries what was asked for, and answers rows and pages', async () => {
  const pagination = {
    currentPage: 1,
    totalPages: 1,
    totalCount: 1,
    limit: 25,
    hasNextPage: false,
    hasPrevPage: false,
  };
  answers = [json(200, { success: true, data: [{ transactionId: 'T1' }], pagination })];
  const input = {
    dateFrom: '2025-01-01 00:00:00',
    page: 1,
    limit: 25,
    sortBy: 'createdAt',
    sortOrder: 'desc',
  } as const;
  expect(await open().listTransactions(input)).toEqual({ transactions: [{ transactionId: 'T1' }], pagination });
  expect(received[0]?.line).toBe(
    'GET /api/v1/transQuery?dateFrom=2025-01-01+00%3A00%3A00&page=1&limit=25&sortBy=createdAt&sortOrder=desc',
  );
});

test('checkout sessions, links, refunds and plans go to their routes', async () => {
  answers = [json(200, { success: true, data: { sessionId: 's' }, cached: true, warnings: ['w'] })];
  const urls = { merchantName: 'Shop', successUrl: 'https://a', cancelUrl: 'https://a', errorUrl: 'https://a' };
  const ozura = open();
  expect(await ozura.createCheckoutSession(urls)).toEqual({ sessionId: 's', cached: true, warnings: ['w'] });
  await ozura.createPaymentLink({ ...urls, merchantId: 'ozu_other' });
  await ozura.getCheckoutSession('session_1/..');
  await ozura.checkPaymentLink('pl_1');
  await ozura.cardRefund({ transactionId: 'T1', amount: '1.00', idempotencyKey: 'r1' });
  await ozura.cardVoid({ transactionId: 'T1' });
  await ozura.createPlan({ planName: 'Tea', idempotencyKey: 'p1' });
  await ozura.listPlans({ status: 'active' });
  await ozura.pausePlan('plan_1');
  await ozura.resumePlan('plan_1');
  await ozura.cancelPlan('plan_1');
  expect(received.map(({ line }) => line)).toEqual([
    'POST /api/sessions/create',
    'POST /api/payment-links/create',
    'GET /api/sessions/session_1%2F..',
    'GET /api/payment-links/pl_1/check-availability',
    'POST /api/v1/cardRefund',
    'POST /api/v1/cardVoid',
    'POST /api/v1/recurring/plans',
    'GET /api/v1/recurring/plans?merchantId=ozu_shop&status=active',
    'POST /api/v1/recurring/plans/plan_1/pause',
    'POST /api/v1/recurring/plans/plan_1/resume',
    'POST /api/v1/recurring/plans/plan_1/cancel',
  ]);
  expect(received[0]).toMatchObject({
    headers: { 'x-api-key': vaultKey, 'x-ozura-api-key': apiKey },
    body: { merchantId: 'ozu_shop' },
  });
  expect(received[1]?.body).toMatchObject({ merchantId: 'ozu_other' });
  expect(received[4]).toMatchObject({
    headers: { 'idempotency-key': 'r1' },
    body: { merchantId: 'ozu_shop', transactionId: 'T1', amount: '1.00' },
  });
  expect(received[4]?.body).not.toHaveProperty('idempotencyKey');
  expect(received[6]).toMatchObject({ headers: { 'vault-api-key': vaultKey, 'idempotency-key': 'p1' } });
});

test('events are one page when awaited, and all that there are in a loop', async () => {
  const page = (ids: readonly string[], hasMore: boolean) =>
    json(200, { success: true, data: ids.map((id) => ({ id })), hasMore, nextAfter: ids.at(-1) });
  answers = [page(['a', 'b'], true), page(['a', 'b'], true), page(['c'], false)];
  expect(await open().listEvents({ limit: 2, types: ['session.completed', 'plan.charged'] })).toMatchObject({
    hasMore: true,
    nextAfter: 'b',
  });
  const seen: string[] = [];
  for await (const { id } of open().listEvents({ limit: 2 })) seen.push(id);
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(received.map(({ line }) => line)).toEqual([
    'GET /api/events?limit=2&types=session.completed%2Cplan.charged',
    'GET /api/events?limit=2',
    'GET /api/events?after=b&limit=2',
  ]);
});

describe('a failure', () => {
  test('has the members that it has a value for, and no others', async () => {
    answers = [json(503, { error: 'Down' })];
    const error = await refusal(open().cardSale(sale));
    expect(Object.keys(error)).toEqual(['statusCode', 'raw', 'name']);
  });

  test.each<[Answer, object]>([
    [
      failure(400, 'VALIDATION_FAILED', 'amount: is required'),
      { statusCode: 400, message: 'amount: is required', raw: 'amount: is required' },
    ],
    [
      failure(401, 'INVALID_CREDENTIALS', 'Invalid API credentials'),
      { statusCode: 401, message: 'Payment service credentials were not accepted.' },
    ],
    [
      failure(403, 'PERMISSION_DENIED', 'No'),
      { statusCode: 403, message: 'Payment service credentials were not accepted.' },
    ],
    [
      failure(402, 'INSUFFICIENT_FUNDS', 'Insufficient funds', { attemptId: 'A1' }),
      { statusCode: 402, message: 'Insufficient funds', attemptId: 'A1' },
    ],
    [failure(402, 'INVALID_CVV', 'x'), { statusCode: 402, message: 'Security code does not match' }],
    [failure(402, 'SOMETHING_NEW', 'x'), { statusCode: 402, message: 'Card declined' }],
    [
      failure(409, 'CVC_SESSION_ALREADY_USED', 'Used'),
      { statusCode: 409, message: 'Used', errorCode: 'CVC_SESSION_ALREADY_USED' },
    ],
    [
      json(429, { success: false, message: 'Slow', retry_after_seconds: 7 }),
      { statusCode: 429, message: 'Too many requests. Try again later.', retryAfter: 7, raw: 'Slow' },
    ],
    [json(429, { error: 'Slow' }, { 'retry-after': '9' }), { statusCode: 429, retryAfter: 9 }],
    [
      failure(504, 'PAYMENT_UNKNOWN', 'x', { attemptId: 'A2' }),
      {
        statusCode: 504,
        message: 'The outcome of this payment is being confirmed. Do not pay again.',
        attemptId: 'A2',
        requestId: 'req_1',
      },
    ],
    [
      json(503, { error: 'Down' }),
      { statusCode: 503, message: 'The payment service has a problem. Try again later.', raw: 'Down' },
    ],
    [
      (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
      { statusCode: 502, raw: '' },
    ],
    [(response) => response.writeHead(200).end('<h1>Hotel login</h1>'), { statusCode: 0 }],
    [
      (response) =>
        response
          .writeHead(200, { 'content-length': '900' })
          .write('{"success":true,"data":{', () => response.destroy()),
      { statusCode: 0, message: 'Could not reach the payment service. Check the connection and try again.' },
    ],
    [(response) => response.destroy(), { statusCode: 0, raw: '' }],
    [(response) => response.writeHead(302, { location: `${url}/elsewhere` }).end(), { statusCode: 302 }],
  ])('is what the contract says: %#', async (answer, expected) => {
    answers = [answer];
    expect(await refusal(open({ retries: 2 }).cardSale(sale))).toMatchObject(expected);
    // A sale is never repeated, whatever happens.
    expect(received).toHaveLength(1);
  });

  test('says when the answer took too long, also in the middle of it', async () => {
    answers = [(response) => void response.writeHead(200).write('{')];
    expect(await refusal(open({ timeoutMs: 150 }).cardSale(sale))).toMatchObject({
      statusCode: 0,
      message: 'The payment service did not answer in time.',
    });
  });

  test('holds no secret, though the service echoes them', async () => {
    answers = [failure(400, 'VALIDATION_FAILED', `bad: ${apiKey} ${vaultKey} ${sale.cvcSession} ${sale.token}`)];
    const error = await refusal(open().cardSale(sale));
    const told = `${error.message} ${error.raw} ${error.stack} ${JSON.stringify(error)} ${inspect(error)}`;
    for (const secret of [apiKey, vaultKey, sale.cvcSession, sale.token]) expect(told).not.toContain(secret);
    expect(inspect(open(), { showHidden: true, depth: 9 })).not.toContain(vaultKey);
  });

  test('can be read also where a test has made up a token of one letter', async () => {
    answers = [failure(400, 'VALIDATION_FAILED', 'amount: must be a decimal number')];
    const error = await refusal(open().cardSale({ ...sale, token: 't', cvcSession: 'c' }));
    expect(error.message).toBe('amount: must be a decimal number');
  });
});

describe('repeating', () => {
  test('helps queries and sessions over a passing trouble, a second later', async () => {
    answers = [json(503, {}), json(201, { data: { session_key: 'vs_2', expires_in_seconds: 1800 } })];
    const startedAt = performance.now();
    expect(await open({ retries: 1 }).createSession()).toMatchObject({ sessionKey: 'vs_2' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(received).toHaveLength(2);
  });

  test('is not tried on 4xx, on 429, nor for sessions without an idempotency key', async () => {
    for (const status of [404, 429]) {
      answers = [json(status, {})];
      await refusal(open({ retries: 2 }).listTransactions());
    }
    answers = [json(503, {})];
    await refusal(
      open({ retries: 2 }).createCheckoutSession({ merchantName: 'x', successUrl: '', cancelUrl: '', errorUrl: '' }),
    );
    await refusal(open({ retries: 2 }).cardRefund({ transactionId: 'T' }));
    expect(received).toHaveLength(4);
    const fields = { merchantName: 'x', successUrl: '', cancelUrl: '', errorUrl: '', idempotencyKey: 'k' };
    await refusal(open({ retries: 1 }).createCheckoutSession(fields));
    expect(received).toHaveLength(6);
  });

  test('revoking has one try and never throws', async () => {
    answers = [json(500, {})];
    await expect(open({ retries: 2 }).revokeSession('vs_1')).resolves.toBeUndefined();
    expect(received).toMatchObject([{ line: 'POST /sessions/revoke', body: { session_key: 'vs_1' } }]);
  });
});

describe('the configuration', () => {
  test.each([
    [{}, /vaultKey is required/],
    [{ vaultKey, timeoutMs: 0 }, /timeoutMs must be/],
    [{ vaultKey, timeoutMs: 2 ** 31 }, /timeoutMs must be a whole number of at least 1 and at most 2147483647/],
    [{ vaultKey, retries: -1 }, /retries must be/],
    [{ vaultKey, apiUrl: 'localhost:4002' }, /apiUrl must be an http or https URL/],
    [{ vaultKey: vaultKey.replace('_test_', '_live_') }, /vaultUrl is required with a live key/],
    [{ vaultKey, apiKey: apiKey.replace('_test_', '_live_') }, /apiUrl is required with a live key/],
  ])('%j is refused at once, with what to pass', (config, message) => {
    expect(() => new Ozura(config as never)).toThrow(message);
  });

  test('needs no charge credentials until something is charged', async () => {
    const ozura = new Ozura({ vaultKey, vaultUrl: url });
    expect((await refusal(ozura.cardSale(sale))).message).toBe('cardSale requires merchantId and apiKey');
    expect((await refusal(ozura.listPlans())).message).toBe('listPlans requires merchantId and apiKey');
    answers = [json(201, { data: { session_key: 'vs_3', expires_in_seconds: 1800 } })];
    expect(await ozura.createSession()).toMatchObject({ sessionKey: 'vs_3' });
  });

  test('a live key never talks to the development address of Checkout', async () => {
    const live = {
      vaultKey: vaultKey.replace('_test_', '_live_'),
      apiKey,
      merchantId: 'm',
      apiUrl: url,
      vaultUrl: url,
    };
    expect((await refusal(new Ozura(live).getCheckoutSession('s'))).message).toMatch(/checkoutUrl is required/);
    expect(received).toEqual([]);
  });
});
