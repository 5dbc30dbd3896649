// Serves browser files under names that change with their content, so that a browser may keep them for ever.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BrowserFile } from '../bundle.ts';
import { refuseOtherMethods } from './route.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';

type Headers = Readonly<Record<string, string>>;

/** `headers` are added to those of every file. */
export function serveFiles(app: FastifyInstance, files: readonly BrowserFile[], headers: Headers = {}): void {
  for (const { url, type, integrity, bytes, gzipped } of files) {
    app.get(url, { exposeHeadRoute: true }, (request, reply) => {
      const zipped = readsGzip(request);
      reply
        .type(type)
        .headers({ ...headers, 'Cache-Control': FOR_EVER, ETag: `"${integrity}"`, Vary: 'Accept-Encoding' });
      if (zipped) reply.header('Content-Encoding', 'gzip');
      return reply.send(zipped ? gzipped : bytes);
    });
    refuseOtherMethods(app, url, new Set(['GET']));
  }
}

/** A weight of zero says that it does not (RFC 9110 12.4.2). */
export const readsGzip = ({ headers }: FastifyRequest): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headers['accept-encoding'] ?? '');
