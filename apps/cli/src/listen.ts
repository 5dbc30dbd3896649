// `ozura listen`: brings the sandbox merchant's webhooks to a server on this machine. It is an endpoint like any other, so
// that signatures, tries and resends are the real ones, and passes on byte for byte what it gets.
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpoints,
} from '@ozura/contract/checkout/webhook-endpoints';
import { type IncomingAnswer, NoAnswer } from '@ozura/contract/client';
import { type Context, openContext } from '@ozura/kit/context';
import { readEnv } from '@ozura/kit/env';
import { type Outbound, openOutbound } from '@ozura/kit/fetch';
import { openLog } from '@ozura/kit/log';
import { http } from '@ozura/kit/node-http';
import { CannotStart } from './cannot-start.ts';
import { type Development, inDevelopment } from './development.ts';
import { openPaint } from './paint.ts';
import { asksForHelp, readWords } from './words.ts';

const usage = `Usage:
  ozura listen --forward-to http://localhost:3000/hook
    --events session.completed,…   only these types

Passes the sandbox merchant's events on to a server of yours, signed, until Ctrl-C, and shows what it answers.`;

/** Tells endpoints of this command from others. */
const DESCRIPTION = 'ozura listen';
const host = '127.0.0.1';
/** Below the time that the installation waits for us. */
const answerTimeoutMs = 14_000;
const badGateway = 502;
/** Beside the body, what a receiver needs to check it. */
const PASSED_ON = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

const create = createWebhookEndpoint({ mode: 'test' });

export async function listen(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return console.log(usage);
  const words = readWords(args, { positions: [], options: ['forward-to', 'events'] }, usage);
  const target = targetOf(words.needed('forward-to'));
  if (target === undefined) throw new CannotStart(`--forward-to: must be an http or https URL\n\n${usage}`);
  const events = words
    .text('events')
    ?.split(',')
    .map((type) => type.trim()) ?? ['*'];
  await inDevelopment(async (development) => {
    const outbound = openOutbound();
    const server = openForwarder(target, outbound, openContext(openLog({ program: 'ozura', level: 'silent' })));
    server.listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await forgetDeadListeners(development);
    const body = { url: `http://${host}:${port}/`, events, description: DESCRIPTION };
    const { data } = await development.call(create, { body });
    console.log(`Events of ${development.dev.merchantId} go to ${target}\nSecret: ${data.secret}\nStop with Ctrl-C.`);
    await interrupted();
    await development.call(deleteWebhookEndpoint, { params: { endpointId: data.id } });
    server.closeAllConnections();
    server.close();
    await outbound.close();
  });
}

/** `localhost:3000/hook` will do. */
function targetOf(text: string): string | undefined {
  const target = URL.parse(text.includes('://') ? text : `http://${text}`);
  return target?.protocol === 'http:' || target?.protocol === 'https:' ? target.href : undefined;
}

const interrupted = (): Promise<unknown> => Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

/** One that was killed left its endpoint behind: nobody listens at its port. */
async function forgetDeadListeners({ call }: Development): Promise<void> {
  const { data } = await call(listWebhookEndpoints);
  for (const { id, url, description } of data) {
    if (description !== DESCRIPTION || (await isListening(Number(new URL(url).port)))) continue;
    await call(deleteWebhookEndpoint, { params: { endpointId: id } });
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function openForwarder(target: string, outbound: Outbound, { now }: Context): Server {
  const paint = openPaint(readEnv());
  return http.createServer(async (request, response) => {
    const body = await bodyOf(request);
    const begunMs = now();
    const answer = await forward(outbound, target, { request, body });
    const took = `${now() - begunMs} ms`;
    const { id = '', type = '' } = JSON.parse(body) as { id?: string; type?: string };
    const outcome = typeof answer === 'string' ? answer : `${answer.status} in ${took}`;
    const time = new Date(begunMs).toTimeString().slice(0, 'HH:MM:SS'.length);
    console.log(`${paint.dim(time)}  ${type.padEnd(26)}  ${id}  ${outcome}`);
    if (typeof answer === 'string') {
      response.writeHead(badGateway).end();
      return;
    }
    const retryAfter = answer.headers['retry-after'];
    response.writeHead(answer.status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end();
  });
}

/** What the server answered, or why it did not. */
async function forward(
  outbound: Outbound,
  url: string,
  { request, body }: { readonly request: IncomingMessage; readonly body: string },
): Promise<IncomingAnswer | string> {
  const headers = Object.fromEntries(PASSED_ON.map((name) => [name, String(request.headers[name] ?? '')]));
  try {
    return await outbound.send({ method: 'POST', url, headers, body, timeoutMs: answerTimeoutMs });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return error.timedOut ? 'no answer in time' : 'nothing answers there';
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}
