// Registers endpoints of the contract in the order of checks of 0.4: route and method, size and type, credentials,
// rate limit, JSON, validation, work.
import type { Endpoint } from '@ozura/contract/endpoint';
import { bodyMaxBytes, type LimitName } from '@ozura/contract/limits';
import { Refusal } from '@ozura/core/errors';
import { Intake, isObject, refuseFailures } from '@ozura/core/validation';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { TSchema } from 'typebox';
import { currentTrace, enterTrace } from '../trace.ts';
import { allArrived } from './arrivals.ts';
import type { RateLimits } from './rate-limit.ts';
import { isJsonHead, readBody, requireNoBody } from './read-body.ts';
import { isRepeated } from './unroutable.ts';

/** What a handler gets: validated input and a known caller. */
export interface Call<Input, Who> {
  readonly input: Input;
  readonly who: Who;
  readonly params: Readonly<Record<string, string>>;
  /** Notes about ignored fields, for endpoints that return `warnings`. */
  readonly warnings: readonly string[];
  readonly request: FastifyRequest;
  /** Only for headers and for a status other than the endpoint's own. */
  readonly reply: FastifyReply;
}

/** A request whose body could not be read whole. */
export interface Asked<Who> extends Pick<Call<unknown, Who>, 'who' | 'request'> {
  /** The body as it came. */
  readonly sent: Readonly<Record<string, unknown>>;
}

export interface Serving<Input, Who, More = unknown> {
  /** Throws a `Refusal` for a caller without the right credentials. */
  readonly authenticate: (request: FastifyRequest) => Promise<Who>;
  /** Whose requests the endpoint's limit counts; `undefined` is never held back (service keys). */
  readonly limitBy?: (request: FastifyRequest, who: Who) => string | undefined;
  /** Which limit counts, where that depends on the caller; else the endpoint's own. */
  readonly limitOf?: (who: Who) => LimitName;
  /** What is to be known besides when his fields are read; asked when nothing else keeps them from being read. */
  readonly arrived?: () => Promise<More>;
  /** Of a request that is refused anyway: notes what `handle` would find wrong besides, so that all is told at once. */
  readonly alsoWrong?: (asked: Asked<Who>, intake: Intake) => void;
  /** Answers the body, through the endpoint's output schema. */
  readonly handle: (call: Call<Input, Who & More>) => Promise<unknown>;
}

export interface Router {
  serve<Input, Output extends TSchema, Who, More = unknown>(
    endpoint: Endpoint<Input, Output>,
    serving: Serving<Input, Who, More>,
  ): void;
  /** Call after the last route: other methods of known paths answer 405 with `Allow`. */
  finish(): void;
}

export function openRouter(app: FastifyInstance, limits: RateLimits, prefixes: readonly string[] = ['']): Router {
  const methodsOf = new Map<string, Set<string>>();
  return {
    serve(endpoint, serving) {
      for (const prefix of prefixes) addRoute(app, limits, { endpoint, serving, url: prefix + endpoint.path });
      methodsOf.set(endpoint.path, (methodsOf.get(endpoint.path) ?? new Set()).add(endpoint.method));
    },
    finish() {
      for (const [path, methods] of methodsOf) {
        for (const prefix of prefixes) refuseOtherMethods(app, prefix + path, methods);
      }
    },
  };
}

interface Registration<Input, Output extends TSchema, Who, More> {
  readonly endpoint: Endpoint<Input, Output>;
  readonly serving: Serving<Input, Who, More>;
  readonly url: string;
}

function addRoute<Input, Output extends TSchema, Who, More>(
  app: FastifyInstance,
  limits: RateLimits,
  { endpoint, serving, url }: Registration<Input, Output, Who, More>,
): void {
  const maxBytes = endpoint.bodyMaxBytes ?? bodyMaxBytes;
  const schema: FastifySchema = { response: { '2xx': endpoint.output } };
  app.route({
    method: endpoint.method,
    url,
    bodyLimit: maxBytes,
    schema,
    exposeHeadRoute: endpoint.method === 'GET',
    ...(endpoint.quiet === true ? { logLevel: 'warn' } : {}),
    config: { mayCharge: endpoint.mayCharge === true },
    onRequest: async (request, reply) => {
      // First, because failures need it too, or a page could not read why.
      if (endpoint.anyOrigin === true) reply.header('access-control-allow-origin', '*');
      if (endpoint.method !== 'GET' && !isJsonHead(request, maxBytes)) await requireNoBody(request);
      const who = await serving.authenticate(request);
      request.caller = { who };
      // Not before: guesses that arrive together are counted one after the other.
      await allArrived();
      const limit = serving.limitOf?.(who) ?? endpoint.limit;
      const counted = limit === undefined ? undefined : serving.limitBy?.(request, who);
      if (limit !== undefined && counted !== undefined) await limits.count(limit, counted, reply);
    },
    // Answers the promise of its work as it is: an async function would take turns of its own to pass it on.
    handler: (request, reply) => {
      // A body is read in the context of its connection.
      if (request.trace !== undefined && request.trace !== currentTrace()) enterTrace(request.trace);
      const caller = request.caller as { readonly who: Who } | undefined;
      if (caller === undefined) throw new Error('a route ran without its authentication');
      reply.code(endpoint.status);
      const { who } = caller;
      const intake = new Intake(request.headers);
      noteRepeatedKey(request, intake);
      const sent = readSent(request, endpoint, intake);
      const work = (known: Who & More): Promise<unknown> => {
        const input = endpoint.input(sent, '', intake);
        if (intake.failures.length > 0) serving.alsoWrong?.({ sent, who, request }, intake);
        refuseFailures(intake);
        const params = request.params as Record<string, string>;
        return serving.handle({ input: input as Input, who: known, params, warnings: intake.warnings, request, reply });
      };
      if (serving.arrived === undefined) return work(who as Who & More);
      return serving.arrived().then((more) => work({ ...who, ...more }));
    },
  });
}

const keyHeader = 'idempotency-key';

/** Node makes one value of several headers: a key that nobody has chosen. */
function noteRepeatedKey({ headers, raw }: FastifyRequest, intake: Intake): void {
  if (headers[keyHeader] === undefined || !isRepeated(raw.rawHeaders, keyHeader)) return;
  intake.fail('Idempotency-Key', 'must be sent once');
}

/** A `DELETE` says by its query what it deletes, and may say more in a body. The Vault tells one failure at a time. */
function readSent(request: FastifyRequest, { method, service }: Endpoint, intake: Intake): Record<string, unknown> {
  if (method === 'GET') return readQuery(request);
  const body = service === 'vault' ? readBody(request, true) : readBody(request, false, intake);
  return method === 'DELETE' ? { ...readQuery(request), ...body } : body;
}

const readQuery = (request: FastifyRequest): Record<string, unknown> => (isObject(request.query) ? request.query : {});

const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;

/** For routes that are not endpoints of the contract: pages and files. */
export function refuseOtherMethods(app: FastifyInstance, url: string, methods: ReadonlySet<string>): void {
  // A route of its own answers the questions of browsers where there are any.
  const also = {
    HEAD: methods.has('GET'),
    OPTIONS: !methods.has('OPTIONS') && app.hasRoute({ method: 'OPTIONS', url }),
  };
  const allow = [...methods, ...(also.HEAD ? ['HEAD'] : []), ...(also.OPTIONS ? ['OPTIONS'] : [])].join(', ');
  const others = ALL_METHODS.filter((method) => !methods.has(method) && !app.hasRoute({ method, url }));
  app.route({
    method: others,
    url,
    onRequest: async () => {
      throw new Refusal('METHOD_NOT_ALLOWED', { headers: { Allow: allow } });
    },
    handler: async () => undefined,
  });
}
