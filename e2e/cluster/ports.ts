// Free ports of 127.0.0.1 for programs that are started again on the same one.
import { connect, createServer } from 'node:net';

export type NextPort = () => Promise<number>;

/** Below 32768, where the ports of outgoing connections begin: one of those may be taken while a program is away. */
export function openPorts(): NextPort {
  let port = 23_000 + Math.floor(Math.random() * 80) * 100;
  return async () => {
    for (;;) {
      port += 1;
      if (await isFree(port)) return port;
    }
  };
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** Whether somebody accepts connections there. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
