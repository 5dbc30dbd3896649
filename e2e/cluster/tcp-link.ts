// A link between two programs that can fail as networks do: a proxy of TCP connections on a port of its own.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `open`: all is well. `cut`: nobody listens, and what was open is reset. `silent`: connections stand and nothing arrives,
 * not even that the other end has gone. `losing-answers`: what is asked arrives, and at the first byte of the answer both
 * ends are reset. `slow`: every chunk is late by `slowMs`.
 */
export type Weather = 'open' | 'cut' | 'silent' | 'losing-answers' | 'slow';

export interface TcpLink {
  readonly name: string;
  readonly port: number;
  weather(): Weather;
  /** What was held back in silence flows again when it ends. */
  set(weather: Weather): Promise<void>;
  /** Resets every open connection. */
  reset(): void;
  close(): Promise<void>;
}

const host = '127.0.0.1';
export const slowMs = 150;

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** `hear`: what is asked over it, as it comes. */
export async function openLink(
  name: string,
  port: number,
  targetPort: number,
  hear: (asked: Uint8Array) => void = () => undefined,
): Promise<TcpLink> {
  let weather: Weather = 'open';
  const sockets = new Set<Socket>();
  /** What waits for the silence to end. */
  const held: (() => void)[] = [];
  const whenHeard = (work: () => void): void => {
    if (weather === 'silent') held.push(() => whenHeard(work));
    else work();
  };
  const know = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const accept = (near: Socket): void => {
    know(near);
    whenHeard(() => join(near));
  };
  const join = (near: Socket): void => {
    if (near.destroyed) return;
    near.on('data', hear);
    const pair = { near, far: know(connect({ host, port: targetPort, allowHalfOpen: true })) };
    forward(near, pair.far, { whenHeard, delayMs: () => (weather === 'slow' ? slowMs : 0) });
    forward(pair.far, near, {
      whenHeard: (work) => whenHeard(() => (weather === 'losing-answers' ? resetBoth(pair) : work())),
      delayMs: () => (weather === 'slow' ? slowMs : 0),
    });
  };
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  let server: Server | undefined = await listen(port, accept);
  const stopListening = async (): Promise<void> => {
    server?.close();
    server = undefined;
  };
  return {
    name,
    port,
    weather: () => weather,
    reset,
    async set(next) {
      weather = next;
      if (next === 'cut') {
        await stopListening();
        reset();
      } else server ??= await listen(port, accept);
      if (next !== 'silent') for (const work of held.splice(0)) work();
    },
    async close() {
      weather = 'cut';
      await stopListening();
      reset();
      held.length = 0;
    },
  };
}

async function listen(port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, accept).listen(port, host);
  await once(server, 'listening');
  return server;
}

interface Way {
  /** Does it now, or when the silence ends. */
  readonly whenHeard: (work: () => void) => void;
  readonly delayMs: () => number;
}

/** Bytes, the end and the breaking of a connection all take the same way, in their order. */
function forward(from: Socket, to: Socket, { whenHeard, delayMs }: Way): void {
  let last: Promise<unknown> = Promise.resolve();
  const pass = (work: () => void): void => {
    const lateMs = delayMs();
    const due = Date.now() + lateMs;
    if (lateMs > 0)
      last = last.then(() => new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now()))));
    last = last.then(() => new Promise<void>((resolve) => whenHeard(() => resolve(work()))));
  };
  from.on('data', (chunk) => pass(() => void (to.destroyed || to.write(chunk))));
  from.on('end', () => pass(() => void (to.destroyed || to.end())));
  from.on('error', () => pass(() => to.resetAndDestroy()));
  from.on('close', () => pass(() => void to.destroySoon()));
}

function resetBoth({ near, far }: Pair): void {
  near.resetAndDestroy();
  far.resetAndDestroy();
}
