// The two shapes of a route on the merchant's server, over one function: Fetch API handlers and Express/Connect
// middleware (contract 10.5).
import { type AddressedRequest, getClientIp } from './client-ip.ts';
import type { Json } from './exchange.ts';
import { OzuraError } from './ozura-error.ts';

export interface RouteAnswer {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route does with a JSON body. What it throws becomes a failure that tells nothing of the inside. */
export type RouteWork = (body: Json, clientIp: string) => Promise<RouteAnswer>;

export type FetchHandler = (request: Request) => Promise<Response>;

/** As much of Node's request and response as is used; Express and Connect add to them. */
export interface NodeRequest extends AddressedRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Set by a body parser such as `express.json()`. */
  readonly body?: unknown;
}

export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

export type Middleware = (request: NodeRequest, response: NodeResponse) => Promise<void>;

const failure = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): RouteAnswer => ({
  status,
  body: { error },
  headers,
});

export const badRequest = (error: string): RouteAnswer => failure(400, error);

export function fetchHandler(work: RouteWork): FetchHandler {
  return async (request) => {
    const refused = refuse(request.method, request.headers.get('content-type'));
    const { status, body, headers } = refused ?? (await answer(() => readJson(request), getClientIp(request), work));
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
  };
}

export function middleware(work: RouteWork): Middleware {
  return async (request, response) => {
    const type = request.headers['content-type'];
    const refused = refuse(request.method, Array.isArray(type) ? type[0] : type);
    const read = async (): Promise<unknown> => request.body;
    const { status, body, headers = {} } = refused ?? (await answer(read, getClientIp(request), work));
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(JSON.stringify(body));
  };
}

function refuse(method: string | undefined, type: string | null | undefined): RouteAnswer | undefined {
  if (method !== 'POST') return failure(405, 'Method not allowed', { allow: 'POST' });
  return /^application\/json\s*(;|$)/i.test(type ?? '')
    ? undefined
    : failure(415, 'Content-Type must be application/json');
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return null;
  }
}

async function answer(read: () => Promise<unknown>, clientIp: string, work: RouteWork): Promise<RouteAnswer> {
  const body = await read();
  if (body === undefined)
    return badRequest('The request has no parsed body: use express.json() before this middleware');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return badRequest('Request body must be a JSON object');
  }
  try {
    return await work(body as Json, clientIp);
  } catch (error) {
    return error instanceof OzuraError ? failed(error) : failure(500, 'Internal server error');
  }
}

function failed({ statusCode, message, retryAfter, errorCode, attemptId }: OzuraError): RouteAnswer {
  return {
    // No answer of the service, but of something before it or none at all: the gateway's failure, not the browser's.
    status: statusCode >= 400 && statusCode <= 599 ? statusCode : 502,
    // Whoever gets a 504 has to be able to ask what became of the payment.
    body: { error: message, ...(statusCode === 504 ? { errorCode, attemptId } : {}) },
    headers: statusCode === 429 && retryAfter !== undefined ? { 'retry-after': String(retryAfter) } : {},
  };
}
