import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../ports.ts';
import { isListening } from './ports.ts';
import { openLink, slowMs, type TcpLink } from './tcp-link.ts';

let server: Server;
let link: TcpLink;
const asked: string[] = [];
const heard: string[] = [];

beforeEach(async () => {
  asked.length = 0;
  heard.length = 0;
  const port = await freePort();
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      asked.push(String(bytes));
      socket.write(`${bytes}!`);
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  link = await openLink('test', await freePort(), port, (bytes) => heard.push(Buffer.from(bytes).toString()));
});

afterEach(async () => {
  await link.close();
  server.close();
});

async function call(): Promise<Socket> {
  const socket = connect(link.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const openConnections = (): Promise<number> =>
  new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));

/** What comes back, `closed`, or `nothing` after a while: a short one where nothing is expected. */
async function say(socket: Socket, text: string, waitMs = 5_000): Promise<string> {
  const nothing = new Promise<string>((resolve) => setTimeout(() => resolve('nothing'), waitMs));
  const data = once(socket, 'data').then(
    ([bytes]) => String(bytes),
    () => 'closed',
  );
  const closed = once(socket, 'close').then(
    () => 'closed',
    () => 'closed',
  );
  socket.write(text);
  return Promise.race([data, closed, nothing]);
}

test('an open link passes what is said, and a cut one resets what was open and listens no more', async () => {
  const socket = await call();
  expect(await say(socket, 'hello')).toBe('hello!');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await link.set('cut');
  await closed;
  expect(await isListening(link.port)).toBe(false);
  await link.set('open');
  expect(await say(await call(), 'again')).toBe('again!');
});

test('in silence connections stand and nothing arrives; afterwards everything does', async () => {
  const socket = await call();
  await link.set('silent');
  expect(await say(socket, 'hello', 100)).toBe('nothing');
  const late = await call();
  expect(await say(late, 'late', 100)).toBe('nothing');
  expect(asked).toEqual([]);
  const answers = [once(socket, 'data'), once(late, 'data')];
  await link.set('open');
  expect((await Promise.all(answers)).map(String)).toEqual(['hello!', 'late!']);
});

test('in silence nobody hears that the other end has gone', async () => {
  const socket = await call();
  expect(await say(socket, 'hello')).toBe('hello!');
  await link.set('silent');
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.destroy();
  await gone;
  expect(await openConnections()).toBe(1);
  await link.set('open');
  await expect.poll(openConnections).toBe(0);
});

test('an answer is lost after what was asked has arrived', async () => {
  const socket = await call();
  await link.set('losing-answers');
  expect(await say(socket, 'charge')).toBe('closed');
  expect(asked).toEqual(['charge']);
  expect(heard).toEqual(asked);
});

test('a slow link is late both ways', async () => {
  const socket = await call();
  await link.set('slow');
  const startedAtMs = performance.now();
  const answer = once(socket, 'data');
  socket.write('hello');
  await answer;
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(2 * slowMs - 5);
});
