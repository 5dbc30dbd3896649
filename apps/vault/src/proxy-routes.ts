// The routes of the proxy: the JSON form, and the header form that shares its paths. Every failure here says whether
// the request may have reached the processor; Pay builds on that (contract 7.4).
import type { InputOf } from '@ozura/contract/endpoint';
import { proxyTransaction, type Sent } from '@ozura/contract/vault/proxy-transaction';
import { tokenize } from '@ozura/contract/vault/tokenize';
import { isObject } from '@ozura/core/validation';
import type { RateLimits } from '@ozura/kit/http/rate-limit';
import { type Call, openRouter } from '@ozura/kit/http/route';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { KeyCaller, ServiceCaller } from './callers.ts';

/** Requests with control headers have routes of their own under the same paths. */
const controlHeaders = 'controlHeaders';

/** Before any route is added. */
export function distinguishHeaderForm(app: FastifyInstance): void {
  app.addConstraintStrategy({
    name: controlHeaders,
    storage: () => {
      const handlers = new Map<unknown, never>();
      return {
        get: (value) => handlers.get(value) ?? null,
        set: (value, handler) => void handlers.set(value, handler as never),
      };
    },
    deriveConstraint: ({ headers }) =>
      headers['x-token'] !== undefined || headers['x-proxy-url'] !== undefined ? 'sent' : undefined,
    validate: () => undefined,
  });
}

type Who = KeyCaller | ServiceCaller;
type Input = InputOf<typeof proxyTransaction>;

interface ProxyServing {
  readonly limits: RateLimits;
  readonly authenticate: (request: FastifyRequest) => Promise<Who>;
  readonly byBody: (call: Call<Input, Who>) => Promise<unknown>;
  readonly byHeaders: (request: FastifyRequest, who: Who) => Promise<unknown>;
}

export async function serveProxy(app: FastifyInstance, serving: ProxyServing): Promise<void> {
  const { limits, authenticate, byBody, byHeaders } = serving;
  app.addHook('preSerialization', (_request, { statusCode }, payload, done) => {
    const isUntold = statusCode >= 400 && isObject(payload) && payload.sent === undefined;
    done(null, isUntold ? { ...payload, sent: sentWith(statusCode) } : payload);
  });
  const router = openRouter(app, limits);
  router.serve(proxyTransaction, { authenticate, limitBy: countedAs, handle: byBody });
  router.finish();

  const callers = new WeakMap<FastifyRequest, Who>();
  for (const url of [proxyTransaction.path, tokenize.path]) {
    app.route({
      method: 'POST',
      url,
      constraints: { [controlHeaders]: 'sent' },
      bodyLimit: proxyTransaction.bodyMaxBytes ?? 0,
      schema: { response: { '2xx': proxyTransaction.output } },
      config: { mayCharge: true },
      onRequest: async (request, reply) => {
        const who = await authenticate(request);
        const counted = countedAs(request, who);
        if (counted !== undefined) await limits.count('proxy', counted, reply);
        callers.set(request, who);
      },
      handler: async (request) => {
        const who = callers.get(request);
        if (who === undefined) throw new Error('a route ran without its authentication');
        return byHeaders(request, who);
      },
    });
  }
}

/** Everything that may go wrong after sending says so itself; an accident is in doubt. */
const sentWith = (status: number): Sent => (status === 500 ? 'unknown' : 'no');

const countedAs = (_request: unknown, who: Who): string | undefined =>
  who.kind === 'key' ? who.application.id : undefined;
