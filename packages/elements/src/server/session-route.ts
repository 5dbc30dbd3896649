// The route that the browser SDK asks for session keys (contract 10.5).
import { deprecated } from './deprecated.ts';
import type { Json } from './exchange.ts';
import type { Ozura } from './ozura.ts';
import { badRequest, type FetchHandler, fetchHandler, type Middleware, middleware, type RouteAnswer } from './route.ts';
import type { CreateSessionOptions } from './vault-session.ts';

export type SessionRouteOptions = Omit<CreateSessionOptions, 'sessionId'>;

/** Fetch API: `export const POST = createSessionHandler(ozura)`. */
export const createSessionHandler = (ozura: Ozura, options: SessionRouteOptions = {}): FetchHandler =>
  fetchHandler((body) => mint(ozura, options, body));

/** Express/Connect, after `express.json()`. */
export const createSessionMiddleware = (ozura: Ozura, options: SessionRouteOptions = {}): Middleware =>
  middleware((body) => mint(ozura, options, body));

/** @deprecated `createSessionHandler` */
export function createMintWaxHandler(ozura: Ozura, options: SessionRouteOptions = {}): FetchHandler {
  deprecated('createMintWaxHandler', 'createSessionHandler');
  return createSessionHandler(ozura, options);
}

/** @deprecated `createSessionMiddleware` */
export function createMintWaxMiddleware(ozura: Ozura, options: SessionRouteOptions = {}): Middleware {
  deprecated('createMintWaxMiddleware', 'createSessionMiddleware');
  return createSessionMiddleware(ozura, options);
}

async function mint(ozura: Ozura, options: SessionRouteOptions, body: Json): Promise<RouteAnswer> {
  const isOldClient = body.sessionId == null && body.tokenizationSessionId != null;
  const sessionId = body.sessionId ?? body.tokenizationSessionId ?? undefined;
  if (sessionId !== undefined && typeof sessionId !== 'string') return badRequest('sessionId: must be a string');
  const { sessionKey } = await ozura.createSession({ ...options, sessionId });
  return { status: 200, body: isOldClient ? { sessionKey, waxKey: sessionKey } : { sessionKey } };
}
