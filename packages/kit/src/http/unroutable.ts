// Requests that Node or the router would give up on before any route has a say: strange methods, paths that cannot be
// decoded, and bytes that are no request.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { http } from '../node-http.ts';

const ROUTED = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']);

/** U+FFFD, which also stands for bytes that are no UTF-8. */
const unknownCharacter = '%EF%BF%BD';

/** Nothing is served under it, so every known path refuses it with `Allow`. */
const nobodysMethod = 'TRACE';

/**
 * The address to route by. A path that cannot be decoded stands for itself, as in a browser: it names nothing, and is
 * answered by the route it belongs to. A method that no route can have is refused like one that no route has.
 */
export function asRoutable(request: IncomingMessage): string {
  if (!ROUTED.has(request.method ?? '')) request.method = nobodysMethod;
  const sent = request.url ?? '/';
  if (!sent.includes('%')) return sent;
  // PostgreSQL has no text with a NUL in it and fails; as a character that nobody uses it names nothing.
  const url = sent.replaceAll('%00', unknownCharacter);
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
  return http.METHODS.includes(method) ? undefined : path;
}

/** What the routes answer, written to a connection that has no request and that nobody else listens to. */
export function answerUnknownMethod(app: FastifyInstance, path: string, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  // With an origin of its own: a path such as `//` is not to be taken for another host.
  app.inject({ method: nobodysMethod, url: `http://unroutable${path}` }).then(
    ({ statusCode, headers, rawPayload }) => {
      const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
      const head = [`HTTP/1.1 ${statusCode} ${http.STATUS_CODES[statusCode]}`, ...lines, '', ''].join('\r\n');
      socket.end(Buffer.concat([Buffer.from(head), rawPayload]));
    },
    () => socket.destroy(),
  );
}

/** What Node lets through and HTTP forbids (RFC 9112): no host or several (3.2), and codings nobody here reads (6.1). */
export function breaksHttp({ headers, httpVersionMinor, rawHeaders }: IncomingMessage): boolean {
  if (headers.host === undefined) return httpVersionMinor > 0;
  const { 'transfer-encoding': coding } = headers;
  return isRepeated(rawHeaders, 'host') || (coding !== undefined && coding.toLowerCase() !== 'chunked');
}

/** Names and values stand there in turns. `name` is in lower case. */
export function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at] ?? '';
    if (sent.length === name.length && sent.toLowerCase() === name) count += 1;
  }
  return count > 1;
}

/**
 * Bytes that are no request may follow others that are, whose answers are still being made. Those come first: else the
 * refusal would be taken for the answer of one that is carried out.
 */
export function afterEarlierAnswers(socket: Duplex, answer: () => void): void {
  // Node keeps here the answer that is being written; one whose request was not read to its end is that of these bytes.
  const { _httpMessage: earlier } = socket as { readonly _httpMessage?: ServerResponse | null };
  if (earlier == null || !earlier.req.complete) answer();
  else earlier.once('finish', () => socket.writable && afterEarlierAnswers(socket, answer));
}
