// Requests that the router would give up on before any route has a say: strange methods and paths that cannot be decoded.
import { type IncomingMessage, METHODS, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';

const ROUTED = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']);

/** Nothing is served under it, so every known path refuses it with `Allow`. */
const nobodysMethod = 'TRACE';

/**
 * The address to route by. A path that cannot be decoded stands for itself, as in a browser: it names nothing, and is
 * answered by the route it belongs to. A method that no route can have is refused like one that no route has.
 */
export function asRoutable(request: IncomingMessage): string {
  if (!ROUTED.has(request.method ?? '')) request.method = nobodysMethod;
  const url = request.url ?? '/';
  if (!url.includes('%')) return url;
  const end = url.includes('?') ? url.indexOf('?') : url.length;
  const path = url.slice(0, end);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + url.slice(end);
  }
}

const REQUEST_LINE = /^([^\s]+) (\/[!-~]*) HTTP\/1\.[01]\r\n/;

/** Node's parser knows a list of methods, and stops at any other one. */
export function pathOfUnknownMethod(error: {
  readonly code?: string;
  readonly rawPacket?: unknown;
}): string | undefined {
  if (error.code !== 'HPE_INVALID_METHOD' || !(error.rawPacket instanceof Uint8Array)) return undefined;
  const [, method = '', path] = REQUEST_LINE.exec(Buffer.from(error.rawPacket).toString('latin1')) ?? [];
  // A known one is that of an earlier request on the same connection.
  return METHODS.includes(method) ? undefined : path;
}

/** What the routes answer, written to a connection that has no request and that nobody else listens to. */
export function answerUnknownMethod(app: FastifyInstance, path: string, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  // With an origin of its own: a path such as `//` is not to be taken for another host.
  app.inject({ method: nobodysMethod, url: `http://unroutable${path}` }).then(
    ({ statusCode, headers, rawPayload }) => {
      const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
      const head = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`, ...lines, '', ''].join('\r\n');
      socket.end(Buffer.concat([Buffer.from(head), rawPayload]));
    },
    () => socket.destroy(),
  );
}
