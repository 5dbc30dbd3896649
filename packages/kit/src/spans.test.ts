// Spans as a collector of OpenTelemetry gets them: a small receiver of OTLP over HTTP.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NoAnswer, type Send } from '@ozura/contract/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Context, openContext, openProgramContext } from './context.ts';
import { openServer } from './http/server.ts';
import { openLog } from './log.ts';
import type { BaseConfig } from './settings.ts';
import { inTrace, noteAbout, observed, resumeTrace } from './trace.ts';

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number;
}

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
  readonly status?: { readonly code?: number };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SentSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const log = openLog({ program: 'test', level: 'silent' });
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const [SERVER, CLIENT, ERROR] = [2, 3, 2];

let collector: Server;
let exported: { readonly path: string; readonly type: string; readonly text: string }[] = [];

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    exported.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', text });
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
});

afterAll(() => void collector.close());

const openTold = (sampleRatio = 1): Promise<Context> => {
  const { port } = collector.address() as AddressInfo;
  const config = { log, otlp: { endpoint: `http://127.0.0.1:${port}/`, sampleRatio } };
  return openProgramContext(config as unknown as BaseConfig, 'pay');
};

async function spansOf(context: Context): Promise<SentSpan[]> {
  await context.spans?.close();
  const all = exported.flatMap(({ text }) => (JSON.parse(text) as Export).resourceSpans);
  return all.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

const factsOf = ({ attributes }: SentSpan): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

/** A program with one route that calls another one of ours, and a processor that does not answer. */
async function request(context: Context, headers: Record<string, string>): Promise<string | undefined> {
  let told: string | undefined;
  const vault = inTrace(async (outgoing) => {
    told = outgoing.headers.traceparent;
    return { status: 200, headers: {}, text: '{}' };
  }, context);
  const silent: Send = () => Promise.reject(new NoAnswer('no answer', { sent: 'unknown', timedOut: true }));
  const app = openServer({ service: 'pay', context, https: false });
  app.get('/things/:thing', async () => {
    noteAbout({ chargeId: 'chg_1' });
    await vault({ method: 'POST', url: 'http://vault.test/secret-path?a=b', headers: {}, timeoutMs: 1 });
    const outgoing = { method: 'POST', url: 'https://processor.test/v1/pay', headers: {}, timeoutMs: 1 };
    await observed(context, outgoing, () => silent(outgoing)).catch(() => undefined);
    return {};
  });
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  await fetch(`${base}/things/session_secret?card=4242424242424242`, { headers });
  await app.close();
  return told;
}

test('a request and its calls are spans of the trace of the caller, without addresses, headers or bodies', async () => {
  exported = [];
  const context = await openTold();
  const told = await request(context, {
    traceparent: `00-${traceId}-${spanId}-01`,
    tracestate: 'a=b',
    'x-secret': 'x',
  });
  const spans = await spansOf(context);
  const [server, ...others] = spans.filter(({ kind }) => kind === SERVER);
  const [vault, processor] = spans.filter(({ kind }) => kind === CLIENT);
  if (server === undefined || vault === undefined || processor === undefined) throw new Error('a span is missing');
  expect([others.length, spans.map((span) => span.traceId)]).toEqual([0, [traceId, traceId, traceId]]);
  expect([server.name, server.parentSpanId]).toEqual(['GET /things/:thing', spanId]);
  expect(factsOf(server)).toEqual({
    'http.request.method': 'GET',
    'http.route': '/things/:thing',
    'http.response.status_code': 200,
    'ozura.chargeId': 'chg_1',
  });
  expect([vault.parentSpanId, processor.parentSpanId]).toEqual([server.spanId, server.spanId]);
  expect(factsOf(vault)).toMatchObject({ 'server.address': 'vault.test', 'http.response.status_code': 200 });
  expect(factsOf(processor)).toMatchObject({ 'server.address': 'processor.test', 'error.type': 'NoAnswer' });
  expect(processor.status?.code).toBe(ERROR);
  // The program that is called hangs its own spans below this one.
  expect(told).toBe(`00-${traceId}-${vault.spanId}-01`);
  expect(exported.map(({ path, type }) => [path, type])).toEqual([['/v1/traces', 'application/json']]);
  expect(exported[0]?.text).toContain('"ozura-pay"');
  expect(exported[0]?.text).not.toMatch(/4242424242424242|secret|tracestate|a=b/);
});

test('whether a trace is told is decided by the caller, else by its id, the same in every program', async () => {
  exported = [];
  const context = await openTold(0);
  expect(await request(context, { traceparent: `00-${traceId}-${spanId}-00` })).toMatch(/-00$/);
  expect(await request(context, {})).toMatch(/-00$/);
  const outgoing = { method: 'GET', url: 'http://vault.test', headers: {}, timeoutMs: 1 };
  const answered = async () => ({ status: 200, headers: {}, text: '' });
  await resumeTrace(traceId, {}, () => observed(context, outgoing, answered));
  expect(await spansOf(context)).toEqual([]);

  const half = await Promise.all([openTold(0.5), openTold(0.5)]);
  const { random } = openContext(log);
  for (let i = 0; i < 40; i += 1) {
    const id = Buffer.from(random(16)).toString('hex');
    for (const one of half) await resumeTrace(id, {}, () => observed(one, outgoing, answered));
  }
  const [told, again] = [(await spansOf(half[0] as Context)).map((span) => span.traceId), half[1]];
  await again?.spans?.close();
  const all = exported.flatMap(({ text }) => text.match(/"traceId":"[0-9a-f]{32}"/g) ?? []);
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(40);
  expect(all).toHaveLength(told.length * 2);
});

test('without a collector there is nothing to tell, and one that is gone harms nobody', async () => {
  expect((await openProgramContext({ log } as BaseConfig, 'pay')).spans).toBeUndefined();
  const otlp = { endpoint: 'http://127.0.0.1:1', sampleRatio: 1 };
  const context = await openProgramContext({ log, otlp } as BaseConfig, 'pay');
  expect(await request(context, {})).toMatch(/-01$/);
  // A program stops by it, and those that stop after it wait: it gives up on a collector, and does not reject.
  await context.spans?.close();
});
