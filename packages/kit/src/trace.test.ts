// Traces as they go through a program: from the header of a request into its log lines, its transactions and its calls.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OutgoingRequest, Send } from '@ozura/contract/client';
import { type Endpoint, endpoint } from '@ozura/contract/endpoint';
import { record, required, text } from '@ozura/core/validation';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openContext } from './context.ts';
import type { Database } from './db/handle.ts';
import { openDatabase } from './db/open.ts';
import { openRateLimits } from './http/rate-limit.ts';
import { openRouter } from './http/route.ts';
import { openServer } from './http/server.ts';
import { type Log, openLog } from './log.ts';
import { beginTrace, currentTrace, inTrace, noteAbout, outsideTraces, resumeTrace } from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

const buy = endpoint({
  name: 'buy',
  summary: 'Buys.',
  service: 'pay',
  method: 'POST',
  path: '/things/:thing',
  auth: ['keys'],
  input: record({ note: required(text(1, 20)) }),
  status: 200,
  output: Type.Object({ success: Type.Boolean() }),
  errors: ['VALIDATION_FAILED'],
});

const folder = mkdtempSync(join(tmpdir(), 'ozura-trace-'));
let log: Log;
let db: Database;
let app: FastifyInstance;
let base: string;
const sent: OutgoingRequest[] = [];

beforeAll(async () => {
  log = openLog({ program: 'pay', level: 'info', file: join(folder, 'pay.log') });
  const context = openContext(log);
  db = await openDatabase({ url: join(folder, 'pay.db') });
  app = openServer({ service: 'pay', context, https: false });
  const router = openRouter(app, openRateLimits());
  const send: Send = async (request) => {
    sent.push(request);
    return { status: 200, headers: {}, text: '{}' };
  };
  const call = inTrace(send, context);
  router.serve(buy as Endpoint<{ note: string }>, {
    authenticate: async () => {
      await new Promise(setImmediate);
      log.info({ step: 'who' }, 'known');
    },
    handle: async ({ input: { note } }) => {
      noteAbout({ thing: note });
      await db.transact(async (tx) => {
        await tx.now();
        log.info({ step: 'written', note }, 'in a transaction');
      });
      await call({ method: 'GET', url: `http://vault/${note}`, headers: { a: 'b' }, timeoutMs: 1 });
      return { success: true };
    },
  });
  router.finish();
  base = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await app.close();
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const post = (note: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${base}/things/${note}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ note }),
  });

interface Line {
  readonly traceId?: string;
  readonly thing?: string;
  readonly msg: string;
  readonly note?: string;
  readonly reqId?: string;
}

async function lines(): Promise<Line[]> {
  await new Promise<void>((resolve) => log.flush(() => resolve()));
  return readFileSync(join(folder, 'pay.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const traceOfCall = (note: string): string | undefined =>
  sent.find(({ url }) => url.endsWith(`/${note}`))?.headers.traceparent;

test('the trace of the caller is in every line of a request, and goes on with its calls', async () => {
  const headers = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'congo=t61rcWkgMzE' };
  expect((await post('kettle', headers)).status).toBe(200);
  const found = (await lines()).filter((line) => line.traceId === traceId);
  expect(found.map(({ msg }) => msg)).toEqual(['known', 'in a transaction', 'answered']);
  expect(found[2]).toMatchObject({ thing: 'kettle' });
  expect(sent.at(-1)?.headers).toMatchObject({
    a: 'b',
    tracestate: 'congo=t61rcWkgMzE',
    'x-request-id': found[2]?.reqId,
  });
  const [version, trace, span, flags] = traceOfCall('kettle')?.split('-') ?? [];
  expect([version, trace, flags]).toEqual(['00', traceId, '01']);
  // The call is a span of its own.
  expect(span).toMatch(/^[0-9a-f]{16}$/);
  expect(span).not.toBe(spanId);
});

test('a request without a valid one has a trace of its own, and requests at the same time do not mix', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `thing-${at}`);
  await Promise.all(names.map((name) => post(name, { traceparent: `00-${traceId}-${'0'.repeat(16)}-01` })));
  const all = await lines();
  const traces = names.map((name) => {
    const [id] = all.filter(({ msg, thing }) => msg === 'answered' && thing === name).map((line) => line.traceId);
    const written = all.find(({ note }) => note === name);
    // Their transactions were committed together, and their calls were made at the same time.
    expect(written?.traceId).toBe(id);
    expect(traceOfCall(name)?.split('-')[1]).toBe(id);
    return id;
  });
  expect(new Set(traces).size).toBe(names.length);
  expect(traces).not.toContain(traceId);
});

test('a line that says whose it is says nothing of what happens to run as it is written', async () => {
  await resumeTrace(traceId, { chargeId: 'chg_1' }, async () => {
    log.info({ traceId: '0af7651916cd43dd8448eb211c80319c' }, 'of another');
    log.info({ at: 1 }, 'of its own');
  });
  const written = (await lines()).filter(({ msg }) => msg.startsWith('of '));
  expect(written).toEqual([
    expect.not.objectContaining({ chargeId: 'chg_1' }),
    expect.objectContaining({ traceId, chargeId: 'chg_1' }),
  ]);
  expect(written[0]?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
});

test('work of its own accord has no trace until it takes one up', async () => {
  const { random } = openContext(log);
  expect(currentTrace()).toBeUndefined();
  await resumeTrace(traceId, { chargeId: 'chg_1' }, async () => {
    await new Promise(setImmediate);
    expect(currentTrace()).toMatchObject({ traceId, about: { chargeId: 'chg_1' } });
    expect(outsideTraces(currentTrace)).toBeUndefined();
  });
  await resumeTrace(undefined, {}, async () => expect(currentTrace()).toBeUndefined());
  await beginTrace(random, { planId: 'plan_1' }, async () =>
    expect(currentTrace()?.traceId).toMatch(new RegExp(`^(?!${traceId})[0-9a-f]{32}$`)),
  );
});
