// Calls to pinned addresses: where they go, and whether a byte of them left.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NoAnswer } from '@ozura/contract/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AddressRefused, openPinnedOutbound } from './pinned-fetch.ts';

const outbound = openPinnedOutbound();
let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/never') return;
    response.end(JSON.stringify({ host: request.headers.host }));
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
});

const send = (url: string, address = '127.0.0.1', timeoutMs = 2_000) =>
  outbound.send({ method: 'POST', url, headers: {}, body: 'x', timeoutMs }, address);
const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    ({ sent, timedOut }: NoAnswer) => ({ sent, timedOut }),
  );

it('a call goes to the pinned address, whatever its name stands for', async () => {
  const { status, text } = await send(`http://processor.invalid:${port}/`);
  expect([status, JSON.parse(text)]).toEqual([200, { host: `processor.invalid:${port}` }]);
});

it('a connection is used again soon, and never when it was idle for more than a second', async () => {
  const opened = async (idleMs: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const before = connections;
    await send(`http://shared.test:${port}/`);
    return connections - before;
  };
  expect([await opened(0), await opened(50), await opened(1_100)]).toEqual([1, 0, 1]);
});

it('a name is resolved to one public address, or to one of this machine where that is allowed', async () => {
  expect(await outbound.resolve(new URL('https://1.1.1.1/'), 'public')).toBe('1.1.1.1');
  expect(await outbound.resolve(new URL('http://localhost:9/'), 'loopback')).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(await outbound.resolve(new URL('http://[::1]:9/'), 'loopback')).toBe('::1');
  for (const url of ['https://localhost/', 'https://127.0.0.1/', 'https://[::ffff:10.0.0.1]/', 'https://0x7f.1/']) {
    await expect(outbound.resolve(new URL(url), 'public')).rejects.toThrow(AddressRefused);
  }
  await expect(outbound.resolve(new URL('http://1.1.1.1/'), 'loopback')).rejects.toThrow(AddressRefused);
  expect(await failure(outbound.resolve(new URL('https://nowhere.invalid/'), 'public'))).toEqual({
    sent: 'no',
    timedOut: false,
  });
});

it('a call that found no connection was not sent, one that found no answer may have been', async () => {
  expect(await failure(send('http://closed.test:1/'))).toEqual({ sent: 'no', timedOut: false });
  expect(await failure(send(`https://plain.test:${port}/`))).toEqual({ sent: 'no', timedOut: false });
  expect(await failure(send(`http://slow.test:${port}/never`, '127.0.0.1', 100))).toEqual({
    sent: 'unknown',
    timedOut: true,
  });
});
