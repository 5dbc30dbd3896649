// A client that speaks bytes, and not always well.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawConnection {
  readonly socket: Socket;
  send(text: string): void;
  /** Everything that came. */
  heard(): string;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
}

export async function openConnection(url: string): Promise<RawConnection> {
  const { port } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
  let heard = '';
  socket.on('data', (bytes) => {
    heard += bytes.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  // A reset is one way of closing.
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'connect'), closed]);
  return { socket, send: (text) => void socket.write(text), heard: () => heard, closed };
}

/** The bytes of a request. */
export function requestBytes(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): string {
  const { host, pathname } = new URL(url);
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
