// Calls to addresses that somebody else chose: the name is resolved once, the address checked, and the connection goes
// to exactly that address, so that a second answer of the name server changes nothing (DNS rebinding).
import { lookup } from 'node:dns/promises';
import { isIP, isIPv4 } from 'node:net';
import { type IncomingAnswer, NoAnswer, type OutgoingRequest } from '@ozura/contract/client';
import { Agent, buildConnector, request as undiciRequest } from 'undici';
import { NotConnected, plainHeaders } from './fetch.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

const connectTimeoutMs = 2_000;
const tlsTimeoutMs = 2_000;
const resolveTimeoutMs = 2_000;
/** A connection idle for longer is not used again: the peer may be closing it. */
const keepAliveMs = 1_000;
const answerMaxBytes = 1024 * 1024;
/** Addresses with open connections; the one used longest ago goes first. */
const agentsMax = 64;

export interface PinnedOutbound {
  /** The one address of a URL's host. Throws `AddressRefused`, or `NoAnswer` when the name does not resolve. */
  resolve(url: URL, allowed: 'public' | 'loopback'): Promise<string>;
  /** Sends once, follows no redirect. Throws `NoAnswer`. */
  send(request: OutgoingRequest, address: string): Promise<IncomingAnswer>;
  close(): Promise<void>;
}

/** The name stands for an address that nobody may be sent to. */
export class AddressRefused extends Error {
  constructor() {
    super('The address is not a public one');
    this.name = 'AddressRefused';
  }
}

export function openPinnedOutbound(): PinnedOutbound {
  const agents = new Map<string, Agent>();
  const agentFor = (address: string): Agent => {
    const agent = agents.get(address) ?? openAgent(address);
    agents.delete(address);
    agents.set(address, agent);
    const [oldest] = agents;
    if (agents.size > agentsMax && oldest !== undefined) {
      agents.delete(oldest[0]);
      void oldest[1].close();
    }
    return agent;
  };
  return {
    resolve: resolveOnce,
    send: (request, address) => sendOnce(agentFor(address), request),
    close: async () => void (await Promise.all([...agents.values()].map((agent) => agent.close()))),
  };
}

async function resolveOnce({ hostname }: URL, allowed: 'public' | 'loopback'): Promise<string> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await lookUp(host) : [host];
  const isAllowed = allowed === 'public' ? isPublicAddress : isLoopbackAddress;
  // One connection goes to one address; IPv4 works from every network.
  const chosen = addresses.find(isIPv4) ?? addresses[0];
  // One forbidden address among several is a trap, not an accident.
  if (chosen === undefined || !addresses.every(isAllowed)) throw new AddressRefused();
  return chosen;
}

async function lookUp(host: string): Promise<string[]> {
  const late = AbortSignal.timeout(resolveTimeoutMs);
  const timeout = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(late.reason));
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), timeout]);
    return found.map(({ address }) => address);
  } catch {
    throw new NoAnswer('the name does not resolve', { sent: 'no', timedOut: false });
  }
}

function openAgent(address: string): Agent {
  const connectTcp = buildConnector({ timeout: connectTimeoutMs });
  const connectTls = buildConnector({ timeout: tlsTimeoutMs, allowH2: false });
  const connect: buildConnector.connector = (options, callback) => {
    const fail = (error: Error): void => callback(new NotConnected(error), null);
    connectTcp({ ...options, protocol: 'http:', hostname: address, port: portOf(options) }, (...[error, socket]) => {
      if (error !== null) return fail(error);
      if (options.protocol !== 'https:') return callback(null, socket);
      // The certificate is checked against the name, whatever the address.
      connectTls({ ...options, httpSocket: socket }, (...[tlsError, secure]) =>
        tlsError === null ? callback(null, secure) : fail(tlsError),
      );
    });
  };
  return new Agent({
    connect,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxResponseSize: answerMaxBytes,
  });
}

const portOf = ({ port, protocol }: buildConnector.Options): string => port || (protocol === 'https:' ? '443' : '80');

async function sendOnce(
  agent: Agent,
  { method, url, headers, body, timeoutMs }: OutgoingRequest,
): Promise<IncomingAnswer> {
  try {
    const answer = await undiciRequest(url, {
      dispatcher: agent,
      method: method as 'POST',
      headers: { ...headers },
      body: body ?? null,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.body.text();
    const plain = plainHeaders(answer.headers);
    if ((plain['content-encoding'] ?? 'identity') !== 'identity') throw new Error('the answer is compressed unasked');
    return { status: answer.statusCode, headers: plain, text };
  } catch (error) {
    const timedOut = (error as { name?: unknown }).name === 'TimeoutError';
    throw new NoAnswer('no answer', { sent: error instanceof NotConnected ? 'no' : 'unknown', timedOut });
  }
}
