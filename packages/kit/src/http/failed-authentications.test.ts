// Guessing over many connections at once.
import { once } from 'node:events';
import { connect } from 'node:net';
import { endpoint } from '@ozura/contract/endpoint';
import { Refusal } from '@ozura/core/errors';
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { openContext } from '../context.ts';
import { openLog } from '../log.ts';
import { openFailedAuthentications } from './failed-authentications.ts';
import { openRateLimits } from './rate-limit.ts';
import { openRouter } from './route.ts';
import { openServer } from './server.ts';

const secret = endpoint({
  name: 'secret',
  summary: 'Tells a secret.',
  service: 'checkout',
  method: 'GET',
  path: '/secret',
  auth: ['keys'],
  input: record({}),
  status: 200,
  output: Type.Object({ success: Type.Boolean() }),
  errors: ['INVALID_CREDENTIALS'],
});

test('of guesses that arrive together no more are looked at than of others', async () => {
  const context = openContext(openLog({ program: 'test', level: 'silent' }));
  const app = openServer({ service: 'checkout', context, https: false });
  const limits = openRateLimits({ failedAuthentications: 2 });
  const failed = openFailedAuthentications(limits);
  const looked: unknown[] = [];
  const router = openRouter(app, limits);
  router.serve(secret, {
    authenticate: ({ ip, headers }) =>
      failed.guard(ip, async () => {
        looked.push(headers['x-api-key']);
        if (headers['x-api-key'] !== 'right') throw new Refusal('INVALID_CREDENTIALS');
      }),
    handle: async () => ({ success: true }),
  });
  router.finish();
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const sockets = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'right'].map(async (guess) => {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      return { socket, guess };
    }),
  );
  // Each is accepted before all of them write.
  await fetch(`http://127.0.0.1:${port}/nothing`);
  const statuses = sockets.map(async ({ socket, guess }) => {
    socket.write(`GET /secret HTTP/1.1\r\nHost: x\r\nX-API-Key: ${guess}\r\nConnection: close\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    return String(answer).slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
  });
  expect([...(await Promise.all(statuses))].sort()).toEqual(['401', '401', '429', '429', '429', '429']);
  expect(looked).toEqual(['a', 'b', 'c']);
  await app.close();
});
