// The routes of a program without its server: what a request asks for is authenticated, read and handled by the code that
// serves it in production.
import type { IncomingAnswer, OutgoingRequest } from '@ozura/contract/client';
import { errorAnswer, Refusal, type Service } from '@ozura/core/errors';
import { readAll } from '@ozura/core/validation';
import type { Call, Router, Serving } from '@ozura/kit/http/route';
import type { Log } from '@ozura/kit/log';

export interface SimulatedRouter extends Router {
  dispatch(request: OutgoingRequest): Promise<IncomingAnswer>;
}

type Endpoint = Parameters<Router['serve']>[0];
type Request = Call<unknown, unknown>['request'];
type Reply = Call<unknown, unknown>['reply'];

interface Route {
  readonly endpoint: Endpoint;
  readonly serving: Serving<unknown, unknown>;
  readonly path: RegExp;
}

/** Where every customer of a simulation lives. */
const ip = '203.0.113.9';

export function openSimulatedRouter(service: Service, log: Log): SimulatedRouter {
  const routes: Route[] = [];
  return {
    serve(endpoint, serving) {
      const path = new RegExp(`^${endpoint.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
      routes.push({ endpoint, serving: serving as unknown as Serving<unknown, unknown>, path });
    },
    finish: () => undefined,
    async dispatch(outgoing) {
      try {
        return await serve(routes, outgoing, log);
      } catch (error) {
        if (!(error instanceof Refusal)) log.error({ err: error }, 'request failed');
        return failureAnswer(service, error instanceof Refusal ? error : new Refusal('INTERNAL_ERROR'));
      }
    },
  };
}

async function serve(
  routes: readonly Route[],
  { method, url, headers, body }: OutgoingRequest,
  log: Log,
): Promise<IncomingAnswer> {
  const { pathname, searchParams } = new URL(url);
  const route = routes.find(({ endpoint, path }) => endpoint.method === method && path.test(pathname));
  if (route === undefined) throw new Refusal('NOT_FOUND');
  const params = { ...route.path.exec(pathname)?.groups };
  const request = { method, headers, params, ip, log, id: 'req_simulated' } as unknown as Request;
  const answer = { status: route.endpoint.status, headers: {} as Record<string, string> };
  const reply = {
    elapsedTime: 0,
    header: (name: string, value: string) => {
      answer.headers[name.toLowerCase()] = value;
    },
    code: (status: number) => {
      answer.status = status;
    },
  } as unknown as Reply;
  const known = await route.serving.authenticate(request);
  const sent: unknown = method === 'GET' ? Object.fromEntries(searchParams) : JSON.parse(body ?? '{}');
  const { arrived } = route.serving;
  const who = arrived === undefined ? known : { ...(known as object), ...((await arrived()) as object) };
  const input = readAll(route.endpoint.input, sent);
  const handled = await route.serving.handle({ input, who, params, warnings: [], request, reply });
  return { ...answer, text: JSON.stringify(handled) };
}

function failureAnswer(service: Service, { code, options }: Refusal): IncomingAnswer {
  const { status, message } = errorAnswer(code, service);
  const body = { success: false, error: options.message ?? message, errorCode: code, ...options.body };
  return { status, headers: { ...options.headers }, text: JSON.stringify(body) };
}
