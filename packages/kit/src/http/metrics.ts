// `GET /metrics` (contract 14.4): for whoever has the operator's token.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { refuseOtherMethods } from './route.ts';

export const metricsPath = '/metrics';

/** `authenticate` throws a `Refusal` for anybody else. */
export function serveMetrics(
  app: FastifyInstance,
  { metrics }: Pick<Context, 'metrics'>,
  authenticate: (request: FastifyRequest) => Promise<unknown>,
): void {
  app.get(metricsPath, { exposeHeadRoute: true }, async (request, reply) => {
    await authenticate(request);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text());
  });
  refuseOtherMethods(app, metricsPath, new Set(['GET']));
}
