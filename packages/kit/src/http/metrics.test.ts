// `GET /metrics`: each route is there before anybody was held back on it.
import { Refusal } from '@ozura/core/errors';
import { afterAll, expect, test } from 'vitest';
import { openContext } from '../context.ts';
import { openLog } from '../log.ts';
import { serveMetrics } from './metrics.ts';
import { openServer } from './server.ts';

const context = openContext(openLog({ program: 'test', level: 'silent' }));
const app = openServer({ service: 'checkout', context, https: false });
afterAll(() => app.close());

test('requests that a limit refuses are counted from nought, by the pattern of their path', async () => {
  app.get('/held/:id', async () => {
    throw new Refusal('RATE_LIMITED');
  });
  serveMetrics(app, context, async () => undefined);
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  const held = async () => (await (await fetch(`${base}/metrics`)).text()).match(/^ozura_rate_limit_hits_total\{.*$/gm);
  const metrics = 'ozura_rate_limit_hits_total{route="/metrics"} 0';
  expect(await held()).toEqual(['ozura_rate_limit_hits_total{route="/held/:id"} 0', metrics]);
  expect((await fetch(`${base}/held/x`)).status).toBe(429);
  await expect.poll(held).toEqual(['ozura_rate_limit_hits_total{route="/held/:id"} 1', metrics]);
});
