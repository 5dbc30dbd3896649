// Ports of 127.0.0.1 on which programs are started again and again.
import { connect } from 'node:net';

export type NextPort = () => Promise<number>;

/** Whether somebody accepts connections there. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
