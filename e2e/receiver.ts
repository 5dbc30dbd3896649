// A merchant's server that webhooks are sent to: it answers as it is told, and remembers what came.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: ReceivedEvent;
}

export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly sequence: number;
  readonly merchantId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A status, or whatever else is to be done with the answer. */
export type Reply = number | ((response: ServerResponse) => void);

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  reply: (received: Received) => Reply;
  /** Resolves when something that was received is as wanted; what came before counts too. */
  until(isWanted: (received: Received) => boolean, timeoutMs?: number): Promise<Received>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const event = JSON.parse(body) as ReceivedEvent;
      const one = { path: request.url ?? '', headers: request.headers, body, event };
      received.push(one);
      const reply = receiver.reply(one);
      if (typeof reply === 'number') response.writeHead(reply).end();
      else reply(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    reply: () => 204,
    async until(isWanted, timeoutMs = 30_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const found = received.find(isWanted);
        if (found !== undefined) return found;
        if (Date.now() > until) throw new Error(`not received; there were ${received.map(({ event }) => event.type)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
