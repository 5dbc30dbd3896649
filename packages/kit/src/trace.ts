// To which trace the work belongs that is running (W3C Trace Context): every log line of it says so, and the calls that
// it makes to our own programs carry it on. Work of its own accord, such as that of a job, has none until it takes one up.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { IncomingAnswer, OutgoingRequest, Send } from '@ozura/contract/client';
import type { RandomBytes } from '@ozura/core/ids';
import { newSpanId, newTraceId, readTraceParent, readTraceState, writeTraceParent } from '@ozura/core/trace';

type Facts = Readonly<Record<string, string | number>>;

/** How a span begins. Facts are patterns, names and our own ids: never an address, a header or a body. */
export interface SpanFacts {
  readonly name: string;
  readonly kind: 'server' | 'client';
  readonly traceId: string;
  /** Absent: the first one of its trace in this program. */
  readonly parent?: { readonly spanId: string; readonly isSampled: boolean; readonly isRemote: boolean };
  readonly facts: Facts;
}

export interface Span {
  readonly spanId: string;
  readonly isSampled: boolean;
  /** `name`: where it is known only now. */
  end(isError: boolean, known: { readonly name?: string; readonly facts: Facts }): void;
}

/** Where spans go, when anywhere. */
export interface Spans {
  begin(begins: SpanFacts): Span;
  /** Sends what is waiting, as far as the collector takes it at once; never rejects. */
  close(): Promise<void>;
}

interface Observing {
  readonly random: RandomBytes;
  readonly spans?: Spans | undefined;
}

export interface Trace {
  readonly traceId: string;
  /** The span of whoever called. */
  readonly parentId?: string;
  readonly isSampled: boolean;
  /** Of other vendors; passed on as it came. */
  readonly state?: string | undefined;
  /** Of the request; work that goes on later has none. */
  readonly requestId?: string;
  /** What the work is about, such as the id of a charge: stands in every log line from when it is known. */
  about?: About;
  /** Of the request, where spans are told. */
  span?: Span;
}

const running = new AsyncLocalStorage<Trace | undefined>();

export const currentTrace = (): Trace | undefined => running.getStore();

/** The trace of a request: the caller's, where it has a valid one. */
export function traceOf(headers: IncomingHttpHeaders, requestId: string, random: RandomBytes): Trace {
  const { traceparent, tracestate } = headers;
  const parent = typeof traceparent === 'string' ? readTraceParent(traceparent) : undefined;
  if (parent === undefined) return { traceId: newTraceId(random), isSampled: false, requestId };
  const { traceId, spanId, isSampled } = parent;
  // Several headers of that name arrive as one, as the recommendation wants it.
  const state = readTraceState(tracestate as string | undefined);
  return { traceId, parentId: spanId, isSampled, state, requestId };
}

/** What the caller does from here on belongs to the trace: a request, whose work begins again when its body has been read. */
export const enterTrace = (trace: Trace): void => running.enterWith(trace);

type About = Readonly<Record<string, string>>;

/** Work that is taken up again later, by a job, under the trace in which it was begun. */
export const resumeTrace = <T>(traceId: string | undefined, about: About, work: () => Promise<T>): Promise<T> =>
  traceId === undefined ? work() : running.run({ traceId, isSampled: false, about }, work);

/** Work that nobody has asked for. */
export const beginTrace = <T>(random: RandomBytes, about: About, work: () => Promise<T>): Promise<T> =>
  resumeTrace(newTraceId(random), about, work);

/** Work that outlives whoever happened to set it off. */
export const outsideTraces = <T>(work: () => T): T => running.exit(work);

/** Says what the running work is about. Ids that may be logged only: no session id, which is an access token. */
export function noteAbout(about: About): void {
  const trace = running.getStore();
  if (trace !== undefined) trace.about = { ...trace.about, ...about };
}

/** What every log line of the running work says. */
export function logged(trace = running.getStore()): object {
  return trace === undefined ? {} : { traceId: trace.traceId, ...trace.about };
}

/** The span of a request, from its headers on. */
export function beginRequest(spans: Spans, trace: Trace, method: string): void {
  const { traceId, parentId, isSampled } = trace;
  const parent = parentId === undefined ? {} : { parent: { spanId: parentId, isSampled, isRemote: true } };
  trace.span = spans.begin({
    name: method,
    kind: 'server',
    traceId,
    ...parent,
    facts: { 'http.request.method': method },
  });
}

/** `route` is the pattern of a path. */
export function endRequest(
  { span, about = {} }: Trace,
  { method, route, status }: { readonly method: string; readonly route: string; readonly status: number },
): void {
  const known = Object.entries(about).map(([name, value]): [string, string] => [`ozura.${name}`, value]);
  const facts = { 'http.route': route, 'http.response.status_code': status, ...Object.fromEntries(known) };
  span?.end(status >= failedStatus, { name: `${method} ${route}`, facts });
}

const failedStatus = 500;

/** For calls between our own programs: they carry the trace on. Nobody else is told of it. */
export const inTrace =
  (send: Send, context: Observing): Send =>
  (request) =>
    observed(context, request, (span) => {
      const trace = running.getStore();
      if (trace === undefined) return send(request);
      const { traceId, state, requestId } = trace;
      const { spanId, isSampled } = span ?? { spanId: newSpanId(context.random), isSampled: trace.isSampled };
      const headers = {
        ...request.headers,
        traceparent: writeTraceParent({ traceId, spanId, isSampled }),
        ...(state === undefined ? {} : { tracestate: state }),
        ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
      };
      return send({ ...request, headers });
    });

/** A call to somebody else, as a span of the running work. Of its address only the host is told. */
export async function observed(
  { spans }: Observing,
  { method, url }: Pick<OutgoingRequest, 'method' | 'url'>,
  call: (span: Span | undefined) => Promise<IncomingAnswer>,
): Promise<IncomingAnswer> {
  const trace = running.getStore();
  if (spans === undefined || trace === undefined) return call(undefined);
  const { traceId, span: parent } = trace;
  const facts = { 'http.request.method': method, 'server.address': new URL(url).host };
  const within = parent === undefined ? {} : { parent: { ...parent, isRemote: false } };
  const span = spans.begin({ name: method, kind: 'client', traceId, ...within, facts });
  try {
    const answer = await call(span);
    span.end(answer.status >= failedStatus, { facts: { 'http.response.status_code': answer.status } });
    return answer;
  } catch (error) {
    span.end(true, { facts: { 'error.type': (error as Error).name } });
    throw error;
  }
}
