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
    if (path?.startsWith('/echo')) response.end(`\ufeff${path}`);
    if (path === '/large') response.end('x'.repeat(1024 * 1024 + 1));
    if (path === '/elsewhere') response.writeHead(302, { location: '/whole' }).end('not here');
    if (path === '/early') {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(201, { 'x-one': ['a', 'b'] }).end('after all');
    }
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
  const error = await call(url + path, path === '/broken' ? 5_000 : 1_000);
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

test.each([
  ['/echo/plain?a=1&b=%20', '/echo/plain?a=1&b=%20'],
  ['/echo/../echo/./dots', '/echo/dots'],
  ['/echo/a b/ü#end', '/echo/a%20b/%C3%BC'],
])('the address %s is called as a browser reads it, and a mark of byte order is no text', async (path, read) => {
  expect(await call(url + path, 5_000)).toBe(read);
});

test('an interim answer is not the answer', async () => {
  const answer = await outbound.send({ method: 'GET', url: `${url}/early`, headers: {}, timeoutMs: 5_000 });
  expect(answer).toMatchObject({ status: 201, text: 'after all', headers: { 'x-one': 'a, b' } });
});

test('no redirect is followed, and no more than a megabyte is read unless more is asked for', async () => {
  expect(await call(`${url}/elsewhere`, 5_000)).toBe('not here');
  expect(await call(`${url}/large`, 5_000)).toMatchObject({ sent: 'unknown', timedOut: false });
  const asked = { method: 'GET', url: `${url}/large`, headers: {}, timeoutMs: 5_000 } as const;
  const { text } = await outbound.send({ ...asked, answerMaxBytes: 1024 * 1024 + 1 });
  expect(text).toHaveLength(1024 * 1024 + 1);
  await expect(outbound.send({ ...asked, answerMaxBytes: 1024 })).rejects.toBeInstanceOf(NoAnswer);
});

test('an address that is none, or a header that none may be, is told like any other failure', async () => {
  expect(await call('nowhere', 5_000)).toBeInstanceOf(NoAnswer);
  const headers = { 'x-broken': 'a\r\nb' };
  await expect(outbound.send({ method: 'GET', url, headers, timeoutMs: 5_000 })).rejects.toBeInstanceOf(NoAnswer);
});

test('an answer in time stops the clock of its call', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (let i = 0; i < 20; i += 1) expect(await call(`${url}/whole`, 60_000)).toBe('all of it');
  expect(timers() - before).toBeLessThan(20);
});
