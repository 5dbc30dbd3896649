// How many requests of one connection may wait for their answers. Node parses all that one read brings, a thousand small
// ones, and keeps each answer until the client reads it: one connection could take a hundred megabytes of pages.
import type { Socket } from 'node:net';

const waitingMax = 32;

interface Pipelined extends Socket {
  waiting?: number;
}

/** False: the client is sent away, with everything that it waits for. */
export function takeTurn(socket: Pipelined): boolean {
  socket.waiting = (socket.waiting ?? 0) + 1;
  if (socket.waiting <= waitingMax) return true;
  socket.destroy();
  return false;
}

export function endTurn(socket: Pipelined): void {
  socket.waiting = (socket.waiting ?? 1) - 1;
}
