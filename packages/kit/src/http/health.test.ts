// `GET /ready` of a program (contract 14.4): what is missing is named, soon enough for whoever asks.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openContext } from '../context.ts';
import { openLog } from '../log.ts';
import { NotReady } from '../not-ready.ts';
import { serveHealth } from './health.ts';
import { openRateLimits } from './rate-limit.ts';
import { openRouter } from './route.ts';
import { openServer } from './server.ts';

const context = openContext(openLog({ program: 'test', level: 'silent' }));
const app = openServer({ service: 'checkout', context, https: false });
let database = async (): Promise<unknown> => undefined;
let base: string;

beforeAll(async () => {
  const router = openRouter(app, openRateLimits());
  serveHealth(router, 'checkout', { database: () => database(), vault: async () => undefined });
  router.finish();
  base = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

async function ready(): Promise<unknown> {
  const answer = await fetch(`${base}/ready`);
  return { status: answer.status, body: await answer.json() };
}

test('a program is ready while all that it needs is there, and again when it comes back', async () => {
  expect(await ready()).toEqual({ status: 200, body: { status: 'ready' } });
  database = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  const checks = { database: 'the server cannot be reached', vault: 'ok' };
  expect(await ready()).toEqual({ status: 503, body: { status: 'not_ready', checks } });
  database = () => Promise.reject(new NotReady('sealed'));
  expect(await ready()).toMatchObject({ status: 503, body: { checks: { database: 'sealed' } } });
  database = async () => undefined;
  expect(await ready()).toMatchObject({ status: 200 });
});

test('what does not answer is missing too, and keeps nobody waiting', async () => {
  database = () => new Promise(() => undefined);
  const checks = { database: 'no answer', vault: 'ok' };
  expect(await ready()).toEqual({ status: 503, body: { status: 'not_ready', checks } });
});
