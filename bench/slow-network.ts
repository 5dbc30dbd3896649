// A slow network between a browser and the programs on this machine: an HTTP proxy that makes every answer wait for a
// round trip and lets its bytes through at a fixed rate, frames of other origins and new connections included.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface NetworkProfile {
  readonly roundTripMs: number;
  readonly bytesPerSecond: number;
}

/** As Lighthouse defines it. */
export const SLOW_4G: NetworkProfile = { roundTripMs: 150, bytesPerSecond: (1.6 * 1024 * 1024) / 8 };

export interface SlowNetwork {
  readonly address: string;
  readonly close: () => void;
}

export async function openSlowNetwork(profile: NetworkProfile): Promise<SlowNetwork> {
  const line = openLine(profile.bytesPerSecond);
  const known = new WeakSet<Socket>();
  const server: Server = createServer((asked, answer) => {
    // A new connection costs a round trip of its own.
    const roundTrips = known.has(asked.socket) ? 1 : 2;
    known.add(asked.socket);
    void wait(profile.roundTripMs * roundTrips).then(() => pass(asked, answer, line));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

type Line = (bytes: number) => Promise<void>;

/** One line for everything: whoever sends waits until those before him are through. */
function openLine(bytesPerSecond: number): Line {
  let freeAtMs = performance.now();
  return async (bytes) => {
    freeAtMs = Math.max(freeAtMs, performance.now()) + (bytes / bytesPerSecond) * 1000;
    await wait(freeAtMs - performance.now());
  };
}

function pass(asked: IncomingMessage, answer: ServerResponse, line: Line): void {
  const onward = request(asked.url ?? '', { method: asked.method, headers: asked.headers }, async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    await line(body.length + headerBytes);
    answer.writeHead(response.statusCode ?? 502, response.headers).end(body);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}

/** About what the headers of an answer of ours weigh. */
const headerBytes = 1_000;
