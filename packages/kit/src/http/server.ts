// The HTTP shell of every program: request ids, headers of contract 0.10 and 2.7, failures, draining.
import { bodyMaxBytes, headersMaxBytes } from '@ozura/contract/limits';
import { holdsCardNumber } from '@ozura/core/card/number-in-text';
import { Refusal, type Service } from '@ozura/core/errors';
import { newRequestId } from '@ozura/core/ids';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import type { Context } from '../context.ts';
import { beginRequest, endRequest, enterTrace, logged, type Trace, traceOf } from '../trace.ts';
import { announceClosing } from './closing.ts';
import { answerFailure, NOT_HTTP, unreadableAnswer } from './failure.ts';
import { readForwarded } from './forwarded.ts';
import { endTurn, takeTurn } from './pipelining.ts';
import { logOfRequests } from './request-log.ts';
import { schemaController } from './serializers.ts';
import { afterEarlierAnswers, answerUnknownMethod, asRoutable, breaksHttp, pathOfUnknownMethod } from './unroutable.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent in what never was a request. */
    trace?: Trace;
    /** Who it is, once that is known. */
    caller?: { readonly who: unknown };
  }
}

export interface ServerOptions {
  readonly service: Service;
  readonly context: Context;
  /** Peers whose `X-Forwarded-For` is believed (contract 0.9). */
  readonly trustedProxies?: readonly string[];
  /** Served over https, so that HSTS is sent. */
  readonly https: boolean;
}

const CALLER_ID = /^[A-Za-z0-9._-]{1,64}$/;
const requestTimeoutMs = 60_000;
/** A connection that has not brought a whole request head by then is closed, also one that has brought nothing. */
const headTimeoutMs = 20_000;
const timeoutCheckMs = 5_000;
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

export function openServer({ service, context, trustedProxies = [], https }: ServerOptions): FastifyInstance {
  const headers = https ? { ...COMMON_HEADERS, ...HSTS } : COMMON_HEADERS;
  const app = fastify({
    loggerInstance: logOfRequests(context.log),
    // The answer to a request is logged below in one line, without headers, query string or body.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newRequestId(context.random),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: bodyMaxBytes,
    // Node's own refusal of a request without a host has none of our headers.
    http: {
      maxHeaderSize: headersMaxBytes,
      requireHostHeader: false,
      headersTimeout: headTimeoutMs,
      connectionsCheckingInterval: timeoutCheckMs,
    },
    requestTimeout: requestTimeoutMs,
    exposeHeadRoutes: false,
    schemaController,
    // A path is a part of the headers: whatever fits into them may be asked for.
    routerOptions: { maxParamLength: headersMaxBytes },
    rewriteUrl: asRoutable,
    // Neither of these two gets as far as the hooks.
    frameworkErrors: (error, request, reply) => {
      reply.headers(headers).header('request-id', request.id);
      answerFailure(service, error, request, reply);
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) return;
      const path = pathOfUnknownMethod(error);
      afterEarlierAnswers(socket, () => {
        if (path !== undefined) return answerUnknownMethod(app, path, socket);
        socket.end(unreadableAnswer(service, error.code, headers, newRequestId(context.random)));
      });
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  // To Node this is not a request either.
  app.server.on('connect', ({ url = '' }, socket) => answerUnknownMethod(app, url.startsWith('/') ? url : '/', socket));
  // A server may ignore what else is expected of it (RFC 9110 10.1.1); Node would refuse without any of our headers.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  takeBodiesAsTheyCome(app);
  app.decorateRequest('trace');
  app.decorateRequest('caller');
  if (trustedProxies.length > 0) readForwarded(app);
  // Callbacks, not promises: these run for every request and wait for nothing.
  app.addHook('onRequest', (request, reply, done) => {
    if (!takeTurn(request.raw.socket)) return;
    reply.headers(headers).header('request-id', request.id);
    request.trace = traceOf(request.headers, request.id, context.random);
    enterTrace(request.trace);
    if (context.spans !== undefined) beginRequest(context.spans, request.trace, request.method);
    // Before the body of a request for nothing is read.
    done(request.is404 ? new Refusal('NOT_FOUND') : breaksHttp(request.raw) ? NOT_HTTP : undefined);
  });
  beginHits(app, context);
  announceClosing(app);
  app.addHook('onResponse', (request, reply, done) => {
    endTurn(request.raw.socket);
    noteAnswer(context, request, reply);
    done();
  });
  app.setErrorHandler((error, request, reply) => answerFailure(service, error, request, reply));
  app.setNotFoundHandler((request, reply) => answerFailure(service, new Refusal('NOT_FOUND'), request, reply));
  return app;
}

/** In the lower case in which Fastify keeps them: writing each name so again for each answer is not free. */
const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': API_POLICY,
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const HSTS = { 'strict-transport-security': 'max-age=63072000; includeSubDomains' };

function takeBodiesAsTheyCome(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // JSON by its name too: what is only one of all others is looked for anew with each request.
  app.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

/** Any route is held back by guesses at keys, if by nothing else. */
function beginHits(app: FastifyInstance, { metrics }: Context): void {
  app.addHook('onRoute', ({ url: route }) => metrics.begin('ozura_rate_limit_hits_total', { route }));
}

function noteAnswer({ log, metrics }: Context, request: FastifyRequest, reply: FastifyReply): void {
  const { method, trace, id: reqId } = request;
  const { statusCode: status, elapsedTime: tookMs } = reply;
  // The pattern, not the URL: a session id in a path is an access token (contract 1.2).
  const { url: route = 'unknown', logLevel } = request.routeOptions;
  metrics.timeRequest({ method, route, status }, tookMs);
  if (trace?.span !== undefined) endRequest(trace, { method, route, status });
  if (status === 429) metrics.add('ozura_rate_limit_hits_total', { route });
  if (logLevel === 'warn') return;
  const line = { ...logged(trace), reqId, method, route, status, tookMs: Math.round(tookMs) };
  const sent = request.headers['x-request-id'];
  const isSafe = typeof sent === 'string' && CALLER_ID.test(sent) && !holdsCardNumber(sent);
  log.info(isSafe ? { ...line, callerRequestId: sent } : line, 'answered');
}

/** Opens the port; one that cannot be opened is one clear line for whoever started us. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const why = WHY_NOT[String((error as { code?: unknown }).code)];
    throw why === undefined ? error : new CannotListen(why(host, port));
  }
}

/** An address that cannot be listened at. */
export class CannotListen extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CannotListen';
  }
}

export const portInUse = (port: number): string =>
  `Port ${port} is in use. Stop what listens there, or choose another one: PORT, ELEMENTS_PORT, or PORT_BASE of "ozura start".`;
const noAddress = (host: string): string => `HOST: ${host} is not an address of this machine`;

const WHY_NOT: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (_host, port) => portInUse(port),
  EACCES: (_host, port) => `Port ${port} may not be opened by this user`,
  EADDRNOTAVAIL: noAddress,
  EINVAL: noAddress,
  ENOTFOUND: noAddress,
  EAI_AGAIN: noAddress,
};
