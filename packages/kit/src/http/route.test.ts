// The shell as a client sees it: order of checks, envelopes, headers, and answers that are allow-lists.
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Endpoint, endpoint } from '@ozura/contract/endpoint';
import { Refusal } from '@ozura/core/errors';
import { record, required, text } from '@ozura/core/validation';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openContext } from '../context.ts';
import { openLog } from '../log.ts';
import { openRateLimits } from './rate-limit.ts';
import { openRouter } from './route.ts';
import { openServer } from './server.ts';

const greet = endpoint({
  name: 'greet',
  summary: 'Greets.',
  service: 'checkout',
  method: 'POST',
  path: '/greetings/:language',
  auth: ['keys'],
  limit: 'events',
  bodyMaxBytes: 1024,
  input: record({ first: required(text(1, 5)), last: required(text(1, 5)) }),
  status: 200,
  output: Type.Object({ success: Type.Boolean(), greeting: Type.String() }),
  errors: ['VALIDATION_FAILED'],
});

const punctual = endpoint({ ...greet, name: 'punctual', path: '/moments/:language' });

const context = openContext(openLog({ program: 'test', level: 'silent' }));
let app: FastifyInstance;
let base: string;
const statuses: number[] = [];
let steps: string[] = [];

beforeAll(async () => {
  app = openServer({
    service: 'checkout',
    context,
    https: false,
  });
  app.addHook('onSend', async (_request, reply) => void statuses.push(reply.statusCode));
  const router = openRouter(app, openRateLimits({ events: 3 }), ['', '/api/v1']);
  router.serve(greet as Endpoint<{ first: string; last: string }>, {
    authenticate: async (request) => {
      steps.push('authenticated');
      const caller = request.headers['x-caller'];
      if (typeof caller !== 'string') throw new Refusal('MISSING_CREDENTIALS');
      return caller;
    },
    limitBy: (_request, caller) => caller,
    alsoWrong: ({ sent, who }, intake) => {
      if (sent.mood !== undefined) intake.fail('mood', `of ${who.split('-')[0]} is ${sent.mood}`);
    },
    handle: async ({ input, params }) => {
      steps.push('carried out');
      if (input.first === 'crash') throw new Error('secret detail');
      if (input.first === 'slow') await new Promise((resolve) => setTimeout(resolve, 20));
      return { success: true, greeting: `${params.language} ${input.first} ${input.last}`, undeclared: 'leak' };
    },
  });
  router.serve(punctual as Endpoint<{ first: string; last: string }>, {
    authenticate: async ({ headers }) => ({ caller: String(headers['x-caller']) }),
    limitBy: (_request, { caller }) => caller,
    arrived: async () => {
      steps.push('asked for the time');
      return { atMs: 7 };
    },
    handle: async ({ who }) => ({ success: true, greeting: `${who.caller.split('-')[0]} at ${who.atMs}` }),
  });
  router.finish();
  base = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => app.close());

let callers = 0;
function newCaller(): string {
  callers += 1;
  return `caller-${callers}`;
}

function post(body: unknown, headers: Record<string, string> = {}, path = '/greetings/en'): Promise<Response> {
  return fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-caller': newCaller(), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

test('a good request is answered with declared members only, under both prefixes', async () => {
  for (const path of ['/greetings/en', '/api/v1/greetings/en']) {
    const answer = await post({ first: 'Ada', last: 'L' }, {}, path);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ success: true, greeting: 'en Ada L' });
    expect(answer.headers.get('request-id')).toMatch(/^req_\w{22}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=3;w=60');
    expect(answer.headers.get('server')).toBeNull();
  }
});

test('what is asked of others comes after the limit, the body and its JSON, and before its fields', async () => {
  const path = '/moments/en';
  const caller = { 'x-caller': newCaller() };
  steps = [];
  expect(await (await post({ first: 'Ada', last: 'L' }, caller, path)).json()).toMatchObject({
    greeting: 'caller at 7',
  });
  expect((await post({ first: 'too long a name' }, caller, path)).status).toBe(400);
  expect(steps).toEqual(['asked for the time', 'asked for the time']);
  expect((await post('{', caller, path)).status).toBe(400);
  expect((await post({ first: 'Ada', last: 'L' }, caller, path)).status).toBe(429);
  expect(steps).toHaveLength(2);
});

test('requests that arrive together go step by step together', async () => {
  const body = '{"first":"Ada","last":"L"}';
  const head = `POST /greetings/en HTTP/1.1\r\nHost: x\r\nX-Caller: ${newCaller()}\r\nConnection: close\r\n`;
  const sockets = await Promise.all(
    [1, 2, 3].map(async () => {
      const socket = connect({ port: Number(new URL(base).port), host: '127.0.0.1' });
      await once(socket, 'connect');
      return socket;
    }),
  );
  // Each is accepted before all of them write.
  await fetch(`${base}/nothing`);
  steps = [];
  for (const socket of sockets) {
    socket.end(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    socket.resume();
  }
  await Promise.all(sockets.map((socket) => once(socket, 'end')));
  const each = (step: string): string[] => Array(3).fill(step);
  expect(steps).toEqual([...each('authenticated'), ...each('carried out')]);
});

test('one failure is the message; two are details, in the order of the fields', async () => {
  const one = await (await post({ first: 'Ada' })).json();
  expect(one).toMatchObject({ success: false, error: 'last: is required', errorCode: 'VALIDATION_FAILED' });
  expect(one).not.toHaveProperty('details');
  const two = await (await post({ last: 7, first: 'much too long' })).json();
  expect(two).toMatchObject({
    error: 'Validation failed',
    details: ['first: must be 1-5 characters', 'last: must be a string'],
  });
});

test('what the handler would refuse, and names that are not allowed, are told with the rest', async () => {
  const { details } = await (await post({ first: 'a', sub: { constructor: 1 }, mood: 'bad' })).json();
  expect(details).toEqual(['sub.constructor: name not allowed', 'last: is required', 'mood: of caller is bad']);
  expect((await post({ first: 'a', last: 'b', mood: 'bad' })).status).toBe(200);
});

test.each([
  ['not json', 'INVALID_JSON', 400],
  ['[]', 'INVALID_JSON', 400],
  ['"text"', 'INVALID_JSON', 400],
  [`${'['.repeat(500)}${']'.repeat(500)}`, 'INVALID_JSON', 400],
  ['{"a":{"__proto__":1}}', 'VALIDATION_FAILED', 400],
  ['{"apiKey":"x"}', 'SECRET_IN_BODY', 400],
  ['{"deep":[{"cvv":"123"}]}', 'CARD_DATA_REFUSED', 400],
  ['{"pan":"4242 4242 4242 4242"}', 'CARD_DATA_REFUSED', 400],
  [`{"first":"${'x'.repeat(2000)}"}`, 'BODY_TOO_LARGE', 413],
])('%.30s is refused as %s', async (body, code, status) => {
  const answer = await post(body);
  expect(answer.status).toBe(status);
  expect((await answer.json()).errorCode).toBe(code);
});

test('bytes that are not UTF-8 are not JSON', async () => {
  const answer = await fetch(`${base}/greetings/en`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=UTF-8', 'x-caller': newCaller() },
    body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  });
  expect((await answer.json()).errorCode).toBe('INVALID_JSON');
});

test('the type is checked before the credentials, the credentials before the body', async () => {
  const type = await post('x=1', { 'content-type': 'application/x-www-form-urlencoded' });
  expect([type.status, (await type.json()).errorCode]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  const keys = await fetch(`${base}/greetings/en`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: 'not json',
  });
  expect([keys.status, (await keys.json()).errorCode]).toEqual([401, 'MISSING_CREDENTIALS']);
});

test('past the limit the answer says when to come back', async () => {
  const caller = newCaller();
  for (let i = 0; i < 3; i += 1) await post({ first: 'a', last: 'b' }, { 'x-caller': caller });
  const answer = await post({ first: 'a', last: 'b' }, { 'x-caller': caller });
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=3;w=60');
  expect(answer.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
  expect(await answer.json()).toMatchObject({ error: 'Too many requests', errorCode: 'RATE_LIMITED' });
});

test('an unknown path is 404, another method 405 with Allow', async () => {
  const unknown = await fetch(`${base}/nothing`);
  expect([unknown.status, (await unknown.json()).errorCode]).toEqual([404, 'NOT_FOUND']);
  for (const method of ['GET', 'DELETE', 'OPTIONS', 'HEAD']) {
    const answer = await fetch(`${base}/greetings/en`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  }
});

/** Sends what a client that is no browser may send, and listens until all has come back. */
function rawText(text: string, isWhole: (answers: string) => boolean): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answers = '';
  const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(text));
  socket.on('data', (chunk) => {
    answers += chunk.toString();
    if (isWhole(answers)) socket.destroy();
  });
  socket.once('close', () => resolve(answers));
  socket.once('error', reject);
  return promise;
}

async function raw(text: string): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const whole = await rawText(text, (answer) => answer.endsWith('}'));
  const [head = '', body = ''] = whole.split('\r\n\r\n');
  const [line = '', ...headers] = head.split('\r\n');
  return {
    status: Number(line.split(' ')[1]),
    headers: new Headers(headers.map((header): [string, string] => header.split(/: (.*)/s, 2) as [string, string])),
    body: JSON.parse(body) as Record<string, unknown>,
  };
}

test.each([
  ['a path that cannot be decoded', 'POST /nothing/%zz HTTP/1.1\r\nHost: a\r\n\r\n', 404, 'NOT_FOUND'],
  ['what is no id', 'POST /greetings/%zz?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n', 401, 'MISSING_CREDENTIALS'],
  ['headers past 16 KB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'BODY_TOO_LARGE'],
  ['what is not HTTP', 'HELLO\r\n\r\n', 400, 'VALIDATION_FAILED'],
  ...['TRACE', 'PROPFIND', 'QUERY', 'BREW', 'post', 'CONNECT'].map((method): [string, string, number, string] => [
    `${method} of a known path`,
    `${method} /greetings/en HTTP/1.1\r\nHost: a\r\n\r\n`,
    405,
    'METHOD_NOT_ALLOWED',
  ]),
  ['BREW of an unknown path', 'BREW /coffee HTTP/1.1\r\nHost: a\r\n\r\n', 404, 'NOT_FOUND'],
  ['BREW of no path', 'BREW //:x HTTP/1.1\r\nHost: a\r\n\r\n', 404, 'NOT_FOUND'],
  ['a request to nobody', 'POST /greetings/en HTTP/1.1\r\n\r\n', 400, 'VALIDATION_FAILED'],
  ['a request to two', 'POST /greetings/en HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', 400, 'VALIDATION_FAILED'],
  [
    'a body in a coding that nobody here reads',
    'POST /greetings/en HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    400,
    'VALIDATION_FAILED',
  ],
  ['an expectation', 'POST /greetings/en HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n', 401, 'MISSING_CREDENTIALS'],
  ['a tunnel', 'CONNECT shop.example:443 HTTP/1.1\r\nHost: a\r\n\r\n', 404, 'NOT_FOUND'],
])('%s is answered like everything else', async (_what, text, status, errorCode) => {
  const answer = await raw(text);
  expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
  expect(answer.body.requestId).toBe(answer.headers.get('request-id'));
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  if (status === 405) expect(answer.headers.get('allow')).toBe('POST');
});

test('a request is answered before the bytes that follow it and are none', async () => {
  const body = '{"first":"slow","last":"b"}';
  const head = `POST /greetings/en HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const whole = await rawText(
    `${`${head}X-Caller: ${newCaller()}\r\n\r\n${body}`.repeat(2)}HELLO\r\n\r\n`,
    () => false,
  );
  expect([...whole.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '200', '400']);
});

test.each([
  ['', 'no', [400, 'VALIDATION_FAILED']],
  ['2\r\n{}\r\n', 'some', [415, 'UNSUPPORTED_MEDIA_TYPE']],
])('a body in chunks of %j without a type is %s body', async (chunks, _what, expected) => {
  const head = `POST /greetings/en HTTP/1.1\r\nHost: a\r\nX-Caller: ${newCaller()}\r\n`;
  const answer = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
  expect([answer.status, answer.body.errorCode]).toEqual(expected);
});

test('an idempotency key that is sent twice is no key', async () => {
  const body = '{"first":"abcdef","last":"b"}';
  const head = `POST /greetings/en HTTP/1.1\r\nHost: a\r\nX-Caller: ${newCaller()}\r\nContent-Type: application/json\r\n`;
  const keys = 'Idempotency-Key: one\r\nidempotency-key: one\r\n';
  const answer = await raw(`${head}${keys}Content-Length: ${body.length}\r\n\r\n${body}`);
  expect([answer.status, answer.body.details]).toEqual([
    400,
    ['Idempotency-Key: must be sent once', 'first: must be 1-5 characters'],
  ]);
});

test('a client that goes away in the middle of a body is no failure of ours', async () => {
  statuses.length = 0;
  const head = `POST /greetings/en HTTP/1.1\r\nHost: a\r\nX-Caller: ${newCaller()}\r\nContent-Type: application/json\r\n`;
  const socket = connect(Number(new URL(base).port), '127.0.0.1', () =>
    socket.write(`${head}Content-Length: 9\r\n\r\n{`),
  );
  setTimeout(() => socket.destroy(), 50);
  await vi.waitUntil(() => statuses.length > 0);
  expect(statuses).toEqual([400]);
});

test('a body that grows past its limit on the way is refused too', async () => {
  const chunk = `fff\r\n${' '.repeat(0xfff)}\r\n`;
  const head = `POST /greetings/en HTTP/1.1\r\nHost: a\r\nX-Caller: ${newCaller()}\r\nContent-Type: application/json\r\n`;
  const answer = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(2)}0\r\n\r\n`);
  expect([answer.status, answer.body.errorCode]).toEqual([413, 'BODY_TOO_LARGE']);
});

test('a compressed body is not a JSON body', async () => {
  const answer = await post({ first: 'a', last: 'b' }, { 'content-encoding': 'gzip' });
  expect(answer.status).toBe(415);
});

test('the address of a client is the last one that no trusted proxy has added', async () => {
  const seen = async (trustedProxies: readonly string[], forwarded: string): Promise<string> => {
    const server = openServer({ service: 'checkout', context, https: false, trustedProxies });
    server.get('/ip', async (request) => ({ ip: request.ip }));
    const answer = await server.inject({ url: '/ip', headers: { 'x-forwarded-for': forwarded } });
    await server.close();
    return (answer.json() as { ip: string }).ip;
  };
  const chain = '6.6.6.6, 203.0.113.9, 10.0.0.2';
  expect(await seen([], chain)).toBe('127.0.0.1');
  expect(await seen(['10.0.0.0/8'], chain)).toBe('127.0.0.1');
  expect(await seen(['127.0.0.1'], chain)).toBe('10.0.0.2');
  expect(await seen(['127.0.0.1', '10.0.0.0/8'], chain)).toBe('203.0.113.9');
});

test('an unexpected exception tells the caller nothing but the request id', async () => {
  const answer = await post({ first: 'crash', last: 'b' });
  expect(answer.status).toBe(500);
  const body = await answer.json();
  expect(body).toEqual({
    success: false,
    error: 'Internal server error',
    errorCode: 'INTERNAL_ERROR',
    requestId: answer.headers.get('request-id'),
  });
});
