// Stands in for every program behind an edge: the real router with the real paths, and nothing behind it.

import { Refusal } from '@ozura/core/errors';
import type { Context } from '@ozura/kit/context';
import { serveHealth } from '@ozura/kit/http/health';
import { serveMetrics } from '@ozura/kit/http/metrics';
import { openRateLimits } from '@ozura/kit/http/rate-limit';
import { openRouter } from '@ozura/kit/http/route';
import { openServer } from '@ozura/kit/http/server';
import { NotReady } from '@ozura/kit/not-ready';
import { endpointsOf } from '@ozura/tools/openapi/records';

export interface StandIn {
  readonly name: string;
  readonly port: number;
  isReady: boolean;
  close(): Promise<void>;
}

/** `GET /who` tells its name, and whose address a request is said to come from. */
export async function openStandIn(name: string, context: Context): Promise<StandIn> {
  const app = openServer({ service: 'pay', context, https: false });
  const router = openRouter(app, openRateLimits(), ['', '/api/v1']);
  const refuse = async (): Promise<never> => {
    throw new Refusal('MISSING_CREDENTIALS');
  };
  for (const endpoint of [...endpointsOf('pay'), ...endpointsOf('vault')].filter(({ auth }) => auth[0] === 'admin'))
    router.serve(endpoint, { authenticate: refuse, handle: refuse });
  serveMetrics(app, context, refuse);
  const standIn = { name, port: 0, isReady: true, close: () => app.close() };
  serveHealth(router, 'pay', {
    test: async () => {
      if (!standIn.isReady) throw new NotReady('test');
    },
  });
  router.finish();
  app.get('/who', async ({ headers }, reply) =>
    reply.headers({ 'x-name': name, 'x-forwarded': headers['x-forwarded-for'] ?? '' }).send(''),
  );
  standIn.port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  return standIn;
}
