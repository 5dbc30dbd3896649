// Calls to pinned addresses: where they go, and whether a byte of them left.
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import tls from 'node:tls';
import type { NoAnswer } from '@ozura/contract/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AddressRefused, openPinnedOutbound } from './pinned-fetch.ts';

const outbound = openPinnedOutbound();
let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/never') return;
    const at = request.socket.localAddress;
    response.end(JSON.stringify(request.url === '/where' ? { at } : { host: request.headers.host }));
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

it('of an answer no byte stays in memory', async () => {
  const decode = vi.spyOn(TextDecoder.prototype, 'decode');
  const { text } = await send(`http://processor.invalid:${port}/`);
  const read = decode.mock.calls.map(([bytes]) => bytes as Uint8Array);
  decode.mockRestore();
  expect(text).toContain('processor.invalid');
  expect(read.map((bytes) => bytes.length)).toContain(text.length);
  expect(read.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
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
  expect(await failure(send(`http://slow.test:${port}/never`, '127.0.0.1', 1_000))).toEqual({
    sent: 'unknown',
    timedOut: true,
  });
});

it('whose certificate nobody vouches for gets nothing, whatever the environment says', async () => {
  const connect = vi.spyOn(tls, 'connect');
  await failure(send(`https://untrusted.test:${port}/`));
  const [options] = connect.mock.calls[0] ?? [];
  connect.mockRestore();
  expect(options).toMatchObject({ servername: 'untrusted.test', rejectUnauthorized: true });
});

it.each([
  ['loopback', '127.0.0.1'],
  // Public by its range, and nobody's.
  ['public', '2000::1'],
] as const)('a name that stands for a %s address when it is checked is not asked again', async (allowed, first) => {
  const answers = [first, '127.0.0.2', '127.0.0.1'];
  let asked = 0;
  const rebinding = openPinnedOutbound(async () => [answers[asked++] ?? '']);
  const url = `http://rebinding.test:${port}/where`;
  const address = await rebinding.resolve(new URL(url), allowed);
  const before = connections;
  const outgoing = { method: 'POST', url, headers: {}, body: 'x', timeoutMs: 2_000 };
  const reached = await rebinding.send(outgoing, address).then(
    ({ text }) => JSON.parse(text).at,
    () => 'nobody here',
  );
  await rebinding.close();
  expect([address, asked, reached]).toEqual([first, 1, first === '127.0.0.1' ? first : 'nobody here']);
  expect(connections - before).toBe(first === '127.0.0.1' ? 1 : 0);
});

const answering = async (bytes: string): Promise<unknown> => {
  const peer = createTcpServer((socket) => socket.once('data', () => socket.end(bytes)));
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://interim.test:${(peer.address() as AddressInfo).port}/`;
    return await send(url).then(({ status, text }) => [status, text], doubt);
  } finally {
    peer.close();
  }
};
const doubt = ({ sent, timedOut }: NoAnswer) => ({ sent, timedOut });
const final = 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok';

it('interim answers are read past, whoever asked for them', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n';
  expect(await answering(`HTTP/1.1 100 Continue\r\n\r\n${final}`)).toEqual([201, 'ok']);
  expect(await answering(`HTTP/1.1 102 Processing\r\n\r\n${hints}${hints}${final}`)).toEqual([201, 'ok']);
});

it('an answer that says in any spelling that it is as it is, is', async () => {
  expect(await answering(final.replace('\r\n\r\n', '\r\nContent-Encoding: Identity\r\n\r\n'))).toEqual([201, 'ok']);
});

it.each([
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
  'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n',
  'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok',
  'nothing of the kind',
  '',
])('what breaks off or cannot be read is in doubt: %j', async (bytes) => {
  expect(await answering(bytes)).toEqual({ sent: 'unknown', timedOut: false });
});
