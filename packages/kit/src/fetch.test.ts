// What is said of a call between our programs that has no answer, and that a call leaves nothing behind.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NoAnswer } from '@ozura/contract/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOutbound } from './fetch.ts';

const outbound = openOutbound();
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(({ url: path }, response) => {
    if (path === '/whole') response.end('all of it');
    if (path === '/half') response.write('half of it');
    if (path === '/broken') response.write('half of it', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
});

const call = (path: string, timeoutMs: number) =>
  outbound.send({ method: 'GET', url: path, headers: {}, timeoutMs }).then(
    ({ text }) => text,
    (error: unknown) => error,
  );

test.each([
  ['never begins', '/silent', true],
  ['never ends', '/half', true],
  ['breaks off', '/broken', false],
])('an answer that %s leaves open what the other side has done', async (_what, path, timedOut) => {
  const error = await call(url + path, path === '/broken' ? 5_000 : 100);
  expect(error).toBeInstanceOf(NoAnswer);
  expect(error).toMatchObject({ sent: 'unknown', timedOut });
});

test('where nobody listens no byte has left', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  expect(await call(`http://127.0.0.1:${port}/`, 5_000)).toMatchObject({ sent: 'no', timedOut: false });
});

test('an answer in time stops the clock of its call', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (let i = 0; i < 20; i += 1) expect(await call(`${url}/whole`, 60_000)).toBe('all of it');
  expect(timers() - before).toBeLessThan(20);
});
