// A server that stops answers whoever has reached it, over connections of his own or kept ones.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openContext } from '../context.ts';
import { openLog } from '../log.ts';
import { openServer } from './server.ts';

const context = openContext(openLog({ program: 'test', level: 'silent' }));
const connections = 40;
const request = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

async function openApp() {
  const app = openServer({ service: 'checkout', context, https: false });
  app.get('/', async () => 'here');
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  return { app, reach: () => connect(Number(port), '127.0.0.1') };
}

const answersOf = (sockets: readonly Socket[]): Promise<string[]> =>
  Promise.all(sockets.map((socket) => text(socket).catch((error: Error) => error.message)));

const answered = expect.stringMatching(/^HTTP\/1\.1 200 .*connection: close.*here$/is);

test('what has arrived over kept connections, and was not read yet, is answered', async () => {
  const { app, reach } = await openApp();
  const kept = Array.from({ length: connections }, reach);
  for (const socket of kept) socket.write(request);
  await Promise.all(kept.map((socket) => once(socket, 'data')));
  for (const socket of kept) socket.write(request);
  const closed = app.close();
  expect(await answersOf(kept)).toEqual(kept.map(() => answered));
  await closed;
});

test('connections that wait to be accepted are, and answered', async () => {
  const { app, reach } = await openApp();
  await setImmediate();
  const sockets = Array.from({ length: connections }, reach);
  for (const socket of sockets) socket.write(request);
  // By then they are known to the system, and not to the server.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  const closed = app.close();
  expect(await answersOf(sockets)).toEqual(sockets.map(() => answered));
  await closed;
});
