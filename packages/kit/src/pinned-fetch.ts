// Calls to addresses that somebody else chose: the name is resolved once, the address checked, and the connection goes
// to exactly that address, so that a second answer of the name server changes nothing (DNS rebinding).
import { lookup } from 'node:dns/promises';
import type { Agent, IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, isIPv4, type Socket } from 'node:net';
import { type IncomingAnswer, NoAnswer, type OutgoingRequest } from '@ozura/contract/client';
import { buildConnector } from 'undici';
import { NotConnected, plainHeaders } from './fetch.ts';
import { http } from './node-http.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

const connectTimeoutMs = 2_000;
const tlsTimeoutMs = 2_000;
const resolveTimeoutMs = 2_000;
/** A connection idle for longer is not used again: the peer may be closing it. */
const keepAliveMs = 1_000;
const answerMaxBytes = 1024 * 1024;
/** Of a body that nobody reads. A peer that sends more loses the connection. */
const unreadMaxBytes = 64 * 1024;
/** Addresses with open connections; the one used longest ago goes first. */
const agentsMax = 64;

export interface PinnedOutbound {
  /** The one address of a URL's host. Throws `AddressRefused`, or `NoAnswer` when the name does not resolve. */
  resolve(url: URL, allowed: 'public' | 'loopback'): Promise<string>;
  /** Sends once, follows no redirect. Throws `NoAnswer`. */
  send(request: OutgoingRequest, address: string): Promise<IncomingAnswer>;
  /** The same for whom the status is enough: what the peer says beyond its headers is thrown away, and bounded. */
  tell(request: OutgoingRequest, address: string): Promise<AnswerHead>;
  close(): Promise<void>;
}

export type AnswerHead = Pick<IncomingAnswer, 'status' | 'headers'>;

/** The name stands for an address that nobody may be sent to. */
export class AddressRefused extends Error {
  constructor() {
    super('The address is not a public one');
    this.name = 'AddressRefused';
  }
}

/** All addresses of a name. */
export type LookUp = (host: string) => Promise<readonly string[]>;

export function openPinnedOutbound(lookUp: LookUp = askNameServer): PinnedOutbound {
  const agents = new Map<string, Agent>();
  const agentFor = (protocol: string, address: string): Agent => {
    const place = `${protocol}//${address}`;
    const agent = agents.get(place) ?? openAgent(protocol, address);
    agents.delete(place);
    agents.set(place, agent);
    const [oldest] = agents;
    // What it has open ends with its request, or with its second of idling.
    if (agents.size > agentsMax && oldest !== undefined) agents.delete(oldest[0]);
    return agent;
  };
  return {
    resolve: (url, allowed) => resolveOnce(url, allowed, lookUp),
    send: (request, address) => sendOnce(agentFor(protocolOf(request), address), request, readAnswer),
    tell: (request, address) => sendOnce(agentFor(protocolOf(request), address), request, readHead),
    close: async () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

const protocolOf = ({ url }: OutgoingRequest): string => (url.startsWith('https:') ? 'https:' : 'http:');

async function resolveOnce({ hostname }: URL, allowed: 'public' | 'loopback', lookUp: LookUp): Promise<string> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await lookUpInTime(host, lookUp) : [host];
  const isAllowed = allowed === 'public' ? isPublicAddress : isLoopbackAddress;
  // One connection goes to one address; IPv4 works from every network.
  const chosen = addresses.find(isIPv4) ?? addresses[0];
  // One forbidden address among several is a trap, not an accident.
  if (chosen === undefined || !addresses.every(isAllowed)) throw new AddressRefused();
  return chosen;
}

const askNameServer: LookUp = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

async function lookUpInTime(host: string, lookUp: LookUp): Promise<readonly string[]> {
  const late = AbortSignal.timeout(resolveTimeoutMs);
  const timeout = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(late.reason));
  });
  try {
    return await Promise.race([lookUp(host), timeout]);
  } catch {
    throw new NoAnswer('the name does not resolve', { sent: 'no', timedOut: false });
  }
}

// Node's own client, which reads past interim answers such as `100 Continue` (RFC 9110 15.2); undici breaks off at them.
function openAgent(protocol: string, address: string): Agent {
  const connect = connectorTo(address);
  const agent = new (protocol === 'https:' ? https : http).Agent({ keepAlive: true, timeout: keepAliveMs });
  agent.createConnection = ({ host, port }, connected) => {
    const hostname = host ?? address;
    connect({ hostname, host: hostname, protocol, port: String(port) }, (...[error, socket]) => {
      if (error === null) connected?.(null, socket);
      else connected?.(new NotConnected(error), unconnected);
    });
    return undefined;
  };
  return agent;
}

/** Nobody looks at the socket of a failure. */
const unconnected = undefined as unknown as Socket;

function connectorTo(address: string): buildConnector.connector {
  const connectTcp = buildConnector({ timeout: connectTimeoutMs });
  // Said here, NODE_TLS_REJECT_UNAUTHORIZED does not change it.
  const connectTls = buildConnector({ timeout: tlsTimeoutMs, allowH2: false, rejectUnauthorized: true });
  return (options, connected) =>
    connectTcp({ ...options, protocol: 'http:', hostname: address }, (...[error, socket]) => {
      if (error !== null) connected(error, null);
      else if (options.protocol !== 'https:') connected(null, socket);
      // The certificate is checked against the name, whatever the address.
      else connectTls({ ...options, httpSocket: socket }, connected);
    });
}

/** In time or not at all. Whatever ends it after a connection is there leaves open whether the peer has acted. */
function sendOnce<Answer>(
  agent: Agent,
  outgoing: OutgoingRequest,
  read: (answer: IncomingMessage) => Promise<Answer>,
): Promise<Answer> {
  const { method, url, headers, body, timeoutMs } = outgoing;
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const request = (protocolOf(outgoing) === 'https:' ? https : http).request(url, { agent, method, headers });
    const timer = setTimeout(() => {
      timedOut = true;
      request.destroy();
      fail(new Error('no answer in time'));
    }, timeoutMs);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(new NoAnswer('no answer', { sent: error instanceof NotConnected ? 'no' : 'unknown', timedOut }));
    };
    request.once('response', (answer) => {
      read(answer).then(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          request.destroy();
          fail(error);
        },
      );
    });
    // Nobody asked for another protocol.
    request.once('upgrade', (_answer, socket) => {
      socket.destroy();
      fail(new Error('the peer changed the protocol'));
    });
    request.on('error', fail);
    request.end(body);
  });
}

/** The connection serves again when the rest is short and comes soon. */
async function readHead(answer: IncomingMessage): Promise<AnswerHead> {
  let size = 0;
  const rest = setTimeout(() => answer.destroy(), keepAliveMs).unref();
  answer.on('data', (part: Uint8Array) => {
    size += part.length;
    if (size > unreadMaxBytes) answer.destroy();
  });
  answer.on('error', () => undefined);
  answer.once('close', () => clearTimeout(rest));
  return { status: answer.statusCode ?? 0, headers: plainHeaders(answer.headers) };
}

const utf8 = new TextDecoder();

async function readAnswer(answer: IncomingMessage): Promise<IncomingAnswer> {
  const headers = plainHeaders(answer.headers);
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    throw new Error('the answer is compressed unasked');
  const parts = await readParts(answer);
  const body = parts[1] === undefined ? (parts[0] ?? new Uint8Array()) : Buffer.concat(parts);
  const text = utf8.decode(body);
  // A processor may repeat the card that it was sent.
  for (const bytes of [body, ...parts]) bytes.fill(0);
  return { status: answer.statusCode ?? 0, headers, text };
}

const readParts = (answer: IncomingMessage): Promise<readonly Uint8Array[]> =>
  new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let size = 0;
    answer.on('data', (part: Uint8Array) => {
      size += part.length;
      if (size > answerMaxBytes) reject(new Error('the answer is too large'));
      else parts.push(part);
    });
    answer.once('end', () => resolve(parts));
    answer.on('error', reject);
    answer.once('close', () => {
      if (!answer.readableEnded) reject(new Error('the answer broke off'));
    });
  });
