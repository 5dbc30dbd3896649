// The frames of the Elements origin call `/tokenize`, and no other page anything (contract 0.10).
import { tokenize } from '@ozura/contract/vault/tokenize';
import type { FastifyInstance } from 'fastify';

export function allowFrames(app: FastifyInstance, elementsUrl: string): void {
  const { origin } = new URL(elementsUrl);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url === tokenize.path) {
      reply.header('Vary', 'Origin');
      // Failures need it too, or the frame could not read why.
      if (request.headers.origin === origin) reply.header('Access-Control-Allow-Origin', origin);
    }
    done();
  });
  app.options(tokenize.path, async (request, reply) => {
    if (request.headers.origin === origin) {
      reply.headers({
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'content-type, x-session-key, x-pub-key',
        'Access-Control-Max-Age': '600',
      });
    }
    return reply.code(204).send();
  });
}
