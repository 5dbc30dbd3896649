// To which trace the work belongs that is running (W3C Trace Context): every log line of it says so, and the calls that
// it makes to our own programs carry it on. Work of its own accord, such as that of a job, has none until it takes one up.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { Send } from '@ozura/contract/client';
import type { RandomBytes } from '@ozura/core/ids';
import { newSpanId, newTraceId, readTraceParent, readTraceState, writeTraceParent } from '@ozura/core/trace';

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

/** For calls between our own programs. Nobody else is told: not a processor, not a receiver of webhooks. */
export const inTrace =
  (send: Send, random: RandomBytes): Send =>
  (request) => {
    const trace = running.getStore();
    if (trace === undefined) return send(request);
    const { traceId, isSampled, state, requestId } = trace;
    const headers = {
      ...request.headers,
      traceparent: writeTraceParent({ traceId, spanId: newSpanId(random), isSampled }),
      ...(state === undefined ? {} : { tracestate: state }),
      ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    };
    return send({ ...request, headers });
  };
